"""STP: unsigned notices, so a per-store secret, an optional list of addresses, and STP's own answers as the judge.

STP posts `sendAbono` without a signature: whoever knows the address and the secret can write one. Its money is
therefore only *announced* until the notice is re-fetched or found in the day's list, unless the store's two-person
policy says otherwise. Answers are STP's own words; "devolver" orders STP to send the money back, so no fault of ours
ever says it.

Two services answer queries, told apart by the credential `service`: `efws` (`consultaOrden`, `V2/conciliacion`, by
pages of a thousand) and the older `speiws` (`consOrdenesFech`, the whole day at once, signed over the 34 fields of an
order). Both want the operation date left out for the day that runs. Their states: 0 good, 6 nothing there, 3 asked too
often (a hundred an hour, in public clients), any other a refusal with its words in `mensaje` or `descripcionError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from seguripago.ports.bank_feeds import (
    MAX_LIST_BYTES,
    Answer,
    Arrived,
    Asked,
    Authenticity,
    Credentials,
    FeedAway,
    FeedRefused,
    FeedSecrets,
    Listed,
    Movement,
    Need,
    NotADeposit,
    NotFoundThere,
    RawNoticeIn,
    Returned,
    Road,
    Unreadable,
    credential,
    road_of,
)
from seguripago.ports.bank_notice import (
    ARRIVED_STATES,
    RETURN_PAYMENT_TYPES,
    STP_INSTITUTION,
    Fields,
    deposit_of,
    institution,
    payment_type_of,
    read_json,
    read_lines,
    read_notice,
    read_object,
    text,
)
from seguripago.ports.hook_secrets import by_secret
from seguripago.ports.stp_signing import ask_signed, chain, order_chain

RETURNED_STATE: Final = "D"
RECEIVED: Final = "R"
IDS: Final = ("idEF", "id", "clave")
GOOD, ASKED_TOO_OFTEN, NOTHING_THERE = 0, 3, 6
TOO_OFTEN_WAIT_S: Final = 3600
MOST_PAGES: Final = 1000
TEST_HOSTS: Final = ("efws-dev.stpmex.com", "demo.stpmex.com")
HOSTS: Final = ("prod.stpmex.com", *TEST_HOSTS)
NEEDS: Final = (
    Need("company", "Empresa, como la dio de alta STP", is_secret=False, example="SIERRA_ALTA"),
    Need("private_key", "Llave privada con que firmas las consultas (PEM)", "long"),
    Need("passphrase", "Contraseña de esa llave, si tiene", is_required=False),
    Need(
        "address",
        "Dirección del servicio de consultas",
        "address",
        is_secret=False,
        example="https://prod.stpmex.com",
        hosts=HOSTS,
    ),
    Need("service", "Servicio: efws (el actual) o speiws (el anterior)", is_secret=False, example="efws"),
)


@dataclass(frozen=True, slots=True)
class Stp:
    """STP's notices, its answers and its day's list."""

    slug: str = "stp"
    title: str = "STP"
    signs: bool = False
    needs: tuple[Need, ...] = NEEDS

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Accept the store's secret in Basic auth, in the address, or nothing; the address list comes first."""
        return by_secret(notice, secrets)

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read one `sendAbono`, camelCase or the older PascalCase; or, by their roads, an answer of STP's queries."""
        if road_of(headers) is Road.NOTICE:
            return read_notice(body)
        return self.read_received_list(body)

    def read_received_list(self, body: bytes) -> tuple[Listed, ...]:
        """Read a list of received transfers, or the single one of `consultaOrden`; one bad line loses no other.

        States CCO, LQ and TLQ arrived, D was returned, any other brings no money yet. A payment type that is itself a
        return is no deposit. `institucionContraparte` is who sent it, `institucionOperante` is us.
        """
        return read_lines(_lines(read_json(body, limit=MAX_LIST_BYTES)), _movement, *IDS)

    def is_test(self, credentials: Credentials) -> bool:
        return (urlsplit(credentials.get("address", "")).hostname or "") in TEST_HOSTS

    def refetch(self, asked: Asked, credentials: Credentials) -> bytes:
        """Ask for one received transfer by its tracking key; the older service only knows whole days."""
        day = None if asked.is_current_day else asked.operation_date
        if _service(credentials) == "speiws":
            body = _older_list(day, credentials)
            if not _holds(body, asked.tracking_key):
                raise NotFoundThere("not_in_the_list")
            return body
        query = {
            "empresa": credential(credentials, "company"),
            "claveRastreo": asked.tracking_key,
            "tipoOrden": RECEIVED,
        }
        if day is not None:
            query["fechaOperacion"] = f"{day:%Y%m%d}"
        signed = (query["empresa"], asked.tracking_key, RECEIVED, query.get("fechaOperacion", ""))
        body = _post("/efws/API/consultaOrden", query, chain(*signed), credentials)
        if _state_of(body) == NOTHING_THERE:
            raise NotFoundThere("state:6")
        if not _holds(body, asked.tracking_key):
            raise Unreadable("answers_another_movement")
        return body

    def received_list(self, day: date | None, credentials: Credentials) -> tuple[bytes, ...]:
        """Ask for the received transfers of an operation date, page after page until STP's `total` is there."""
        if _service(credentials) == "speiws":
            body = _older_list(day, credentials)
            return (body,) if _lines(read_json(body, limit=MAX_LIST_BYTES)) else ()
        company, written = credential(credentials, "company"), f"{day:%Y%m%d}" if day else ""
        pages: list[bytes] = []
        found = 0
        while len(pages) < MOST_PAGES:
            query = {"empresa": company, "page": len(pages), "tipoOrden": RECEIVED, "fechaOperacion": written}
            body = _post("/efws/API/V2/conciliacion", query, chain(company, RECEIVED, written), credentials)
            if _state_of(body) == NOTHING_THERE:
                return tuple(pages)
            lines = _lines(read_json(body, limit=MAX_LIST_BYTES))
            if not lines:
                return tuple(pages)
            pages.append(body)
            found += len(lines)
            if found >= _total(body):
                return tuple(pages)
        raise Unreadable("endless_list")

    def accepted(self) -> Answer:
        return 200, {"mensaje": "confirmar"}

    def refused(self) -> Answer:
        return 401, {"mensaje": "no autorizado"}

    def unavailable(self) -> Answer:
        return 503, {"mensaje": "reintentar"}


