"""STP's payment orders: `registraOrden`, signed over the chain of 34 fields, and `consultaOrden` for what became of it.

STP answers an order with its number under `resultado`, or with a negative one and `descripcionError`. A tracking key
that was used already on that day is how it says that it has the order. Its notice of a change of state is not signed:
it only tells us when to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from seguripago.ports.bank_feeds import Credentials, FeedRefused, FeedTrouble, NotFoundThere, Unreadable, credential
from seguripago.ports.bank_notice import STP_INSTITUTION, Fields, read_object, text
from seguripago.ports.payouts import PayoutAnswer, PayoutOrder, PayoutState
from seguripago.ports.stp_signing import ask_signed, chain, order_chain
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
        said = _sent("PUT", "/speiws/rest/ordenPago/registra", fields, order_chain(fields), credentials)
        result = said.inside("resultado")
        if result is None:
            raise Unreadable("no_resultado")
        words, number = text(result, "descripcionError"), text(result, "id")
        if words:
            if USED_ALREADY in words.lower():
                return PayoutAnswer(PayoutState.SENT)
            raise FeedRefused(words[:200])
        if not number.isdigit():
            raise Unreadable("no_id")
        return PayoutAnswer(PayoutState.SENT, ref=number)

    def fetch(self, order: PayoutOrder, day: date | None, credentials: Credentials) -> PayoutAnswer:
        company, written = credential(credentials, "company"), f"{day:%Y%m%d}" if day else ""
        query = {"empresa": company, "claveRastreo": order.tracking_key, "tipoOrden": SENT_BY_US}
        if written:
            query["fechaOperacion"] = written
        signed = chain(company, order.tracking_key, SENT_BY_US, written)
        said = _sent("POST", "/efws/API/consultaOrden", query, signed, credentials)
        if said.get("estado") == NOTHING_THERE:
            raise NotFoundThere("state:6")
        return _became(said, order)

    def hint(self, body: bytes, headers: Mapping[str, str]) -> str:
        try:
            said = read_object(body, limit=MAX_ANSWER_BYTES)
        except FeedTrouble:
            return ""
        return text(said, "claveRastreo", "folioOrigen")[:30]


def _became(fields: Fields, order: PayoutOrder) -> PayoutAnswer:
    """Read one order out of an answer; it must be ours, with our amount."""
    for name in ("respuesta", "ordenPago", "datos", "resultado"):
        fields = fields.inside(name) or fields
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


def _sent(method: str, path: str, said: Mapping[str, str], signed: str, credentials: Credentials) -> Fields:
    answer = ask_signed(method, path, said, signed, credentials, limit=MAX_ANSWER_BYTES)
    return read_object(answer, limit=MAX_ANSWER_BYTES)


def _day(written: str) -> date | None:
    if len(written) != 8 or not written.isdigit():
        return None
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None


ADAPTER: Final = StpPayouts()
