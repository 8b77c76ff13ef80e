"""The verbs of this room."""

from .asking import ask_due, give_up, open_enquiries
from .hearing import count_heard, watch_feeds
from .keep import keep_notice, keep_own
from .movements import Heard, Kept, Telling, heard, keep_movements
from .pulling import pull_due_lists, pull_list, pull_store_lists
from .read import house_of, read_notices

__all__ = [
    "Heard",
    "Kept",
    "Telling",
    "ask_due",
    "count_heard",
    "give_up",
    "heard",
    "house_of",
    "keep_movements",
    "keep_notice",
    "keep_own",
    "open_enquiries",
    "pull_due_lists",
    "pull_list",
    "pull_store_lists",
    "read_notices",
    "watch_feeds",
]
