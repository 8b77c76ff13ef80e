"""The demo's bank: the STP shape, signed as Standard Webhooks ask, so that its money may move at once.

`signed_notice` is the bank's side (the sandbox server and the command line use it); the rest is ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from seguripago.ports.bank_feeds import MAX_NOTICE_BYTES, Answer, Authenticity, FeedSecrets, Movement, RawNoticeIn
from seguripago.ports.bank_notice import read_notice

SIGNATURE_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxTransfer:
    """A transfer that somebody plays: `amount_text` goes into the notice as it is, also a bad one."""

    bank_id: int
    clabe: str
    amount_text: str
    tracking_key: str
    operation_date: date
    settled_at: datetime
    sending_institution: str = "40012"
    receiving_institution: str = "90646"
    payer_name: str = "LUCIA HERNANDEZ ROBLES"
    payer_account: str = "012180015012884670"
    payer_rfc: str = "ND"
    beneficiary_name: str = ""
    concept: str = "Pago"
    reference: int = 1


@dataclass(frozen=True, slots=True)
class SignedNotice:
    """What goes over the wire: the very bytes that were signed."""

    body: bytes
    headers: Mapping[str, str]


def notice_body(transfer: SandboxTransfer) -> bytes:
    """Write a transfer in the STP camelCase shape."""
    milliseconds = (transfer.settled_at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000
    fields = {
        "id": transfer.bank_id,
        "fechaOperacion": int(transfer.operation_date.strftime("%Y%m%d")),
        "institucionOrdenante": int(transfer.sending_institution),
        "institucionBeneficiaria": int(transfer.receiving_institution),
        "claveRastreo": transfer.tracking_key,
        "monto": transfer.amount_text,
        "nombreOrdenante": transfer.payer_name,
        "tipoCuentaOrdenante": 40,
        "cuentaOrdenante": transfer.payer_account,
        "rfcCurpOrdenante": transfer.payer_rfc,
        "nombreBeneficiario": transfer.beneficiary_name,
        "tipoCuentaBeneficiario": 40,
        "cuentaBeneficiario": transfer.clabe,
        "nombreBeneficiario2": "",
        "tipoCuentaBeneficiario2": 0,
        "cuentaBeneficiario2": "",
        "rfcCurpBeneficiario": "ND",
        "conceptoPago": transfer.concept[:40],
        "referenciaNumerica": transfer.reference,
        "empresa": "SANDBOX",
        "tipoPago": 1,
        "tsLiquidacion": str(round(milliseconds)),
        "folioCodi": "",
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def signed_notice(transfer: SandboxTransfer, secret: str, *, message_id: str, at: datetime) -> SignedNotice:
    """Write and sign a notice; the same arguments give the very same bytes and headers."""
    body = notice_body(transfer)
    return SignedNotice(body, signature_headers(body, secret, message_id=message_id, at=at))


def signature_headers(body: bytes, secret: str, *, message_id: str, at: datetime) -> dict[str, str]:
    """Sign a body as Standard Webhooks ask; the headers to send with it."""
    moment = at.astimezone(UTC)
    signature = Webhook(secret).sign(msg_id=message_id, timestamp=moment, data=body.decode())
    values = (message_id, str(int(moment.timestamp())), signature)
    return {"content-type": "application/json", **dict(zip(SIGNATURE_HEADERS, values, strict=True))}


@dataclass(frozen=True, slots=True)
class SandboxBank:
    """Our side of the demo's bank."""

    slug: str = "sandbox"
    title: str = "Banco de pruebas"
    signs: bool = True

    def authentic(self, notice: RawNoticeIn, secrets: FeedSecrets) -> Authenticity:
        """Check the signature with each accepted secret; older or newer than five minutes is refused."""
        if len(notice.body) > MAX_NOTICE_BYTES:
            return Authenticity.REFUSED
        headers = {name: notice.header(name) for name in SIGNATURE_HEADERS}
        for secret in secrets.accepted:
            try:
                Webhook(secret).verify(notice.body, headers, json_parse=False)
            except (WebhookVerificationError, EmptyWebhookSecretError, ValueError, RuntimeError):
                continue
            return Authenticity.SIGNED
        return Authenticity.REFUSED

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Movement, ...]:
        return read_notice(body)

    def accepted(self) -> Answer:
        return 200, {"mensaje": "confirmar"}

    def refused(self) -> Answer:
        return 401, {"mensaje": "firma no válida"}

    def unavailable(self) -> Answer:
        return 503, {"mensaje": "reintentar"}


ADAPTER: Final = SandboxBank()
