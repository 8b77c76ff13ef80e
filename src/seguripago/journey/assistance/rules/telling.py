"""A conversation as it may leave the house by mail: personal data masked, no account number whole. Pure."""

from __future__ import annotations

import re
from typing import Final

_MAIL: Final = re.compile(r"([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")
_DIGITS: Final = re.compile(r"(?<![\w$.,])\+?\d(?:[ .\-]?\d){7,}(?![\w])")
_SHOWN: Final = 4


def mask_personal(text: str) -> str:
    """The text without whole mailboxes, telephones, CLABE or other long numbers: their last four digits stay."""
    return _DIGITS.sub(_masked, _MAIL.sub(r"\1•••@\2", text))


def _masked(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return f"•••{digits[-_SHOWN:]}"
