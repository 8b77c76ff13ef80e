"""STP: unsigned notices, so a per-store secret, an optional list of addresses, and the day's list as the judge.

STP posts `sendAbono` without a signature: whoever knows the address and the secret can write one. Its money is
therefore only *announced* until the notice is re-fetched or found in the day's list (`consultaOrden`), unless the
store's two-person policy says otherwise. Answers are STP's own words; "devolver" orders STP to send the money back, so
no fault of ours ever says it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from seguripago.ports.bank_feeds import (
    MAX_NOTICE_BYTES,
    Answer,
    Arrived,
    Authenticity,
    FeedSecrets,
    Listed,
    Movement,
    NotADeposit,
    RawNoticeIn,
    Returned,
    Unreadable,
    UnreadLine,
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
    read_notice,
    text,
)
from seguripago.ports.store_secrets import secret_path

RETURNED_STATE: Final = "D"


@dataclass(frozen=True, slots=True)
class Stp:
    """STP's notices and its day's list."""

    slug: str = "stp"
    title: str = "STP"
    signs: bool = False

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Accept the store's secret in Basic auth, in the address, or nothing; the address list comes first."""
        if len(notice.body) > MAX_NOTICE_BYTES or not _may_call(notice.remote_address, secrets.allowed_addresses):
            return Authenticity.REFUSED
        offered = [value for value in (notice.address_secret, *_basic(notice.header("authorization"))) if value]
        known = [form for secret in secrets.accepted if secret for form in _forms(secret)]
        # Every pair is compared, so that the time taken says nothing of which one was nearly right.
        matches = [
            hmac.compare_digest(a.encode(errors="replace"), b.encode(errors="replace")) for a in offered for b in known
        ]
        return Authenticity.SECRET if any(matches) else Authenticity.REFUSED

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Movement, ...]:
        """Read one `sendAbono`, camelCase or the older PascalCase."""
        return read_notice(body)

    def read_received_list(self, body: bytes) -> tuple[Listed, ...]:
        """Read the day's list of received transfers (`consultaOrden`); one bad line does not lose the others.

        States CCO, LQ and TLQ arrived, D was returned, any other brings no money yet. A payment type that is itself a
        return is no deposit. `institucionContraparte` is who sent it, `institucionOperante` is us.
        """
        return tuple(_listed(position, line) for position, line in enumerate(_lines(read_json(body)), start=1))

    def accepted(self) -> Answer:
        return 200, {"mensaje": "confirmar"}

    def refused(self) -> Answer:
        return 401, {"mensaje": "no autorizado"}

    def unavailable(self) -> Answer:
        return 503, {"mensaje": "reintentar"}


def _listed(position: int, line: object) -> Listed:
    bank_id = ""
    try:
        if not isinstance(line, dict):
            raise Unreadable("not_an_object")
        fields = Fields(line)
        bank_id = text(fields, "idEF", "id", "clave")
        return _movement(fields, bank_id)
    except Unreadable as trouble:
        return UnreadLine(position, trouble.reason, bank_id)


def _movement(fields: Fields, bank_id: str) -> Movement:
    payment_type = payment_type_of(fields)
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
    """Find the list in the shapes STP has used (`resultado.lst`, `lst`, `datos`, bare); empty where it is null."""
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


def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it is kept, and as it fits in an address."""
    if not secret.startswith("whsec_"):
        return (secret,)
    try:
        return (secret, secret_path(secret))
    except binascii.Error:
        return (secret,)


def _basic(header: str) -> tuple[str, ...]:
    """Give what a Basic header offers: `user:password`, and the password alone."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return ()
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ()
    return (decoded, decoded.partition(":")[2])


def _may_call(address: str, allowed: tuple[str, ...]) -> bool:
    if not allowed:
        return True
    try:
        caller = ipaddress.ip_address(address)
        networks = [ipaddress.ip_network(entry, strict=False) for entry in allowed]
    except ValueError:
        return False
    mapped = getattr(caller, "ipv4_mapped", None)
    return any(caller in network or (mapped is not None and mapped in network) for network in networks)


ADAPTER: Final = Stp()
