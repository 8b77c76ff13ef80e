"""The verbs of the chat, told by who does them."""

from .attending import be_present, reopen, resolve, take, take_next, transfer
from .leading import lead_waiting
from .paying import ask_evidence, buyer_transferred, drop_document, file_received, send_bank_details, send_link
from .refusals import (
    AnalystUnknown,
    ConversationClosed,
    DetailsNotAllowed,
    EmptyMessage,
    MessageTooLong,
    NoOrderYet,
    NothingToConfirm,
    TeammateSpokeFirst,
    TooManyTries,
    UseTheCard,
)
from .speaking import note, reply, say
from .starting import StartConversation, record_consent, start_conversation
from .verifying import buyer_accepts, buyer_corrects, confirm_all, identify_order

__all__ = [
    "AnalystUnknown",
    "ConversationClosed",
    "DetailsNotAllowed",
    "EmptyMessage",
    "MessageTooLong",
    "NoOrderYet",
    "NothingToConfirm",
    "StartConversation",
    "TeammateSpokeFirst",
    "TooManyTries",
    "UseTheCard",
    "ask_evidence",
    "be_present",
    "buyer_accepts",
    "buyer_corrects",
    "buyer_transferred",
    "confirm_all",
    "drop_document",
    "file_received",
    "identify_order",
    "lead_waiting",
    "note",
    "record_consent",
    "reopen",
    "reply",
    "resolve",
    "say",
    "send_bank_details",
    "send_link",
    "start_conversation",
    "take",
    "take_next",
    "transfer",
]
