"""What we ask of whoever tells us that money arrived: is this notice genuine, and what does it say?

A feed reads; it never decides. Reading keeps nothing, asks no clock and opens no connection: the same bytes give the
same movements for ever, so that a raw notice kept today can be read again in ten years.

Every feed reads (`BankFeed`). What else it can do is a Protocol of its own, told by `isinstance`: take calls at the
hook (`HookFeed`), be asked about one movement (`Refetches`) or for a day's list (`DailyList`). Only these last two open
connections, and nobody calls them inside a transaction. Statements and look-ups have port files of their own.

A feed that has several kinds of body tells them apart by the header ROAD (`seguripago-road`), which we write ourselves;
a notice from outside never carries it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol, runtime_checkable

from seguripago.values.money import Money

FAMILY: Final = "bank_feeds"
MAX_NOTICE_BYTES: Final = 1_048_576
MAX_LIST_BYTES: Final = 16_777_216
"""A page of a day's list, which we asked for ourselves."""
PAYMENT_TYPE_UNSAID: Final = -1
INSTITUTION_UNSAID: Final = "00000"
"""For a provider that never says which bank sent the money. No institution of SPEI has this key."""
ROAD: Final = "seguripago-road"
TEST_COUNTS: Final = "seguripago-test-counts"
"""A header that only we write, and only where the installation is no production: test money is read as money."""

type Answer = tuple[int, dict[str, Any]]


class Road(StrEnum):
    """By which road a body came to us; the value of the header ROAD. Without the header: NOTICE."""

    NOTICE = "notice"
    LIST = "list"
    REFETCH = "refetch"
    CAPTURE = "capture"


def road_of(headers: Mapping[str, str]) -> Road:
    """Tell by which road a kept body came."""
    return Road(next((value for name, value in headers.items() if name.lower() == ROAD), Road.NOTICE.value))


def counts_test_money(headers: Mapping[str, str]) -> bool:
    """Whether money of a provider's test environment counts: only where we kept the body so, outside production."""
    return any(name.lower() == TEST_COUNTS and value == "yes" for name, value in headers.items())


class Authenticity(StrEnum):
    """How sure we are of who sent a notice."""

    SIGNED = "signed"
    """A signature over this very body: its money may move once read."""
    SECRET = "secret"  # noqa: S105 - the name of a degree of trust, not a password
    """The sender knew the store's secret, but nothing binds it to the body: announced until re-fetched."""
    FETCHED = "fetched"
    """We asked the provider ourselves, with the store's credentials, and these are the bytes of its answer."""
    IMPORTED = "imported"
    """A statement that a signed-in person or the operator brought."""
    DECIDED = "decided"
    """Two people decided it: a CEP that was checked, a deposit captured by hand."""
    REFUSED = "refused"


BELIEVED: Final = frozenset({Authenticity.SIGNED, Authenticity.FETCHED, Authenticity.IMPORTED, Authenticity.DECIDED})
"""Whose word makes money move once it is read."""


@dataclass(frozen=True, slots=True)
class RawNoticeIn:
    """A notice as it came: `headers` in any case, `address_secret` what the address itself carried as a secret.

    `received_at` is what a signature's own moment is compared with; without it such a signature is refused.
    """

    body: bytes
    headers: Mapping[str, str]
    remote_address: str
    address_secret: str = ""
    received_at: datetime | None = None

    def header(self, name: str) -> str:
        """Give a header whatever the case of its name, or an empty text."""
        found = self.headers.get(name)
        if found is not None:
            return found
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class FeedSecrets:
    """What a store and its provider share: `accepted` holds the current secret and, while it is rotated, the last one.

    `allowed_addresses` are addresses or networks (`10.8.0.0/24`); none means that any address may call.
    """

    accepted: tuple[str, ...]
    allowed_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadDeposit:
    """A movement as the bank tells it.

    Identity: beneficiary account, sending institution, tracking key, operation date.
    Institutions are five-digit SPEI keys (`40012`). Texts that the bank calls "null" or "ND" are empty.
    `settled_at` is None and `payment_type` PAYMENT_TYPE_UNSAID where the notice does not say them.

    `held_by` is the feed's slug where the money lies with a payment provider in the store's name, and not in a bank
    account of the store. Then the owner's account is that provider, the sending institution INSTITUTION_UNSAID and the
    tracking key the provider's own id of the movement, always: what a provider tells only now and then (a tracking key,
    a bank's name) may not decide identity, or one movement would become two. No bank statement shows these movements
    one by one, so no other road can attest them.
    """

    bank_id: str
    operation_date: date
    sending_institution: str
    receiving_institution: str
    tracking_key: str
    amount: Money
    payer_name: str
    payer_account: str
    payer_rfc: str
    beneficiary_clabe: str
    beneficiary_name: str
    concept: str
    reference: str
    settled_at: datetime | None
    payment_type: int
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money that the bank says is in the account."""

    deposit: ReadDeposit


@dataclass(frozen=True, slots=True)
class Returned:
    """Money that came and was sent back: it is not in the account."""

    deposit: ReadDeposit
    reason: str


@dataclass(frozen=True, slots=True)
class NotADeposit:
    """Something genuine that brings no money in: a return of our own transfer, a change of state."""

    reason: str
    bank_id: str = ""
    tracking_key: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing at a provider that we can ask about: its own id there, and the marks of the transfer where known.

    `is_current_day`: its operation date is the one that runs now, which some providers want left out.
    """

    bank_id: str
    tracking_key: str = ""
    operation_date: date | None = None
    sending_institution: str = ""
    beneficiary_clabe: str = ""
    is_current_day: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """A notice that only says where to look: its figures are not read, its provider is asked."""

    asked: Asked


