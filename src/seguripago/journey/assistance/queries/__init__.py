"""What the widget, the stream and the desk read."""

from .calling import Call, calls
from .canned import CannedReplyView, FilledReply, canned_replies, filled_replies, previewed
from .conversations import (
    ConversationView,
    EntryView,
    conversation,
    conversation_by_token,
    conversations_by_id,
    conversations_of_browser,
    cursors,
    entries,
    entries_after_many,
    entries_by_number,
    has_read_all,
    may_still_rate,
)
from .desk import (
    DeskPanel,
    QueueFigures,
    QueueRow,
    QueueView,
    conversation_of_store,
    desk_panel,
    figures,
    queue,
    search,
)
from .files import AttachmentFile, attachment_file, attachment_to_serve
from .of_buyer import files_of_talk, talks_of_buyer
from .reveals import RevealView, reveals_of, reveals_since
from .rights import claim_ends_at, may_answer, may_read, may_take
from .telling import Line, said_to_buyer, transcript
from .unpaid import UnpaidOrder, talks_of_orders, unpaid_orders
from .waiting import claims_given_back, expected_wait, next_place, recent_pick_ups

__all__ = [
    "AttachmentFile",
    "Call",
    "CannedReplyView",
    "ConversationView",
    "DeskPanel",
    "EntryView",
    "FilledReply",
    "Line",
    "QueueFigures",
    "QueueRow",
    "QueueView",
    "RevealView",
    "UnpaidOrder",
    "attachment_file",
    "attachment_to_serve",
    "calls",
    "canned_replies",
    "claim_ends_at",
    "claims_given_back",
    "conversation",
    "conversation_by_token",
    "conversation_of_store",
    "conversations_by_id",
    "conversations_of_browser",
    "cursors",
    "desk_panel",
    "entries",
    "entries_after_many",
    "entries_by_number",
    "expected_wait",
    "figures",
    "files_of_talk",
    "filled_replies",
    "has_read_all",
    "may_answer",
    "may_read",
    "may_still_rate",
    "may_take",
    "next_place",
    "previewed",
    "queue",
    "recent_pick_ups",
    "reveals_of",
    "reveals_since",
    "said_to_buyer",
    "search",
    "talks_of_buyer",
    "talks_of_orders",
    "transcript",
    "unpaid_orders",
]
