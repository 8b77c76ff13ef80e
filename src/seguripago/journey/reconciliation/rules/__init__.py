"""The room's decisions: what is certain, what looks alike, and what waits for whom. Pure."""

from .cases import DEFAULTS, CaseKind, Default, DefaultAction
from .judging import (
    ENDED_ORDER,
    PAID_ORDER,
    Certain,
    DepositFacts,
    Doubtful,
    PaymentFacts,
    Share,
    Suggestion,
    Unknown,
    Verdict,
    judge,
)
from .names import likeness, words_of
from .suggesting import Sought, near_clabes, spellings, suggest

__all__ = [
    "DEFAULTS",
    "ENDED_ORDER",
    "PAID_ORDER",
    "CaseKind",
    "Certain",
    "Default",
    "DefaultAction",
    "DepositFacts",
    "Doubtful",
    "PaymentFacts",
    "Share",
    "Sought",
    "Suggestion",
    "Unknown",
    "Verdict",
    "judge",
    "likeness",
    "near_clabes",
    "spellings",
    "suggest",
    "words_of",
]
