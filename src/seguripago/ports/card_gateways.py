"""What we ask of a card gateway. No card number passes here: the buyer types it on the gateway's own page.

A charge advances only by `fetch`. The return address, its query and a webhook are hints to fetch, never states. Before
calling `charge` the caller keeps its own unique row of (gateway, idempotency key); a time-out means PROCESSING and a
later `fetch_by_key`, never a second charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal, Protocol

from seguripago.values.money import Money

FAMILY: Final = "card_gateways"


class PayStatus(StrEnum):
    """What the gateway says of a charge."""

    CREATED = "created"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    AUTHORIZED = "authorized"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


type Capability = Literal[
    "sdk_3ds", "redirect_3ds", "iframe_3ds", "msi", "partial_refund", "void", "native_idempotency", "hook_code"
]
type Directive = Literal["script-src", "frame-src", "connect-src", "img-src", "style-src", "form-action"]


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """A store's account with a gateway: `store_key` names it there, `api_url` is where our servers call.

    `public_key` is what the buyer's page may know; `script_url` is where that page loads the gateway's script, empty
    for the gateway's own address.
    """

    api_url: str
    store_key: str
    secret_key: str
    webhook_secret: str
    public_key: str = ""
    script_url: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a store gives to open its account: the office's form draws it. `name` is a GatewayAccount's field.

    `is_secret`: sealed and never shown again. `hosts`: an https address at one of these, or at one that the operator
    allows.
    """

    name: Literal["api_url", "store_key", "secret_key", "webhook_secret", "public_key", "script_url"]
    label: str
    is_secret: bool = True
    is_required: bool = True
    example: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """What the buyer's page needs: a public key, scripts, and the origins that its policy lets through, by directive.

    `tokeniser` names our own script and fields that ask for the card (`card_<tokeniser>.js`); `redirect` asks nothing.
    `has_page`: a charge without a token is answered with the gateway's own page, so that paying needs no script.
    `fields_url`: where a gateway serves its fields as a frame. `test_cards_url`: where a demo's gateway lists the cards
    that anybody may type; empty at a real one.
    """

    public_key: str
    script_urls: tuple[str, ...]
    csp_origins: Mapping[Directive, tuple[str, ...]]
    tokeniser: str
    has_page: bool = False
    fields_url: str = ""
    test_cards_url: str = ""


@dataclass(frozen=True, slots=True)
class NextAction:
    """What the buyer does next: for `redirect`, go to `url`."""

    kind: Literal["sdk", "redirect", "challenge_iframe"]
    url: str
    client_secret: str = ""
    method: Literal["GET", "POST"] = "GET"
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as the gateway's page may show it."""

    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A charge to create. `token` is empty where the gateway's own page takes the card (redirect)."""

    order_ref: str
    amount: Money
    payer: Payer
    idempotency_key: str
    return_url: str
    notify_url: str = ""
    token: str = ""
    description: str = ""
    installments: int = 1
    device_session_id: str = ""
    capture: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)


