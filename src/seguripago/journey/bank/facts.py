"""What the bank's side announces."""

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositArrived(Fact):
    """Somebody whom we believe says that the money is in the account."""

    subject: ClassVar[str] = "deposit:{deposit_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    deposit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositAnnounced(Fact):
    """An unsigned notice speaks of money; it counts once it is re-fetched or found in the day's list."""

    subject: ClassVar[str] = "announcement:{announcement_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    announcement_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositContradicted(Fact):
    """A notice names a known movement with another amount: an alarm, not an update."""

    subject: ClassVar[str] = "deposit:{deposit_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    deposit_id: int
    notice_id: int
    says_centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositReturned(Fact):
    """The bank says that a known deposit went back."""

    subject: ClassVar[str] = "deposit:{deposit_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    deposit_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeUnreadable(Fact):
    """A genuine notice cannot be read with certainty. It is kept raw."""

    subject: ClassVar[str] = "notice:{notice_id}"
    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)

    notice_id: int
    reason: str
