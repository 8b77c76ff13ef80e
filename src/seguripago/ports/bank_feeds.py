"""What we ask of whoever tells us that money arrived: is this notice genuine, and what does it say?

A feed reads; it never decides. It keeps nothing, asks no clock and opens no connection: the same bytes give the same
movements for ever, so that a raw notice kept today can be read again in ten years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol

from seguripago.values.money import Money

FAMILY: Final = "bank_feeds"
MAX_NOTICE_BYTES: Final = 1_048_576
PAYMENT_TYPE_UNSAID: Final = -1

type Answer = tuple[int, dict[str, Any]]


class Authenticity(StrEnum):
    """How sure we are of who sent a notice."""

    SIGNED = "signed"
    """A signature over this very body: its money may move once read."""
    SECRET = "secret"  # noqa: S105 - the name of a degree of trust, not a password
    """The sender knew the store's secret, but nothing binds it to the body: announced until re-fetched."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RawNoticeIn:
    """A notice as it came: `headers` in any case, `address_secret` what the address itself carried as a secret."""

    body: bytes
    headers: Mapping[str, str]
    remote_address: str
    address_secret: str = ""

    def header(self, name: str) -> str:
        """Give a header whatever the case of its name, or an empty text."""
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


type Movement = Arrived | Returned | NotADeposit


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
    """The provider did not answer in time."""


class BankFeed(Protocol):
    """One provider of bank notices. `signs` says whether its genuine notices are SIGNED or only SECRET."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def signs(self) -> bool: ...

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Judge who sent it, in constant time; never raises."""
        ...

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Movement, ...]:
        """Read what a kept notice says; raises Unreadable."""
        ...

    def accepted(self) -> Answer:
        """The provider's own words for: it is durable here."""
        ...

    def refused(self) -> Answer:
        """The provider's own words for: we do not believe that you are who you say."""
        ...

    def unavailable(self) -> Answer:
        """The provider's own words for: our fault, send it again. Never an order to return the money."""
        ...
