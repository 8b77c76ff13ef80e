"""What one typed text may be, and what the public may read of it. Whatever is not found is not found alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import analyst_by_number
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.guarantee.queries import CertificateView, certificate_by_number
from seguripago.journey.payments.queries import clabe_known
from seguripago.journey.receipts import queries as receipts
from seguripago.values import clabe
from seguripago.values.money import Money

_RECEIPT: Final = re.compile(r"(R-\d{4}-\d{6,9})(.*)", re.ASCII | re.DOTALL)
_CERTIFICATE: Final = re.compile(r"(GC-\d{4}-\d{6,9})(.*)", re.ASCII | re.DOTALL)
_CLABE_DIGITS: Final = 18
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an answer. `value` is drawn by its type: money, moment or text."""

    name: str
    value: str | Money | datetime

    @property
    def kind(self) -> str:
        """Answer how the template writes the value."""
        return {Money: "money", datetime: "moment"}.get(type(self.value), "text")


@dataclass(frozen=True, slots=True)
class Genuine:
    """What was asked for is ours, and this is what anyone may know."""

    title: str
    rows: tuple[Row, ...]
    says: str = ""
    key_of: str = ""  # the slug of the store whose public key checks this offline


@dataclass(frozen=True, slots=True)
class Altered:
    """It is ours and it does not add up: a person must look."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing of ours, or not enough to say so."""


type Answer = Genuine | Altered | NotFound


def look_up(text: str, key: str = "") -> Answer:
    """Answer what is public about a receipt, a certificate, a CLABE or an analyst's number."""
    asked = " ".join(text.upper().split())[:LONGEST]
    if match := _RECEIPT.fullmatch(asked):
        return _receipt(match[1], key or match[2])
    if match := _CERTIFICATE.fullmatch(asked):
        return _certificate(match[1], key or match[2])
    digits = re.sub(r"[\s-]", "", asked)
    if len(digits) == _CLABE_DIGITS and digits.isascii() and digits.isdigit():
        return _clabe(digits)
    return _analyst(asked) if asked else NotFound()


def _receipt(number: str, key: str) -> Answer:
    given = _letters(key).lower()
    found = receipts.receipt_by_number(number, given)
    if found is None:
        return NotFound()
    checked = receipts.verify(found.id)
    if not checked.valid:
        return Altered(checked.reasons)
    store = store_by_id(found.store_id)
    # Receipts count up: without the paper's own digits nobody may read what others paid.
    amount = (Row(_("Monto"), found.amount),) if given else ()
    return Genuine(
        _("Recibo auténtico"),
        (
            Row(_("Recibo"), found.number),
            Row(_("Lo emitió"), store.name),
            *amount,
            Row(_("Emitido"), found.issued_at),
            Row(_("Estado"), _("Pago confirmado")),
            Row(_("Llave de la tienda"), found.key_id),
        ),
        ""
        if given
        else _("Para ver el monto, escanea el código del recibo o agrega los primeros 12 dígitos de su huella."),
        key_of=store.slug,
    )


def _certificate(number: str, key: str) -> Answer:
    found = certificate_by_number(number, _letters(key))
    if found is None:
        return NotFound()
    return Genuine(
        _("Certificado auténtico"),
        (
            Row(_("Folio"), found.number),
            Row(_("Lo emitió"), found.store_name),
            Row(_("Compra de"), found.buyer_name),
            Row(_("Monto"), found.amount),
            Row(_("Emitido"), found.held_at),
            Row(_("Estado"), _state(found)),
        ),
        _("Tu compra está garantizada por la tienda: tu compra, tu pago y tu envío."),
    )


def _state(found: CertificateView) -> str:
    labels = {
        "held": _("Garantía vigente"),
        "claimed": _("Con una reclamación abierta"),
        "released": _("Garantía cumplida"),
        "resolved": _("Reclamación resuelta"),
    }
    return labels.get(found.state, _("Por aclarar"))


def _clabe(digits: str) -> Answer:
    store_id = clabe_known(digits) if clabe.is_valid(digits) else None
    if store_id is None:
        return NotFound()
    store = store_by_id(store_id)
    return Genuine(
        _("CLABE auténtica"),
        (
            Row(_("CLABE"), f"{digits[:3]} ••• ••••••••{digits[-4:-1]} {digits[-1]}"),
            Row(_("Pertenece a un pedido de"), store.name),
            Row(_("Beneficiario"), store.legal_name),
        ),
        _("Compárala también con la de tu página de pedido. Nunca cambiamos la CLABE por chat, correo ni llamada."),
    )


def _analyst(number: str) -> Answer:
    found = analyst_by_number(number)
    if found is None or found.role != "analyst":
        return NotFound()
    return Genuine(
        _("Analista de la tienda"),
        (
            Row(_("Número"), found.analyst_number),
            Row(_("Nombre"), found.name.split()[0]),
            Row(_("Atiende en"), store_by_id(found.store_id).name),
        ),
        _("Ningún analista te pide contraseñas, códigos de tu banco ni que transfieras a otra cuenta."),
    )


def _letters(key: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", key)
