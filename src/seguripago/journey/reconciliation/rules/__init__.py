"""The room's decisions: what is certain, what looks alike, and what waits for whom. Pure."""

from .cases import DEADLINE, DEFAULTS, CaseKind, Default, DefaultAction
from .judging import (
    ENDED_ORDER,
    PAID_ORDER,
    Certain,
    DepositFacts,
    Doubtful,
    PaymentFacts,
    Suggestion,
    Unknown,
    Verdict,
    judge,
)
from .suggesting import suggest

__all__ = [
    "DEADLINE",
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
    "Suggestion",
    "Unknown",
    "Verdict",
    "judge",
    "suggest",
]
