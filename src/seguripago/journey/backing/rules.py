"""When a purchase is backed, and by what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from seguripago.values.refusal import Refusal
from seguripago.values.safe_text import clean

REMIND_AFTER: Final = timedelta(hours=24)
"""After the payment was confirmed: who has not shown a comprobante is asked once more, and never again."""
FILE_AFTER: Final = timedelta(hours=72)
"""After the payment was confirmed: without a comprobante the bank's own notice is filed."""
SHORTEST_REASON: Final = 5
LONGEST_REASON: Final = 200


class Filed(StrEnum):
    """What shows that the money came."""

    COMPROBANTE = "comprobante"
    CEP = "cep"
    BANK_NOTICE = "bank_notice"
    CARD_VOUCHER = "card_voucher"


class ReasonNeeded(Refusal):
    """Whoever takes the evidence file of a purchase says why, in 5 to 200 letters: it holds a buyer's data."""

    code: ClassVar[str] = "SP-430"

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length


@dataclass(frozen=True, slots=True)
class Movement:
    """A deposit that paid the order, as the bank told it."""

    deposit_id: int
    tracking_key: str
    amount: str  # decimal text


@dataclass(frozen=True, slots=True)
class Shown:
    """A comprobante of the order. `agrees`: its verdict found it to be of the money that came."""

    evidence_id: int
    is_cep: bool
    agrees: bool


@dataclass(frozen=True, slots=True)
class Papers:
    """All that is filed about an order by now."""

    receipt: str
    certificate: str
    shown: tuple[Shown, ...]
    movements: tuple[Movement, ...]
    vouchers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Backed:
    """What backs the purchase: of which kind, and which one."""

    filed: Filed
    subject: str


def backed_by(papers: Papers, *, file_by: datetime, at: datetime) -> Backed | None:
    """Answer what backs a purchase; None while a paper is missing, or while its comprobante is still waited for."""
    if not papers.receipt or not papers.certificate:
        return None
    for paper in papers.shown:
        if paper.agrees:
            return Backed(Filed.CEP if paper.is_cep else Filed.COMPROBANTE, f"evidence:{paper.evidence_id}")
    if papers.vouchers and not papers.movements:
        # A card's comprobante is the gateway's own voucher: nobody is asked for another.
        return Backed(Filed.CARD_VOUCHER, f"charge:{papers.vouchers[0]}")
    if papers.movements and at >= file_by:
        return Backed(Filed.BANK_NOTICE, f"deposit:{papers.movements[0].deposit_id}")
    return None


def reason(given: str) -> str:
    """Answer the reason, trimmed and in plain letters; raises ReasonNeeded."""
    said = " ".join(clean(given).split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise ReasonNeeded(len(said))
    return said