def _movement(fields: Fields) -> Movement:
    bank_id, payment_type = text(fields, *IDS), payment_type_of(fields)
    state = text(fields, "estado").upper()
    if payment_type in RETURN_PAYMENT_TYPES:
        return NotADeposit("return_payment", bank_id, text(fields, "claveRastreo"))
    if not state:
        raise Unreadable("state")
    if state not in ARRIVED_STATES and state != RETURNED_STATE:
        return NotADeposit(f"state:{state}", bank_id, text(fields, "claveRastreo"))
    sender = institution(fields, "institucionContraparte", "institucionOrdenante")
    receiver = institution(fields, "institucionOperante", "institucionBeneficiaria", otherwise=STP_INSTITUTION)
    deposit = deposit_of(fields, sender, receiver, payment_type)
    if state == RETURNED_STATE:
        return Returned(deposit, text(fields, "causaDevolucion") or "returned_by_bank")
    return Arrived(deposit)


def _lines(value: Any) -> list[Any]:
    """Find the list in the shapes STP has used (`resultado.lst`, `datos`, `respuesta`, bare); empty where null."""
    for _ in range(4):
        if isinstance(value, list):
            return value
        if not isinstance(value, dict):
            break
        fields = Fields(value)
        names = ("resultado", "respuesta", "lst", "datos", "ordenPago")
        inner = fields.get(*names)
        if inner is None:
            if any(name.lower() in {key.lower() for key in value} for name in names):
                return []
            break
        value = [inner] if isinstance(inner, dict) and Fields(inner).says("claveRastreo") else inner
    raise Unreadable("no_list")


def _post(path: str, query: Mapping[str, object], signed: str, credentials: Credentials) -> bytes:
    return ask_signed("POST", path, query, signed, credentials, limit=MAX_LIST_BYTES)


def _older_list(day: date | None, credentials: Credentials) -> bytes:
    company = credential(credentials, "company")
    query: dict[str, object] = {"empresa": company, "estado": RECEIVED}
    asked = {"empresa": company}
    if day is not None:
        query["fechaOperacion"] = asked["fechaOperacion"] = f"{day:%Y%m%d}"
    body = _post("/speiws/rest/ordenPago/consOrdenesFech", query, order_chain(asked), credentials)
    said = read_object(body, limit=MAX_LIST_BYTES)
    words = text(said.inside("resultado") or said, "descripcionError")
    if words and "no se encontr" not in words.lower() and "sin datos" not in words.lower():
        raise FeedRefused(words)
    return b'{"resultado": {"lst": []}}' if words else body


def _state_of(body: bytes) -> int:
    """Give the state of an answer: GOOD or NOTHING_THERE. Raises FeedAway when asked too often, FeedRefused else."""
    said = read_object(body, limit=MAX_LIST_BYTES)
    state = said.get("estado")
    if state in (GOOD, NOTHING_THERE) and type(state) is int:
        return int(state)
    if state == ASKED_TOO_OFTEN:
        raise FeedAway("state:3", retry_after_s=TOO_OFTEN_WAIT_S)
    raise FeedRefused(f"state:{text(said, 'estado') or 'none'} {text(said, 'mensaje', 'descripcion')}".strip())


def _total(body: bytes) -> int:
    total = read_object(body, limit=MAX_LIST_BYTES).get("total")
    if type(total) is not int or total < 0:
        raise Unreadable("total")
    return total


def _holds(body: bytes, key: str) -> bool:
    lines = _lines(read_json(body, limit=MAX_LIST_BYTES))
    wanted = key.strip().upper()
    return any(isinstance(line, dict) and text(Fields(line), "claveRastreo").upper() == wanted for line in lines)


def _service(credentials: Credentials) -> str:
    name = credential(credentials, "service").lower()
    if name not in {"efws", "speiws"}:
        raise FeedRefused("service")
    return name


ADAPTER: Final = Stp()
