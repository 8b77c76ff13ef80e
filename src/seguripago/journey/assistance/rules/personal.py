"""Personal data as the desk reads them until somebody gives a reason: masked. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from seguripago.values.address import Address

PERSONAL_KINDS: Final = ("contact", "tax", "address")
"""What is revealed together: e-mail and telephone, the RFC, the addresses."""
DOTS: Final = "•••"
_SHOWN_DIGITS: Final = 4
_SHOWN_RFC: Final = 3


def mask_email(email: str) -> str:
    """`l•••@correo.test`."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}{DOTS}{at}{domain}" if at else mask_rest(email)


def mask_phone(phone: str) -> str:
    """`••• 8846`."""
    digits = "".join(filter(str.isdecimal, phone))
    return f"{DOTS} {digits[-_SHOWN_DIGITS:]}" if len(digits) > _SHOWN_DIGITS else mask_rest(phone)


def mask_rfc(rfc: str) -> str:
    """`HER•••`."""
    return f"{rfc[:_SHOWN_RFC]}{DOTS}" if rfc else ""


def mask_address(address: Address) -> Address:
    """Only what a check says of it: postal code, municipality and state."""
    if not address.street.strip():
        return address
    return replace(
        address, street=DOTS, ext_number="", int_number="", neighborhood="", references=mask_rest(address.references)
    )


def mask_rest(text: str) -> str:
    """Nothing of it, but that there is something."""
    return DOTS if text else ""