type Movement = Arrived | Returned | NotADeposit | Hint


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line of a list that cannot be read with certainty; the others of the list are not lost for it."""

    position: int
    reason: str
    bank_id: str = ""


type Listed = Movement | UnreadLine


class FeedTrouble(Exception):
    """Something outside failed. `permanent`: trying again with the same bytes cannot help."""

    permanent: ClassVar[bool] = False


class Unreadable(FeedTrouble):
    """The notice cannot be read with certainty: an alarm and a case for a person, never a guess."""

    permanent: ClassVar[bool] = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FeedAway(FeedTrouble):
    """The provider did not answer in time, or asks for patience: `retry_after_s` says how much, 0 when it does not."""

    def __init__(self, reason: str = "", *, retry_after_s: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class FeedRefused(FeedTrouble):
    """The provider understood and said no: wrong credentials, a signature it does not take, a store it does not know.

    Trying again with the same credentials cannot help; a person has to look.
    """

    permanent: ClassVar[bool] = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFoundThere(FeedTrouble):
    """The provider answers, and knows of no such movement yet: perhaps later, perhaps never."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the store must give before we can ask its provider: the office's form draws it.

    `shape` is "line", "long" (a PEM, several lines) or "address" (https, one of `hosts` or a host that the operator
    allows). `is_secret`: never shown again.
    """

    name: str
    label: str
    shape: str = "line"
    is_secret: bool = True
    is_required: bool = True
    example: str = ""
    hosts: tuple[str, ...] = ()


type Credentials = Mapping[str, str]


def credential(credentials: Credentials, name: str) -> str:
    """Give a credential that must be there; raises FeedRefused, which a person mends."""
    value = credentials.get(name, "").strip()
    if not value:
        raise FeedRefused(f"missing:{name}")
    return value


class BankFeed(Protocol):
    """One provider of movements: whatever the road, it reads."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read what a kept body says; raises Unreadable. One bad line of a list is an UnreadLine, not the end."""
        ...


@runtime_checkable
class HookFeed(Protocol):
    """A feed whose provider calls us. `signs` says whether its genuine notices are SIGNED or only SECRET."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def signs(self) -> bool: ...

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Judge who sent it, in constant time; never raises."""
        ...

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]: ...

    def accepted(self) -> Answer:
        """The provider's own words for: it is durable here."""
        ...

    def refused(self) -> Answer:
        """The provider's own words for: we do not believe that you are who you say."""
        ...

    def unavailable(self) -> Answer:
        """The provider's own words for: our fault, send it again. Never an order to return the money."""
        ...


def only_plays(feed: object) -> bool:
    """Whether a feed is a bank that only plays: its notices count in the demo, and nobody hears it in production."""
    return bool(getattr(feed, "only_in_demo", False))


@runtime_checkable
class Asks(Protocol):
    """A feed whose provider can be asked, with credentials of the store."""

    @property
    def needs(self) -> tuple[Need, ...]: ...

    def is_test(self, credentials: Credentials) -> bool:
        """Whether these credentials are of a test environment, whose money is none. Never counted in production."""
        ...


@runtime_checkable
class Refetches(Asks, Protocol):
    """A provider that tells what it knows of one movement."""

    def refetch(self, asked: Asked, credentials: Credentials) -> bytes:
        """Ask, and give the answer's very bytes, to be kept and read by `read` with the road REFETCH.

        Opens a connection. Raises FeedAway, FeedRefused, NotFoundThere, Unreadable.
        """
        ...


@runtime_checkable
class DailyList(Asks, Protocol):
    """A provider that gives the list of what was received on an operation date."""

    def received_list(self, day: date | None, credentials: Credentials) -> tuple[bytes, ...]:
        """Ask, and give the very bytes of every page, each to be read by `read` with the road LIST.

        `day` None is the operation date that runs now, as the provider counts it. Opens connections.
        Raises FeedAway, FeedRefused, Unreadable.
        """
        ...
