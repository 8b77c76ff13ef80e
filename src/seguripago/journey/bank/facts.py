"""What the bank's side announces."""

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorFact(Fact):
    """Something that only the payments area sees; not announced itself."""

    wakes: ClassVar[tuple[str, ...]] = ("monitor:{store_id}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositArrived(MonitorFact):
    """Somebody whom we believe says that the money is in the account."""

    subject: ClassVar[str] = "deposit:{deposit_id}"

    deposit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositAnnounced(MonitorFact):
    """An unsigned notice speaks of money; it counts once it is re-fetched or found in the day's list."""

    subject: ClassVar[str] = "announcement:{announcement_id}"

    announcement_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositContradicted(MonitorFact):
    """A notice names a known movement with another amount: an alarm, not an update."""

    subject: ClassVar[str] = "deposit:{deposit_id}"

    deposit_id: int
    notice_id: int
    says_centavos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositReturned(MonitorFact):
    """The bank says that a known deposit went back."""

    subject: ClassVar[str] = "deposit:{deposit_id}"

    deposit_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeUnreadable(MonitorFact):
    """A genuine notice cannot be read with certainty. It is kept raw."""

    subject: ClassVar[str] = "notice:{notice_id}"

    notice_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementHinted(Fact):
    """A notice only says where to look: its provider is to be asked."""

    subject: ClassVar[str] = "notice:{notice_id}"

    notice_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementUnconfirmed(MonitorFact):
    """The deadline passed, and nobody whom we believe confirmed what an unsigned notice said."""

    subject: ClassVar[str] = "announcement:{announcement_id}"

    announcement_id: int
    notice_id: int
    centavos: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSilent(MonitorFact):
    """Nothing comes from a feed for much longer than is usual at these hours."""

    subject: ClassVar[str] = "feed:{feed}"

    feed: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHeardAgain(MonitorFact):
    """A feed that was silent is heard again."""

    subject: ClassVar[str] = "feed:{feed}"

    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsRunLow(MonitorFact):
    """The store's CLABEs will be used up before long: it needs another account prefix."""

    subject: ClassVar[str] = "store:{store_id}"

    left: int
    days_left: int
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CepAsked(MonitorFact):
    """Somebody wants a CEP looked up at Banxico."""

    subject: ClassVar[str] = "cep_question:{question_id}"

    question_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CepAnswered(MonitorFact):
    """Banxico has answered about a CEP, or it was asked for the last time."""

    subject: ClassVar[str] = "cep_question:{question_id}"

    question_id: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HookToVerify(Fact):
    """A provider called a hook's address for the first time and wants its code typed into its own panel."""

    subject: ClassVar[str] = "feed:{feed}"

    feed: str
    code: str
