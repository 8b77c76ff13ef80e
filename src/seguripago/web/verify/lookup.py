"""What one typed text may be, and what the public may read of it. Whatever is not found is not found alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import analyst_by_number
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance.queries.seals import SealedCard, attending, sealed_cards
from seguripago.journey.backing.queries import backing_of
from seguripago.journey.guarantee.queries import CertificateView, certificate_by_number
from seguripago.journey.guarantee.rules import ENDED
from seguripago.journey.payments.queries import clabe_known, payment_of
from seguripago.journey.receipts import queries as receipts
from seguripago.values import clabe
from seguripago.values.money import Money

_RECEIPT: Final = re.compile(r"(R-\d{4}-\d{6,9})(.*)", re.ASCII | re.DOTALL)
_CERTIFICATE: Final = re.compile(r"(GC-\d{4}-\d{6,9})(.*)", re.ASCII | re.DOTALL)
_CONVERSATION: Final = re.compile(r"(?<![A-Z0-9-])([A-Z2-9]{3})[- ]([A-Z2-9]{3})(?![A-Z0-9-])")
_CHECK: Final = re.compile(r"(?<![A-Z0-9])([A-Z2-7]{4})[- ]?([A-Z2-7]{4})(?![A-Z0-9])")
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
    tone: str = "ok"


@dataclass(frozen=True, slots=True)
class Altered:
    """It is ours and it does not add up: a person must look."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing of ours, or not enough to say so."""


type Answer = Genuine | Altered | NotFound


def look_up(text: str, key: str = "") -> Answer:
    """Answer what is public about a receipt, a certificate, a CLABE, an analyst's number, or a conversation's card.

    A conversation's code opens nothing alone: with it goes the card's check code, its CLABE, or the analyst's number.
    """
    asked = " ".join(text.upper().split())[:LONGEST]
    if match := _RECEIPT.fullmatch(asked):
        return _receipt(match[1], key or match[2])
    if match := _CERTIFICATE.fullmatch(asked):
        return _certificate(match[1], key or match[2])
    if match := _CONVERSATION.search(asked):
        return _of_conversation(f"{match[1]}-{match[2]}", asked[: match.start()] + " " + asked[match.end() :])
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
    state = (Row(_("Estado"), _payment_state(found.order_id)),) if given else ()
    return Genuine(
        _("Recibo auténtico"),
        (
            Row(_("Recibo"), found.number),
            Row(_("Lo emitió"), store.name),
            *amount,
            Row(_("Emitido"), found.issued_at),
            *state,
            Row(_("Llave de la tienda"), found.key_id),
        ),
        ""
        if given
        else _("Para ver el monto y el estado, escanea el código o agrega los primeros 12 dígitos de su huella."),
        key_of=store.slug,
    )


def _certificate(number: str, key: str) -> Answer:
    found = certificate_by_number(number, _letters(key))
    if found is None:
        return NotFound()
    backing = backing_of(found.order_id)
    return Genuine(
        _("Certificado auténtico"),
        (
            Row(_("Folio"), found.number),
            Row(_("Lo emitió"), found.store_name),
            Row(_("Compra de"), found.buyer_name),
            Row(_("Monto"), found.amount),
            Row(_("Emitido"), found.held_at),
            Row(_("Estado"), _state(found)),
            Row(_("Quién cumple la garantía"), _who_answers(found)),
            Row(_("Entrega a más tardar"), found.deliver_by),
            *((Row(_("Puedes reclamar hasta"), found.inspection_ends_at),) if found.inspection_ends_at else ()),
            Row(_("Operación"), _("Respaldada") if backing and backing.is_backed else _("Por respaldar")),
        ),
        _("Esta garantía ya concluyó. La garantía legal del producto sigue.")
        if found.state in ENDED
        else _("Tu compra está garantizada por la tienda: tu compra, tu pago y tu envío."),
    )


def _state(found: CertificateView) -> str:
    labels = {
        "held": _("Garantía vigente"),
        "claimed": _("Con una reclamación abierta"),
        "released": _("Garantía cumplida"),
        "resolved": _("Garantía concluida"),
    }
    return labels.get(found.state, _("Por aclarar"))


def _who_answers(found: CertificateView) -> str:
    """Whose obligation it was when the certificate was issued, whatever the store does since."""
    if found.partner:
        said = {"store": found.legal_name, "partner": found.partner}
        return _("%(store)s, la tienda; el pago está a cargo de %(partner)s, institución autorizada") % said
    return _("%(store)s, la tienda") % {"store": found.legal_name}


