"""The verbs of this room."""

from .accounts import watch_accounts
from .asking import ask_due, give_up, open_enquiries
from .capture import CepFile, CepFound, approve_capture, propose_capture
from .hearing import count_heard, watch_feeds
from .keep import keep_notice, keep_own
from .lookup import answer_next_cep, ask_cep, ask_cep_by_itself
from .movements import Heard, Kept, Telling, heard, keep_movements
from .pulling import pull_due_lists, pull_list, pull_store_lists
from .read import house_of, read_notices

__all__ = [
    "CepFile",
    "CepFound",
    "Heard",
    "Kept",
    "Telling",
    "answer_next_cep",
    "approve_capture",
    "ask_cep",
    "ask_cep_by_itself",
    "ask_due",
    "count_heard",
    "give_up",
    "heard",
    "house_of",
    "keep_movements",
    "keep_notice",
    "keep_own",
    "open_enquiries",
    "propose_capture",
    "pull_due_lists",
    "pull_list",
    "pull_store_lists",
    "read_notices",
    "watch_accounts",
    "watch_feeds",
]
