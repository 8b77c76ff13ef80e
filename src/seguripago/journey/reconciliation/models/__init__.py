from .cases import Case
from .closing import DayCheck, DayClose, DayCloseEnd
from .comprobantes import EvidenceVerdict, EvidenceWatch
from .judging import Allocation, Verdict
from .notes import SavedSearch, ShiftNote
from .parts import CasePart, PaymentReturns, ReturnFile, ReturnInstruction

__all__ = [
    "Allocation",
    "Case",
    "CasePart",
    "DayCheck",
    "DayClose",
    "DayCloseEnd",
    "EvidenceVerdict",
    "EvidenceWatch",
    "PaymentReturns",
    "ReturnFile",
    "ReturnInstruction",
    "SavedSearch",
    "ShiftNote",
    "Verdict",
]
