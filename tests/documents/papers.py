"""Builders of papers: each says only what a test cares about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from seguripago.ports.documents import (
    BillingIdentity,
    BuyerIdentity,
    Certificate,
    PreInvoice,
    PreInvoiceLine,
    Receipt,
    ReceiptLine,
    ShippingIdentity,
    SpeiBlock,
    StoreIdentity,
)
from seguripago.values.money import Money

PLACED_AT = datetime(2026, 11, 23, 17, 42, tzinfo=UTC)
STORE = StoreIdentity(
    name="Sierra Alta Café",
    legal_name="SIERRA ALTA CAFE",
    rfc="SAC180612QX4",
    tax_regime="601",
    address="Miguel Rebolledo 48, Centro, 91500 Coatepec, Veracruz",
    postal_code="91500",
    phone="228 816 0000",
    email="hola@sierraalta.example",
)


def line(name: str = "Máquina de espresso Lumbre 15 bar", **said: Any) -> PreInvoiceLine:
    """A concept of $5,600.00 without IVA, at 16 %."""
    quantity = said.pop("quantity", 1)
    iva_bp = said.pop("iva_bp", 1600)
    price = said.pop("price", Money(560_000))
    amount = price * quantity
    return PreInvoiceLine(
        sku=said.pop("sku", "LB15"),
        name=name,
        sat_product_key="52141526",
        sat_unit_key="H87",
        quantity=quantity,
        unit_price=price,
        amount=amount,
        iva_bp=iva_bp,
        iva_amount=Money(amount.centavos * iva_bp // 10_000),
        warranty_days=said.pop("warranty_days", 365),
    )


def pre_invoice(*lines: PreInvoiceLine, **said: Any) -> PreInvoice:
    """A PRE-FACTURA whose sums are right."""
    lines = lines or (line(),)
    subtotal, fee = Money.sum(one.amount for one in lines), Money(12_500)
    iva = Money.sum(one.iva_amount for one in lines) + Money(2_000)
    paper = PreInvoice(
        store=STORE,
        order_number="CM-7K3F-92QX",
        version=1,
        placed_at=PLACED_AT,
        valid_until=PLACED_AT + timedelta(hours=24),
        buyer=BuyerIdentity(name="Lucía Hernández Robles"),
        billing=BillingIdentity(
            wants_invoice=True,
            rfc="HERL890412K81",
            legal_name="LUCIA HERNANDEZ ROBLES",
            tax_regime="612",
            tax_postal_code="06700",
            cfdi_use="G03",
        ),
        shipping=ShippingIdentity(
            name="Lucía Hernández Robles",
            lines=("Orizaba 127, Int. 4B, Roma Norte", "06700 Cuauhtémoc, Ciudad de México"),
            phone="55 5012 8846",
            promised_from=date(2026, 11, 25),
            promised_to=date(2026, 11, 27),
        ),
        lines=lines,
        subtotal=subtotal,
        shipping_fee=fee,
        iva=iva,
        total=subtotal + fee + iva,
        payment_label="Transferencia electrónica SPEI",
        verification_key="K7QW2MZ4XT3R5ABC",
        order_url="http://127.0.0.1:8000/pedido/Zk3v9qYw1uR8sT5nB2mXcD/",
    )
    return replace(paper, **said)


def spei(paper: PreInvoice) -> SpeiBlock:
    """Bank details for that paper's total."""
    return SpeiBlock(
        bank="STP",
        clabe="646180115700294217",
        beneficiary="SIERRA ALTA CAFE",
        concept="CM7K3F92QX",
        amount=paper.total,
        reference="7392018",
        expires_at=PLACED_AT + timedelta(hours=24),
    )


def receipt(**said: Any) -> Receipt:
    """A receipt of $9,135.00."""
    paper = Receipt(
        store=STORE,
        number="R-2026-000001",
        order_number="CM-7K3F-92QX",
        buyer_name="Lucía Hernández Robles",
        amount=Money(913_500),
        channel_label="Transferencia electrónica SPEI",
        confirmed_at=PLACED_AT,
        issued_at=PLACED_AT,
        hash="3f" * 32,
        signature="QUJD" * 22,
        key_id="7b1f0c3d9e21aa00",
        verify_url="http://127.0.0.1:8000/verificar/?n=R-2026-000001&k=3f3f3f3f3f3f",
        tracking_key="MBAN01002611220072913",
        lines=(ReceiptLine(quantity=1, name="Máquina de espresso", amount=Money(899_000)),),
        shipping_fee=Money(14_500),
    )
    return replace(paper, **said)


def certificate(**said: Any) -> Certificate:
    """A certificate of $9,135.00."""
    paper = Certificate(
        store=STORE,
        number="GC-2026-000001",
        order_number="CM-7K3F-92QX",
        buyer_name="Lucía H. R.",
        amount=Money(913_500),
        issued_at=PLACED_AT,
        inspection_days=7,
        key="ABCDEFGHIJKLMNOPQRST",
        verify_url="http://127.0.0.1:8000/verificar/?n=GC-2026-000001&k=ABCDEFGHIJKLMNOPQRST",
        claim_url="http://127.0.0.1:8000/reclamar/",
        delivery_place="06700, Ciudad de México",
        ship_by=PLACED_AT + timedelta(days=3),
        deliver_by=PLACED_AT + timedelta(days=10),
        claims_email="aclaraciones@sierraalta.example",
    )
    return replace(paper, **said)
