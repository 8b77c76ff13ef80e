"""The verbs of this room."""

from .keep import keep_notice
from .read import read_notices

__all__ = ["keep_notice", "read_notices"]
