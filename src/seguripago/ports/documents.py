"""Papers: PRE-FACTURA, receipt and certificate for a buyer, reports for the house. One printer, which knows no room."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from seguripago.ports import registry
from seguripago.values.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreIdentity:
    """Who sells: what Anexo 20 (CFDI 4.0) asks of the issuer, and how a buyer reaches a person."""

    name: str
    legal_name: str
    rfc: str
    tax_regime: str  # SAT code, three digits: "601"
    address: str
    postal_code: str  # LugarExpedicion
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerIdentity:
    """Who buys."""

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingIdentity:
    """What a CFDI 4.0 will need of its receiver; «PUBLICO EN GENERAL» when no invoice is wanted."""

    wants_invoice: bool
    rfc: str = "XAXX010101000"
    legal_name: str = "PUBLICO EN GENERAL"
    tax_regime: str = "616"
    tax_postal_code: str = ""
    cfdi_use: str = "S01"
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingIdentity:
    """Where the purchase goes, already written in lines a carrier would print."""

    name: str
    lines: tuple[str, ...]
    phone: str = ""
    references: str = ""
    promised_from: date | None = None
    promised_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreInvoiceLine:
    """One concept. `unit_price` and `amount` are without IVA; `amount + iva_amount` is what the buyer pays for it."""

    sku: str
    name: str
    sat_product_key: str
    sat_unit_key: str
    quantity: int
    unit_price: Money
    amount: Money
    iva_bp: int  # 1600 is 16 %
    iva_amount: Money
    warranty_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeiBlock:
    """Bank details, printed only once they were sent to the buyer."""

    bank: str
    clabe: str
    beneficiary: str
    concept: str
    amount: Money
    reference: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreInvoice:
    """The pro-forma of an order, frozen with it.

    `subtotal` is the sum of the lines' amounts, `shipping_fee` is without IVA;
    `subtotal + shipping_fee + iva == total`, always: whoever builds it reconciles the cents.
    """

    store: StoreIdentity
    order_number: str
    version: int
    placed_at: datetime
    valid_until: datetime
    buyer: BuyerIdentity
    billing: BillingIdentity
    shipping: ShippingIdentity
    lines: tuple[PreInvoiceLine, ...]
    subtotal: Money
    shipping_fee: Money
    iva: Money
    total: Money
    payment_label: str  # «Transferencia electrónica SPEI»
    verification_key: str
    order_url: str  # the QR opens the buyer's order page, and says so
    total_in_words: str = ""  # written by the printer when empty
    payment_form: str = ""  # SAT FormaPago, «03»; empty: to be defined
    spei: SpeiBlock | None = None
    analyst: str = ""
    is_sent: bool = True  # False: a charge without a cart has no parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One thing that was paid, IVA included."""

    quantity: int
    name: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What proves, offline and in public, that a payment was confirmed."""

    store: StoreIdentity
    number: str  # R-2026-000001
    order_number: str
    buyer_name: str
    amount: Money
    channel_label: str
    confirmed_at: datetime
    issued_at: datetime
    hash: str
    signature: str
    key_id: str
    verify_url: str
    received_at: datetime | None = None
    tracking_key: str = ""
    sending_bank: str = ""
    lines: tuple[ReceiptLine, ...] = ()
    shipping_fee: Money | None = None
    file: bytes = b""  # the signed JSON, attached as «R-2026-000001.json»


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The store's promise about one purchase: tu compra, tu pago, tu envío. Dates are the store's own clocks."""

    store: StoreIdentity
    number: str  # GC-2026-000001
    order_number: str
    buyer_name: str  # as short as the public may read it: «Lucía H. R.»
    amount: Money
    issued_at: datetime
    inspection_days: int
    key: str
    verify_url: str
    claim_url: str
    delivery_place: str = ""  # «06700, Ciudad de México»
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    inspection_ends_at: datetime | None = None
    claims_email: str = ""
    is_sent: bool = True
    mode: str = "merchant_obligation"  # or licensed_partner: an authorised institution carries the payment
    backed_at: datetime | None = None
    partner: str = ""  # that institution, by its name


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table of a report; columns whose places are in `numbers` stand at the right. `empty` is said without rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the house prints for itself: a headline, figures, tables, and the seal of what was signed.

    `tone` is ok, warn or bad. Texts are written already, in the language of whoever asked.
    """

    store: StoreIdentity
    title: str
    number: str
    printed_at: datetime
    tone: str
    headline: str
    says: str
    figures: tuple[tuple[str, str], ...]
    tables: tuple[ReportTable, ...]
    seal: tuple[tuple[str, str], ...] = ()
    seal_says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierFile:
    """A file of the purchase: attached as it is, and drawn on a page of its own when it is a picture."""

    filename: str
    media_type: str
    body: bytes
    sha256: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierLine:
    """Something that was said: who, when, and the words."""

    who: str
    at: datetime
    words: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierSection:
    """A chapter: what it says, facts, tables, a conversation, files. `sha256` is of its canonical JSON."""

    title: str
    says: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[ReportTable, ...] = ()
    lines: tuple[DossierLine, ...] = ()
    files: tuple[DossierFile, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The evidence file of one purchase, for a dispute. `contents` is the canonical JSON that the hashes are of."""

    store: StoreIdentity
    number: str  # EX-CM-7K3F-92QX
    order_number: str
    buyer_name: str
    amount: Money
    state: str
    printed_at: datetime
    printed_by: str
    reason: str
    sections: tuple[DossierSection, ...]
    contents: bytes


type Document = PreInvoice | Receipt | Certificate | Report | Dossier


class Printer(Protocol):
    """Turns a document into a Carta-size PDF whose text layer can be read again."""

    slug: str

    def pdf(self, document: Document) -> bytes:
        """Draw the document; the same document gives the same words, whoever asks."""
        ...


def printer() -> Printer:
    """Answer the printer of this house."""
    found: Printer = registry.adapters("documents")["typst"]
    return found
