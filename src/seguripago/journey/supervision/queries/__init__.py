"""What whoever leads the desk reads: the live wall, the reports; and what was whispered to a person."""

from .live_wall import AnalystNow, Day, StepNow, Talk, Wall, late_count, today, wall
from .reports import (
    BUCKETS_S,
    Answers,
    Asked,
    Comment,
    Paid,
    Report,
    Span,
    Stars,
    Talked,
    conversations_of,
    report,
)
from .whispers import WhisperView, unseen_whispers

__all__ = [
    "BUCKETS_S",
    "AnalystNow",
    "Answers",
    "Asked",
    "Comment",
    "Day",
    "Paid",
    "Report",
    "Span",
    "Stars",
    "StepNow",
    "Talk",
    "Talked",
    "Wall",
    "WhisperView",
    "conversations_of",
    "late_count",
    "report",
    "today",
    "unseen_whispers",
    "wall",
]