class DeclineCode(StrEnum):
    """Why a bank says no, in our words; what no gateway explains is DECLINED."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"
    CARD_EXPIRED = "card_expired"
    WRONG_NUMBER = "wrong_number"
    WRONG_CVC = "wrong_cvc"
    STOLEN_CARD = "stolen_card"
    NOT_SUPPORTED = "not_supported"
    NO_INSTALLMENTS = "no_installments"
    AUTHENTICATION_FAILED = "authentication_failed"
    CALL_BANK = "call_bank"
    TRY_LATER = "try_later"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Decline:
    """Why the bank said no: a code of ours, and whether the same card may be tried again."""

    code: DeclineCode
    can_retry: bool


type RefundStatus = Literal["pending", "done", "failed"]
type DisputeStatus = Literal["open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class RefundResult:
    """What became of a refund. `key` is our idempotency key where the gateway gives it back, empty where not."""

    ref: str
    charge_ref: str
    amount: Money
    status: RefundStatus
    key: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A chargeback: the cardholder's bank asks for the money back. An inquiry that holds no money yet is none.

    `open` until somebody decided; `won` gives the money back to the store. `reason` is the gateway's own word, and
    `evidence_by` until when it takes the store's evidence, when it says so.
    """

    ref: str
    amount: Money
    status: DisputeStatus
    reason: str = ""
    evidence_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """A charge as the gateway holds it now. `card_label` is at most brand and last four digits.

    `refunded` is the sum of what went back. `refunds` and `disputes` are all of this charge that the gateway tells, in
    any order: a refund whose answer was lost is looked for here, and a chargeback is believed only from here.
    `is_test`: the gateway says of this very charge that no money moves.
    """

    ref: str
    status: PayStatus
    amount: Money
    refunded: Money
    next_action: NextAction | None = None
    decline: Decline | None = None
    authorization: str = ""
    card_label: str = ""
    refunds: tuple[RefundResult, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    is_test: bool = False


HOOK_CODE: Final = "verification:"


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """A webhook's hint: look at this charge again. (gateway, event_id) is unique; the type decides nothing.

    `ref` is empty for what concerns no charge. `key` is our own key of the charge where the gateway gives it back: it
    finds a charge whose answer was lost, and so whose `ref` nobody knows yet. A gateway with «hook_code» verifies our
    address with a code that a person types into its panel: the code follows HOOK_CODE in the type.
    """

    event_id: str
    type: str
    ref: str
    occurred_at: datetime
    key: str = ""


class GatewayTrouble(Exception):
    """Something outside failed. `permanent`: the same call cannot succeed."""

    permanent: ClassVar[bool] = False


class GatewayAway(GatewayTrouble):
    """No answer in time, or a broken one: the charge may or may not exist; ask with `fetch_by_key`."""


class GatewayRefused(GatewayTrouble):
    """The gateway understood and said no to the call itself (not to the card)."""

    permanent: ClassVar[bool] = True

    def __init__(self, reason: str, *, status: int = 0) -> None:
        super().__init__(f"{status} {reason}")
        self.reason = reason
        self.status = status


class KeyUsedOtherwise(GatewayRefused):
    """The idempotency key was used before with another request."""


class ChargeMissing(GatewayRefused):
    """The gateway holds no such charge."""


class BadSignature(GatewayTrouble):
    """A webhook that the gateway did not sign, or signed too long ago."""

    permanent: ClassVar[bool] = True


class CardGateway(Protocol):
    """One card gateway."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def capabilities(self) -> frozenset[Capability]: ...

    @property
    def needs(self) -> tuple[Need, ...]: ...

    def is_test(self, account: GatewayAccount) -> bool:
        """Whether these keys are of the gateway's test mode, as far as they tell: its money is none."""
        ...

    def client_config(self, account: GatewayAccount) -> ClientConfig:
        """What the buyer's page may load and where it may go."""
        ...

    def charge(self, request: ChargeRequest, account: GatewayAccount) -> ChargeResult:
        """Create and confirm in one call; the same key and request give the same charge.

        Raises GatewayAway (then fetch_by_key), KeyUsedOtherwise, GatewayRefused.
        """
        ...

    def resume(self, ref: str, returned_with: Mapping[str, str], account: GatewayAccount) -> ChargeResult:
        """Look again after the buyer came back; what the address says is not believed."""
        ...

    def fetch(self, ref: str, account: GatewayAccount) -> ChargeResult:
        """Read the charge from the gateway: the only thing that advances a state."""
        ...

    def fetch_by_key(self, idempotency_key: str, account: GatewayAccount) -> ChargeResult:
        """Find the charge of a call whose answer was lost; raises ChargeMissing when it never arrived."""
        ...

    def capture(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        """Take the money of an authorised charge."""
        ...

    def cancel(self, ref: str, account: GatewayAccount, *, idempotency_key: str) -> ChargeResult:
        """Give up a charge that is not paid."""
        ...

    def refund(self, ref: str, amount: Money, account: GatewayAccount, *, idempotency_key: str) -> RefundResult:
        """Send money back; the caller holds the cap under its own lock.

        Raises GatewayAway (it may have been done: `fetch` tells), GatewayRefused (it was not).
        """
        ...

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], account: GatewayAccount
    ) -> GatewayEvent:
        """Check a webhook's signature and read its hint; raises BadSignature."""
        ...
