"""The verbs of the chat, told by who does them."""

from .assigning import member_of
from .attending import reopen, resolve, transfer, transfer_to_team
from .canned import (
    WriteCannedReply,
    drop_canned_reply,
    move_canned_reply,
    suggest_canned_replies,
    write_canned_reply,
)
from .charging import charge
from .claims import return_unanswered, take, take_next
from .closing import ask_transcript, rate
from .filing import send_file
from .forgetting import forget_buyer, forget_old
from .leading import lead_waiting
from .opening import open_conversation
from .paying import (
    ask_evidence,
    buyer_transferred,
    drop_document,
    file_received,
    revoke_link,
    send_bank_details,
    send_link,
)
from .reading import buyer_saw, staff_saw
from .refusals import (
    AnalystUnknown,
    CannedReplyWrong,
    ClaimReturned,
    CommandTaken,
    ConversationClosed,
    ConversationHasItsOrder,
    DetailsNotAllowed,
    EmptyMessage,
    FilesOfTheHour,
    HandsFull,
    MessageTooLong,
    NoOrderYet,
    NotClosed,
    NothingToConfirm,
    NotUnpaid,
    NotYours,
    RatingOver,
    RatingUnknown,
    ReasonMissing,
    TeammateSpokeFirst,
    TooManyReveals,
    TooManyTries,
    TranscriptNotSent,
    UseTheCard,
    WayBackOver,
)
from .reminding import remind_unpaid
from .returning import Unread, come_back, left_with_unread, make_way_back, take_unread
from .revealing import reveal
from .speaking import note, reply, say
from .starting import StartConversation, record_consent, start_conversation
from .thread import Held, hold
from .verifying import buyer_accepts, buyer_corrects, confirm_all, identify_order

__all__ = [
    "AnalystUnknown",
    "CannedReplyWrong",
    "ClaimReturned",
    "CommandTaken",
    "ConversationClosed",
    "ConversationHasItsOrder",
    "DetailsNotAllowed",
    "EmptyMessage",
    "FilesOfTheHour",
    "HandsFull",
    "Held",
    "MessageTooLong",
    "NoOrderYet",
    "NotClosed",
    "NotUnpaid",
    "NotYours",
    "NothingToConfirm",
    "RatingOver",
    "RatingUnknown",
    "ReasonMissing",
    "StartConversation",
    "TeammateSpokeFirst",
    "TooManyReveals",
    "TooManyTries",
    "TranscriptNotSent",
    "Unread",
    "UseTheCard",
    "WayBackOver",
    "WriteCannedReply",
    "ask_evidence",
    "ask_transcript",
    "buyer_accepts",
    "buyer_corrects",
    "buyer_saw",
    "buyer_transferred",
    "charge",
    "come_back",
    "confirm_all",
    "drop_canned_reply",
    "drop_document",
    "file_received",
    "forget_buyer",
    "forget_old",
    "hold",
    "identify_order",
    "lead_waiting",
    "left_with_unread",
    "make_way_back",
    "member_of",
    "move_canned_reply",
    "note",
    "open_conversation",
    "rate",
    "record_consent",
    "remind_unpaid",
    "reopen",
    "reply",
    "resolve",
    "return_unanswered",
    "reveal",
    "revoke_link",
    "say",
    "send_bank_details",
    "send_file",
    "send_link",
    "staff_saw",
    "start_conversation",
    "suggest_canned_replies",
    "take",
    "take_next",
    "take_unread",
    "transfer",
    "transfer_to_team",
    "write_canned_reply",
]
