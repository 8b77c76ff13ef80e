"""The demo's bank: the STP shape, signed as Standard Webhooks ask, so that its money may move at once.

`signed_notice` and `notices_of` are the bank's side, well-behaved or not (the sandbox server and the command line use
them); the rest is ours. Beside STP's fields the notices may carry `moneda` (when it is not pesos) and, for a transfer
that the bank sends back, `estado` "D" with `causaDevolucion`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from seguripago.ports.bank_feeds import (
    MAX_NOTICE_BYTES,
    Answer,
    Arrived,
    Authenticity,
    FeedSecrets,
    Movement,
    RawNoticeIn,
    Returned,
    Unreadable,
)
from seguripago.ports.bank_notice import read_notice, read_object, text
from seguripago.values import clabe as clabes
from seguripago.values.money import MXN, Money

RETURNED_STATE: Final = "D"
UNREADABLE: Final = "10,00"
FORGED_SECRET: Final = f"whsec_{'A' * 43}="
"""What a forger signs with: a secret of the right shape that is not the store's."""
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
    currency: str = MXN
    returned: str = ""


class Behaviour(StrEnum):
    """How the bank behaves. Only `normal` is what a bank should do; the others are what banks have done."""

    NORMAL = "normal"
    CONTRADICTION = "contradiction"
    RETURNED = "returned"
    UNSIGNED = "unsigned"
    BAD_SIGNATURE = "bad_signature"
    UNREADABLE_AMOUNT = "unreadable_amount"
    UNKNOWN_CLABE = "unknown_clabe"
    ONE_DIGIT_OFF = "one_digit_off"
    DOLLARS = "dollars"


class Kind(StrEnum):
    """What a notice of a played transfer is."""

    NOTICE = "notice"
    CONTRADICTION = "contradiction"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class PlayedNotice:
    """A notice that the bank will send: what it is, its bytes, and the amount that it says."""

    kind: Kind
    body: bytes
    amount_text: str


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
        **({"moneda": transfer.currency} if transfer.currency != MXN else {}),
        **({"estado": RETURNED_STATE, "causaDevolucion": transfer.returned} if transfer.returned else {}),
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def misdirected(transfer: SandboxTransfer, behaviour: Behaviour) -> SandboxTransfer:
    """Send the money where the behaviour says: to an account that nobody was given, to one digit beside it."""
    account = transfer.clabe
    if behaviour is Behaviour.UNKNOWN_CLABE and len(account) == clabes.LENGTH:
        # The last account of the same thousand: a good CLABE of the store that no order has yet.
        account = clabes.build(account[:13], 9998)
    elif behaviour is Behaviour.ONE_DIGIT_OFF:
        account = f"{account[:-2]}{(int(account[-2]) + 1) % 10}{account[-1]}"
    currency = "USD" if behaviour is Behaviour.DOLLARS else transfer.currency
    amount = UNREADABLE if behaviour is Behaviour.UNREADABLE_AMOUNT else transfer.amount_text
    return replace(transfer, clabe=account, currency=currency, amount_text=amount)


def notices_of(transfer: SandboxTransfer, behaviour: Behaviour) -> tuple[PlayedNotice, ...]:
    """Write every notice that the bank sends of one transfer, in its order."""
    played = misdirected(transfer, behaviour)
    first = PlayedNotice(Kind.NOTICE, notice_body(played), played.amount_text)
    if behaviour is Behaviour.CONTRADICTION:
        other = replace(played, amount_text=(Money.parse(played.amount_text) + Money(100)).plain)
        return first, PlayedNotice(Kind.CONTRADICTION, notice_body(other), other.amount_text)
    if behaviour is Behaviour.RETURNED:
        back = replace(played, returned="Cuenta inexistente")
        return first, PlayedNotice(Kind.RETURN, notice_body(back), played.amount_text)
    return (first,)


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
    only_in_demo: bool = True

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
        """Read STP's fields, and the two of our own: another currency, a transfer that went back."""
        fields = read_object(body)
        currency = text(fields, "moneda") or MXN
        if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            raise Unreadable("currency")
        movements: list[Movement] = []
        for movement in read_notice(body):
            if isinstance(movement, Arrived):
                deposit = movement.deposit
                said = replace(deposit, amount=Money(deposit.amount.centavos, currency))
                is_back = text(fields, "estado") == RETURNED_STATE
                movements.append(Returned(said, text(fields, "causaDevolucion")) if is_back else Arrived(said))
            else:
                movements.append(movement)
        return tuple(movements)

    def accepted(self) -> Answer:
        return 200, {"mensaje": "confirmar"}

    def refused(self) -> Answer:
        return 401, {"mensaje": "firma no válida"}

    def unavailable(self) -> Answer:
        return 503, {"mensaje": "reintentar"}


ADAPTER: Final = SandboxBank()
