from .cases import Case
from .closing import DayCheck, DayClose, DayCloseEnd
from .judging import Allocation, Verdict
from .notes import SavedSearch, ShiftNote
from .parts import CasePart, ReturnFile, ReturnInstruction

__all__ = [
    "Allocation",
    "Case",
    "CasePart",
    "DayCheck",
    "DayClose",
    "DayCloseEnd",
    "ReturnFile",
    "ReturnInstruction",
    "SavedSearch",
    "ShiftNote",
    "Verdict",
]
