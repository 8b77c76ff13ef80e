"""The verbs of this room."""

from .keep import keep_notice, keep_own
from .movements import Heard, Kept, Telling, heard, keep_movements
from .read import house_of, read_notices

__all__ = [
    "Heard",
    "Kept",
    "Telling",
    "heard",
    "house_of",
    "keep_movements",
    "keep_notice",
    "keep_own",
    "read_notices",
]
