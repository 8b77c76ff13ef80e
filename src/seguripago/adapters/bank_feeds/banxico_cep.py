"""CEP: what the receiving bank sealed of a transfer, as money's word once two people decided it.

Nobody calls here: a CEP is uploaded, or looked up at Banxico, its seal is verified with keys that the operator pinned,
and two people see what it says. This file only reads. The seal does not cover the clave de rastreo; that is why a CEP
alone never is a notice, and why its use is unique by the seal (bank.models.UsedSeal).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from seguripago.ports.bank_feeds import Arrived, Listed, NotADeposit, ReadDeposit, Unreadable
from seguripago.ports.bank_notice import (
    RETURN_PAYMENT_TYPES,
    Fields,
    account,
    amount_of,
    day,
    read_object,
    text,
    tracking_key,
)
from seguripago.ports.cep import UNSAID, Cep, NotACep, chain_date, from_chain
from seguripago.ports.cep_examination import claims
from seguripago.ports.statement_text import institution_code
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import institution_name, institution_of, is_valid

SHAPE: Final = "seguripago-cep-1"
CLABE_TYPE: Final = "40"


@dataclass(frozen=True, slots=True)
class BanxicoCep:
    """Reads CEPs: the body that two people decided, or a bare CEP as XML or as Banxico prints it."""

    slug: str = "banxico_cep"
    title: str = "CEP de Banxico"

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read one CEP that agrees with its own chain; whether its seal is good was decided before."""
        try:
            if body.lstrip()[:1] != b"{":
                cep = claims(body)
                return (_movement(cep, self.sending_institution(cep)),)
            said = _said(body)
            cep = from_chain(text_of(said, "cadenaCDA"), text_of(said, "claveRastreo"))
        except NotACep as trouble:
            raise Unreadable(f"cep:{trouble.reason}") from None
        return (_movement(cep, text(said, "institucionOrdenante")),)

    def sending_institution(self, cep: Cep) -> str:
        """Name and account must not disagree; a CEP tells the sender's name, its account only sometimes is a CLABE."""
        by_name = institution_code(cep.payer.get("BancoEmisor", ""))
        payer_account = cep.payer.get("Cuenta", "")
        is_clabe = cep.payer.get("TipoCuenta", "") == CLABE_TYPE and is_valid(payer_account)
        by_account = institution_of(payer_account) if is_clabe else ""
        if by_name and by_account and by_name != by_account:
            return ""
        return by_name or by_account

    def with_original(self, cep: Cep, original: bytes, *, sending_institution: str) -> bytes:
        """Write a CEP down with its file; the same CEP and file always give the same bytes."""
        said = {
            "forma": SHAPE,
            "cadenaCDA": cep.chain,
            "claveRastreo": cep.tracking_key,
            "institucionOrdenante": sending_institution,
            "archivo": base64.b64encode(original).decode(),
            "archivoSha256": hashlib.sha256(original).hexdigest(),
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def original(self, body: bytes) -> bytes:
        """Give back the very file; raises Unreadable when it is not the one that was written."""
        said = _said(body)
        try:
            original = base64.b64decode(text_of(said, "archivo"), validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("file") from None
        if hashlib.sha256(original).hexdigest() != text_of(said, "archivoSha256"):
            raise Unreadable("file")
        return original


def text_of(said: Fields, name: str) -> str:
    """Give a text to the letter; raises Unreadable where there is none."""
    value = said.get(name)
    if not isinstance(value, str):
        raise Unreadable(name)
    return value


def _said(body: bytes) -> Fields:
    said = read_object(body)
    if said.get("forma") != SHAPE:
        raise Unreadable("shape")
    return said


def _movement(cep: Cep, sending_institution: str) -> Arrived | NotADeposit:
    parts = cep.chain.split("|")
    if not parts[2].isascii() or not parts[2].isdigit():
        raise Unreadable("payment_type")
    if int(parts[2]) in RETURN_PAYMENT_TYPES:
        return NotADeposit("return_payment", "", cep.tracking_key)
    return Arrived(_deposit(cep, parts, sending_institution))


def _deposit(cep: Cep, parts: list[str], sending_institution: str) -> ReadDeposit:
    said = Fields(
        {
            "account": cep.beneficiary.get("Cuenta"),
            "tracking_key": cep.tracking_key,
            "operation_date": cep.head.get("FechaOperacion", "").replace("-", ""),
            "payer_name": _unless_unsaid(cep.payer.get("Nombre")),
            "payer_account": _unless_unsaid(cep.payer.get("Cuenta")),
            "payer_rfc": _unless_unsaid(cep.payer.get("RFC")),
            "beneficiary_name": _unless_unsaid(cep.beneficiary.get("Nombre")),
            "concept": _unless_unsaid(cep.beneficiary.get("Concepto")),
        }
    )
    if len(sending_institution) != 5 or not institution_name(sending_institution):
        raise Unreadable("sending_institution")
    return ReadDeposit(
        bank_id="",
        operation_date=day(said, "operation_date"),
        sending_institution=sending_institution,
        receiving_institution=cep.head.get("ClaveSPEI", ""),
        tracking_key=tracking_key(said, "tracking_key"),
        amount=amount_of(_plain_amount(cep.beneficiary.get("MontoPago", ""))),
        payer_name=text(said, "payer_name"),
        payer_account=text(said, "payer_account"),
        payer_rfc=text(said, "payer_rfc"),
        beneficiary_clabe=account(said, "account"),
        beneficiary_name=text(said, "beneficiary_name"),
        concept=text(said, "concept"),
        reference="",
        settled_at=_credited_at(parts),
        payment_type=int(parts[2]),
    )


def _credited_at(parts: list[str]) -> datetime:
    """The chain tells day and hour of the credit by the clock of Mexico City."""
    spelled = chain_date(parts[4])
    try:
        hour = datetime.strptime(parts[5], "%H%M%S").time()  # noqa: DTZ007 - an hour of the wall, placed below
        moment = datetime.fromisoformat(spelled or "").replace(hour=hour.hour, minute=hour.minute, second=hour.second)
    except ValueError:
        raise Unreadable("credited_at") from None
    return moment.replace(tzinfo=MEXICO).astimezone(UTC)


def _plain_amount(written: str) -> str:
    """Banks fill amounts with zeros: `000000000000008.17`."""
    return written.lstrip("0") if written.lstrip("0")[:1].isdigit() else f"0{written.lstrip('0')}"


def _unless_unsaid(value: str | None) -> str:
    return "" if value is None or value in UNSAID else value


ADAPTER: Final = BanxicoCep()
