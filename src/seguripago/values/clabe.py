"""CLABE: the 18 digits of a Mexican account. Arithmetic and institution tables come from the `clabe` package."""

from __future__ import annotations

from typing import Final

from clabe import compute_control_digit
from clabe.banks import BANK_NAMES, BANKS

LENGTH: Final = 18


class BadPrefix(ValueError):
    """A prefix and a sequence number do not make the 17 digits of a CLABE."""


def is_valid(clabe: str) -> bool:
    """18 digits with the right control digit. Whether the bank exists is another question."""
    if len(clabe) != LENGTH or not clabe.isascii() or not clabe.isdigit():
        return False
    return bool(compute_control_digit(clabe[:-1]) == clabe[-1])


def build(prefix: str, number: int) -> str:
    """The CLABE of the `number`-th account under a prefix that a bank assigned (10 to 13 digits)."""
    if not prefix.isdigit() or number < 0:
        raise BadPrefix(prefix)
    body = f"{prefix}{number:0{LENGTH - 1 - len(prefix)}d}"
    if len(body) != LENGTH - 1:
        raise BadPrefix(f"{prefix}: no account left at {number}")
    return body + compute_control_digit(body)


def capacity(prefix: str) -> int:
    """How many accounts fit under the prefix."""
    return int(10 ** (LENGTH - 1 - len(prefix)))


def pretty(clabe: str) -> str:
    """`646 180 11570029421 7`: bank, place, account, control digit."""
    return f"{clabe[:3]} {clabe[3:6]} {clabe[6:17]} {clabe[17:]}" if len(clabe) == LENGTH else clabe


def masked(clabe: str) -> str:
    return f"••• {clabe[-4:]}" if len(clabe) >= 4 else "•••"


def bank_name_of(clabe: str) -> str:
    """The institution that holds the account, or an empty text when the code is unknown."""
    return institution_name(BANKS.get(clabe[:3], ""))


def institution_of(clabe: str) -> str:
    """Banxico's five-digit code of the institution, e.g. `90646`, or an empty text."""
    return str(BANKS.get(clabe[:3], ""))


def institution_name(code: str) -> str:
    """`40012` is BBVA. Unknown codes give an empty text."""
    name = str(BANK_NAMES.get(str(code), ""))
    return _SHORT.get(name, name)


def institutions() -> tuple[tuple[str, str], ...]:
    """Every institution of SPEI: (Banxico's code, name), by name."""
    return tuple(sorted(((str(code), institution_name(code)) for code in BANK_NAMES), key=lambda pair: pair[1]))


_SHORT: Final = {"BBVA Mexico": "BBVA", "BBVA MEXICO": "BBVA", "BBVA Bancomer": "BBVA"}