def _payment_state(order_id: int) -> str:
    """What became of the money since the receipt was issued: a genuine receipt may be of a purchase that went back."""
    payment = payment_of(order_id)
    labels = {
        "confirmed": _("Pago confirmado"),
        "partly_refunded": _("Reembolsado en parte"),
        "refunded": _("Reembolsado"),
    }
    return labels.get(payment.state, _("Por aclarar con el banco")) if payment else _("Por aclarar con el banco")


def _clabe(digits: str) -> Answer:
    store_id = clabe_known(digits) if clabe.is_valid(digits) else None
    if store_id is None:
        return NotFound()
    store = store_by_id(store_id)
    return Genuine(
        _("CLABE auténtica"),
        (
            Row(_("CLABE"), _masked(digits)),
            Row(_("Pertenece a un pedido de"), store.name),
            Row(_("Beneficiario"), store.legal_name),
        ),
        _("Compárala también con la de tu página de pedido. Nunca cambiamos la CLABE por chat, correo ni llamada."),
    )


def _of_conversation(code: str, rest: str) -> Answer:
    """What somebody was shown in the conversation with this code, by the second thing that he typed."""
    digits = re.sub(r"[\s-]", "", rest)
    if len(digits) == _CLABE_DIGITS and digits.isascii() and digits.isdigit():
        return _bank_details(sealed_cards(code, clabe=digits, at=timezone.now()))
    if match := _CHECK.search(rest):
        found = _bank_details(sealed_cards(code, check_code=f"{match[1]}-{match[2]}", at=timezone.now()))
        if not isinstance(found, NotFound):
            return found
    return _attending(code, " ".join(rest.split()))


def _bank_details(cards: tuple[SealedCard, ...]) -> Answer:
    if not cards:
        return NotFound()
    card = cards[0]
    if not card.is_genuine:
        return Altered(("signature",))
    store = store_by_id(card.store_id)
    analyst = f"{card.analyst_name.split()[0]} · {card.analyst_number}" if card.analyst_name else "Asistente CONNECT@Me"
    state, says, tone = _standing(card.standing)
    return Genuine(
        _("Datos bancarios auténticos"),
        (
            Row(_("Tienda"), store.name),
            Row(_("Te atiende"), analyst),
            Row(_("Conversación"), card.conversation_code),
            Row(_("CLABE"), _masked(card.clabe)),
            Row(_("Banco"), card.bank),
            Row(_("Beneficiario"), card.beneficiary),
            Row(_("Monto"), card.amount),
            Row(_("Vigente hasta"), card.expires_at),
            Row(_("Estado"), state),
        ),
        says,
        key_of=store.slug,
        tone=tone,
    )


def _standing(standing: str) -> tuple[str, str, str]:
    match standing:
        case "open":
            says = _("Compara la CLABE y el monto con los de tu app antes de transferir.")
            return _("Vigente"), says, "ok"
        case "received":
            return _("Transferencia recibida"), _("Ya recibimos esta transferencia: no transfieras otra vez."), "ok"
        case "expired":
            says = _("Eran nuestros, pero su vigencia terminó: no transfieras. Pide más tiempo en tu página de pedido.")
            return _("Vencidos"), says, "warn"
        case _:
            says = _("Eran nuestros, pero ya se retiraron: no transfieras con ellos. Usa los de tu página de pedido.")
            return _("Retirados"), says, "warn"


def _attending(code: str, number: str) -> Answer:
    found = attending(code, number) if number else None
    if found is None:
        return NotFound()
    says = (
        _("Atiende esa conversación ahora. Ningún analista te pide contraseñas, códigos ni otra cuenta.")
        if found.is_responsible
        else _("Atendió esa conversación antes; ahora la lleva otra persona o el asistente.")
    )
    return Genuine(
        _("Analista de la tienda"),
        (
            Row(_("Número"), found.number),
            Row(_("Nombre"), found.name.split()[0]),
            Row(_("Atiende en"), store_by_id(found.store_id).name),
            Row(_("Conversación"), code),
        ),
        says,
        tone="ok" if found.is_responsible else "warn",
    )


def _masked(digits: str) -> str:
    return f"{digits[:3]} ••• ••••••••{digits[-4:-1]} {digits[-1]}"


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
