"""The frozen shapes that an order is spoken in: what is asked, what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from seguripago.journey.catalogue.rules import Wanted
from seguripago.values.address import Address
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem, Preference


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as they wrote it."""

    name: str
    email: str
    phone: str

    def to_json(self) -> dict[str, str]:
        """Write it as JSON."""
        return {"name": self.name, "email": self.email, "phone": self.phone}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what to_json wrote."""
        return cls(stored["name"], stored["email"], stored["phone"])


@dataclass(frozen=True, slots=True)
class Billing:
    """What a CFDI 4.0 needs of its receiver. Without `wants_invoice` the fiscal fields may be empty."""

    wants_invoice: bool
    rfc: str
    legal_name: str
    tax_regime: str
    tax_postal_code: str
    cfdi_use: str
    address: Address

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON."""
        return {
            "wants_invoice": self.wants_invoice,
            "rfc": self.rfc,
            "legal_name": self.legal_name,
            "tax_regime": self.tax_regime,
            "tax_postal_code": self.tax_postal_code,
            "cfdi_use": self.cfdi_use,
            "address": self.address.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what to_json wrote."""
        return cls(**{**stored, "address": Address.from_json(stored["address"])})


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """What the buyer asks for. `checkout_key` names the purchase: the same key places one order, however often sent.

    `number` and `access_token` are drawn by the caller; they play no part in telling whether two requests are the same.
    """

    checkout_key: str
    number: str
    access_token: str
    buyer: Buyer
    billing: Billing
    shipping: Address
    lines: tuple[Wanted, ...]
    preference: Preference
    privacy_version: str
    marketing_opt_in: bool = False


@dataclass(frozen=True, slots=True)
class PlaceQuickOrder:
    """A charge without a cart: what the store asks of one buyer. `amount` contains IVA at `iva_bp`; 1600 is 16 %.

    `checkout_key` names the charge: the same key makes one, however often it is sent.
    """

    checkout_key: str
    number: str
    access_token: str
    buyer: Buyer
    concept: str
    amount: Money
    iva_bp: int
    note: str
    valid_days: int
    preference: Preference
    privacy_version: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A frozen line of an order; prices contain IVA. The line of a charge without a cart has no product."""

    product_id: int | None
    sku: str
    name: str
    picture: str
    quantity: int
    unit_price: Money
    subtotal: Money
    iva: Money
    iva_bp: int
    warranty_days: int
    lead_days_min: int
    lead_days_max: int
    sat_product_key: str
    sat_unit_key: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class CheckView:
    """One of the six checks. `says` is a short sentence with real data, `detail` the whole evidence, line by line."""

    item: CheckItem
    label: str
    says: str
    detail: str
    ok: bool
    confirmed_by: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as every screen reads it. All amounts contain IVA; `iva` says how much of `total` is tax."""

    id: int
    store_id: int
    number: str
    access_token: str
    state: str
    state_label: str
    stock_state: str
    preference: Preference
    buyer: Buyer
    billing: Billing
    shipping: Address
    lines: tuple[LineView, ...]
    subtotal: Money
    shipping_fee: Money
    iva: Money
    total: Money
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None
    checks: tuple[CheckView, ...]
    all_checked: bool
    accepted_at: datetime | None
    correction: str
    promised_from: date
    promised_to: date
    pre_invoice_version: int
    pre_invoice_key: str
    shipping_hold: bool
    cancel_reason: str
    privacy_version: str
    marketing_opt_in: bool
    kind: str = "cart"
    note: str = ""
    made_by: str = ""

    @property
    def is_quick(self) -> bool:
        """Say whether the store made it without a cart: no product, no shelf, no parcel."""
        return self.kind == "quick"

    @property
    def count(self) -> int:
        """Count the pieces."""
        return sum(line.quantity for line in self.lines)

    @property
    def is_open(self) -> bool:
        """Say whether the order still waits for its money."""
        return self.state in {"placed", "verified"}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list."""

    id: int
    number: str
    state: str
    state_label: str
    preference: Preference
    buyer_name: str
    total: Money
    placed_at: datetime
    expires_at: datetime
    access_token: str
    pieces: int
    kind: str = "cart"
    concept: str = ""

    @property
    def is_quick(self) -> bool:
        """Say whether the store made it without a cart: nothing is held for it."""
        return self.kind == "quick"


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """What other rooms decide by while they hold the order's lock."""

    id: int
    store_id: int
    number: str
    state: str
    stock_state: str
    preference: Preference
    total: Money
    buyer_name: str
    accepted_at: datetime | None
    expires_at: datetime
    access_token: str
    shipping_hold: bool = False
    kind: str = "cart"
    part_sent_at: datetime | None = None
    promised_to: date = date.max
    paid_at: datetime | None = None
    cancel_reason: str = ""
