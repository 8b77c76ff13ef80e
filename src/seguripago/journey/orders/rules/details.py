"""What is missing or unreadable in an order's details, field by field, in the words the form shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from stdnum.mx import rfc as mexican_rfc

from seguripago.values.address import Address
from seguripago.values.card_numbers import holds_card_number
from seguripago.values.refusal import Refusal

from ..postal import disagree, state_of
from ..sat import NO_FISCAL_EFFECT, NO_OBLIGATIONS, REGIMES, USES, regime_fits_rfc, use_fits_regime
from ..shapes import Billing, Buyer
from .keys import phone_digits

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_POSTAL_CODE: Final = re.compile(r"\d{5}")
_CAPITAL_REGIME: Final = re.compile(
    r"\bS\.? ?A\.?( ?P\.? ?I\.?)?( DE C\.? ?V\.?)?$|\bS\.? DE R\.? ?L\.?.*$", re.IGNORECASE
)
_LENGTHS: Final = {"name": 120, "email": 254, "phone": 40, "legal_name": 254}
MOST_CHARACTERS: Final = 160


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that cannot stay as it is, e.g. `shipping.postal_code`, and the sentence for whoever typed it."""

    field: str
    says: str


class DetailsRefused(Refusal):
    """The order's details cannot be used; `faults` says which fields and why."""

    code: ClassVar[str] = "SP-113"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field}: {fault.says}" for fault in self.faults))


def faults_in(buyer: Buyer, billing: Billing, shipping: Address) -> tuple[Fault, ...]:
    """List every field that cannot stay as it is, in the order of the form."""
    return (*buyer_faults(buyer), *_billing_faults(billing), *_address_faults("shipping", shipping))


def faults_of(buyer: Buyer, billing: Billing) -> tuple[Fault, ...]:
    """List what cannot stay as it is where nothing is sent: a charge without a cart has no address of delivery."""
    return (*buyer_faults(buyer), *_billing_faults(billing))


def doubts_about(billing: Billing) -> tuple[str, ...]:
    """List what a person should look at: the form takes it, but SAT would not stamp an invoice of it."""
    if not billing.wants_invoice:
        return ()
    doubts = []
    if not mexican_rfc.is_valid(billing.rfc, validate_check_digits=True):
        doubts.append("El RFC no pasa su dígito verificador")
    if not regime_fits_rfc(billing.tax_regime, clean_rfc(billing.rfc)):
        doubts.append("El régimen no corresponde al RFC")
    if not use_fits_regime(billing.cfdi_use, billing.tax_regime):
        doubts.append("El uso de CFDI no corresponde al régimen")
    if len(clean_rfc(billing.rfc)) == 12 and _CAPITAL_REGIME.search(billing.legal_name.strip()):
        doubts.append("El nombre fiscal va sin régimen de capital (SA de CV)")
    return tuple(doubts)


def address_doubts(address: Address) -> tuple[str, ...]:
    """List what a carrier would stumble over although every field is filled."""
    if disagree(address.postal_code, address.state):
        return (f"El C.P. {address.postal_code} es de {state_of(address.postal_code)}, no de {address.state}",)
    return () if state_of(address.postal_code) else (f"El C.P. {address.postal_code} no existe",)


def clean_rfc(rfc: str) -> str:
    """Write an RFC as SAT does: capitals, no spaces nor hyphens."""
    return re.sub(r"[\s-]", "", rfc).upper()


def buyer_faults(buyer: Buyer) -> Iterator[Fault]:
    """List what cannot stay as it is of who buys."""
    if not buyer.name.strip():
        yield Fault("buyer.name", "Escribe tu nombre.")
    if not _EMAIL.fullmatch(buyer.email.strip()):
        yield Fault("buyer.email", "Escribe un correo como nombre@correo.mx.")
    if len(phone_digits(buyer.phone)) != 10:
        yield Fault("buyer.phone", "Escribe tu teléfono a 10 dígitos.")
    for field, text in buyer.to_json().items():
        yield from unwritable(f"buyer.{field}", text, _LENGTHS[field])


def _billing_faults(billing: Billing) -> Iterator[Fault]:
    for field in ("rfc", "legal_name", "tax_regime", "tax_postal_code", "cfdi_use"):
        yield from unwritable(f"billing.{field}", getattr(billing, field), _LENGTHS["legal_name"])
    if not billing.wants_invoice:
        return
    if not mexican_rfc.is_valid(billing.rfc, validate_check_digits=False):
        yield Fault("billing.rfc", "Escribe el RFC con sus 12 o 13 caracteres.")
    if not billing.legal_name.strip():
        yield Fault("billing.legal_name", "Escribe el nombre como aparece en tu Constancia de Situación Fiscal.")
    if billing.tax_regime not in REGIMES:
        yield Fault("billing.tax_regime", "Elige tu régimen fiscal.")
    if not _POSTAL_CODE.fullmatch(billing.tax_postal_code):
        yield Fault("billing.tax_postal_code", "Escribe los 5 dígitos del código postal de tu Constancia.")
    if billing.cfdi_use not in USES:
        yield Fault("billing.cfdi_use", "Elige el uso del CFDI.")
    elif billing.tax_regime == NO_OBLIGATIONS and billing.cfdi_use != NO_FISCAL_EFFECT:
        yield Fault("billing.cfdi_use", "Con el régimen 616 el uso es S01, sin efectos fiscales.")
    if any(billing.address.to_json()[field] for field in _ADDRESS_FIELDS):
        yield from _address_faults("billing.address", billing.address)


_ADDRESS_FIELDS: Final = {
    "street": "Escribe la calle.",
    "ext_number": "Escribe el número exterior (o S/N).",
    "neighborhood": "Escribe la colonia.",
    "postal_code": "Escribe los 5 dígitos del código postal.",
    "municipality": "Escribe el municipio o la alcaldía.",
    "state": "Elige el estado.",
}


def _address_faults(prefix: str, address: Address) -> Iterator[Fault]:
    written = address.to_json()
    for field, says in _ADDRESS_FIELDS.items():
        is_missing = not written[field].strip()
        if is_missing or (field == "postal_code" and not _POSTAL_CODE.fullmatch(written[field].strip())):
            yield Fault(f"{prefix}.{field}", says)
    for field, text in written.items():
        yield from unwritable(f"{prefix}.{field}", text, MOST_CHARACTERS)


def unwritable(field: str, text: str, most: int) -> Iterator[Fault]:
    """List what cannot be kept of a text: a card number, too long, or with a character that no database takes."""
    if holds_card_number(text):
        yield Fault(field, "Parece un número de tarjeta: no lo escribas aquí; nunca lo guardamos.")
    if len(text) > most:
        yield Fault(field, f"Usa {most} caracteres o menos.")
    if "\x00" in text:
        yield Fault(field, "Este campo tiene un carácter que no se puede guardar.")
