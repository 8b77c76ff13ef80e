"""STP's payment orders: `registraOrden`, signed over the chain of 34 fields, and `consultaOrden` for what became of it.

STP answers an order with its number under `resultado`, or with a negative one and `descripcionError`. A tracking key
that was used already on that day is how it says that it has the order. Its notice of a change of state is not signed:
it only tells us when to ask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from seguripago.ports.asking import ask
from seguripago.ports.bank_feeds import Credentials, FeedRefused, FeedTrouble, NotFoundThere, Unreadable, credential
from seguripago.ports.bank_notice import STP_INSTITUTION, Fields, read_json, text
from seguripago.ports.payouts import PayoutAnswer, PayoutOrder, PayoutState
from seguripago.ports.stp_signing import BarInside, chain, order_chain, sign
from seguripago.values.money import Money, UnreadableAmount

MAX_ANSWER_BYTES: Final = 65_536
SENT_BY_US: Final = "E"
THIRD_PARTY: Final = "1"
CLABE_TYPE: Final = "40"
NO_RFC: Final = "ND"
USED_ALREADY: Final = "ya fue utilizada"
LEFT: Final = frozenset({"LQ", "TLQ", "CCO"})
NEVER_LEFT: Final = frozenset({"CN", "XC", "CL", "CXO", "XR", "RE", "RA", "CA", "EL"})
CAME_BACK: Final = frozenset({"D", "CCE", "CCR", "RCE"})
NOTHING_THERE: Final = 6


@dataclass(frozen=True, slots=True)
class StpPayouts:
    """STP, which sends what it is ordered to."""

    slug: str = "stp"
    title: str = "STP"

    def send(self, order: PayoutOrder, credentials: Credentials) -> PayoutAnswer:
        fields = {
            "institucionContraparte": order.institution,
            "empresa": credential(credentials, "company"),
            "claveRastreo": order.tracking_key,
            "institucionOperante": STP_INSTITUTION,
            "monto": order.amount.plain,
            "tipoPago": THIRD_PARTY,
            "tipoCuentaOrdenante": CLABE_TYPE,
            "nombreOrdenante": order.payer_name,
            "cuentaOrdenante": order.payer_account,
            "rfcCurpOrdenante": order.payer_rfc or NO_RFC,
            "tipoCuentaBeneficiario": str(order.account_type),
            "nombreBeneficiario": order.holder,
            "cuentaBeneficiario": order.account,
            "rfcCurpBeneficiario": NO_RFC,
            "conceptoPago": order.concept,
            "referenciaNumerica": order.reference,
        }
        try:
            signed = order_chain(fields)
        except BarInside:
            raise FeedRefused("bar_inside") from None
        said = _object(_put(fields, signed, credentials))
        result = said.get("resultado")
        if not isinstance(result, dict):
            raise Unreadable("no_resultado")
        words = text(Fields(result), "descripcionError")
        number = text(Fields(result), "id")
        if words:
            if USED_ALREADY in words.lower():
                return PayoutAnswer(PayoutState.SENT)
            raise FeedRefused(words[:200])
        if not number.isdigit():
            raise Unreadable("no_id")
        return PayoutAnswer(PayoutState.SENT, ref=number)

    def fetch(self, order: PayoutOrder, day: date | None, credentials: Credentials) -> PayoutAnswer:
        company, written = credential(credentials, "company"), f"{day:%Y%m%d}" if day else ""
        query: dict[str, Any] = {"empresa": company, "claveRastreo": order.tracking_key, "tipoOrden": SENT_BY_US}
        if written:
            query["fechaOperacion"] = written
        try:
            signed = chain(company, order.tracking_key, SENT_BY_US, written)
        except BarInside:
            raise FeedRefused("bar_inside") from None
        body = {**query, "firma": _signature(signed, credentials)}
        said = _object(
            ask(
                "POST",
                f"{credential(credentials, 'address').rstrip('/')}/efws/API/consultaOrden",
                headers={"content-type": "application/json"},
                body=json.dumps(body).encode(),
                limit=MAX_ANSWER_BYTES,
            )
        )
        if said.get("estado") == NOTHING_THERE:
            raise NotFoundThere("state:6")
        return _became(said, order)

    def hint(self, body: bytes, headers: Mapping[str, str]) -> str:
        try:
            said = read_json(body, limit=MAX_ANSWER_BYTES)
        except FeedTrouble:
            return ""
        if not isinstance(said, dict):
            return ""
        return text(Fields(said), "claveRastreo", "folioOrigen")[:30]


def _became(said: dict[str, Any], order: PayoutOrder) -> PayoutAnswer:
    """Read one order out of an answer; it must be ours, with our amount."""
    inner: Any = said
    for name in ("respuesta", "ordenPago", "datos", "resultado"):
        if isinstance(inner, dict) and isinstance(inner.get(name), dict):
            inner = inner[name]
    fields = Fields(inner)
    if text(fields, "claveRastreo").upper() != order.tracking_key.upper():
        raise Unreadable("answers_another_order")
    if fields.says("monto") and _amount(fields) != order.amount:
        raise Unreadable("answers_another_amount")
    if fields.says("cuentaBeneficiario") and text(fields, "cuentaBeneficiario") != order.account:
        # A key of ours from before a backup was put back: somebody else was paid with it.
        raise Unreadable("answers_another_account")
    state, ref = text(fields, "estado").upper(), text(fields, "idEF", "id")
    reason = text(fields, "causaDevolucion", "descripcionError")
    if state in LEFT:
        return PayoutAnswer(PayoutState.DONE, ref=ref, day=_day(text(fields, "fechaOperacion")))
    if state in NEVER_LEFT | CAME_BACK:
        return PayoutAnswer(PayoutState.FAILED, ref=ref, reason=f"{state} {reason}".strip())
    return PayoutAnswer(PayoutState.SENT, ref=ref)


def _amount(fields: Fields) -> Money:
    said = fields.get("monto")
    try:
        return Money.parse(said) if isinstance(said, str) else Money.from_decimal(Decimal(said))
    except (UnreadableAmount, TypeError, ValueError, InvalidOperation):
        raise Unreadable("amount") from None


def _put(fields: Mapping[str, str], signed: str, credentials: Credentials) -> bytes:
    return ask(
        "PUT",
        f"{credential(credentials, 'address').rstrip('/')}/speiws/rest/ordenPago/registra",
        headers={"content-type": "application/json"},
        body=json.dumps({**fields, "firma": _signature(signed, credentials)}).encode(),
        limit=MAX_ANSWER_BYTES,
    )


def _signature(signed: str, credentials: Credentials) -> str:
    private_key, passphrase = credential(credentials, "private_key"), credentials.get("passphrase", "")
    return sign(signed, private_key=private_key, passphrase=passphrase)


def _object(body: bytes) -> dict[str, Any]:
    value = read_json(body, limit=MAX_ANSWER_BYTES)
    if not isinstance(value, dict):
        raise Unreadable("not_an_object")
    return value


def _day(written: str) -> date | None:
    if len(written) != 8 or not written.isdigit():
        return None
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None


ADAPTER: Final = StpPayouts()
