"""Saved replies: which variables they know, what they say once filled, why one may not be saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .safe_text import carries_bank_digits, clean

VARIABLES: Final = ("nombre", "pedido", "monto", "analista", "tienda", "entrega")
LONGEST_CANNED: Final = 2000
LONGEST_TITLE: Final = 60
COMMAND: Final = re.compile(r"[a-z0-9]{1,20}")
_BRACES: Final = re.compile(r"\{([^{}\n]{0,40})\}")


def fill(text: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text with its variables filled, and those that have no value now; these stay as they are written."""
    empty = [name for name in variables_of(text) if not values.get(name)]

    def value_of(match: re.Match[str]) -> str:
        return values.get(match[1].strip().lower()) or match[0]

    return _BRACES.sub(value_of, text), tuple(empty)


def variables_of(text: str) -> tuple[str, ...]:
    """The names in braces, each once, in the order of the text."""
    return tuple(dict.fromkeys(match[1].strip().lower() for match in _BRACES.finditer(text)))


def wrong_in_canned(command: str, title: str, text: str) -> tuple[str, ...]:
    """Which of `command`, `title`, `text`, `variable`, `braces` and `digits` keeps a reply from being saved."""
    wrong = []
    if not COMMAND.fullmatch(command):
        wrong.append("command")
    if not 0 < len(clean(title)) <= LONGEST_TITLE:
        wrong.append("title")
    if not 0 < len(clean(text)) <= LONGEST_CANNED:
        wrong.append("text")
    if set(variables_of(text)) - set(VARIABLES):
        wrong.append("variable")
    elif "{" in _BRACES.sub("", text) or "}" in _BRACES.sub("", text):
        wrong.append("braces")
    if carries_bank_digits(text) or carries_bank_digits(title):
        wrong.append("digits")
    return tuple(wrong)


SUGGESTED: Final = (
    (
        "hola",
        "Saludo y No. de Pedido",
        "Hola, {nombre}. Soy {analista}, de {tienda}. Te acompaño hasta que tu pago esté confirmado. ¿Me compartes tu"
        " No. de Pedido o tu PRE-FACTURA?",
    ),
    (
        "gracias",
        "Seguimos tu transferencia",
        "Gracias, {nombre}. Ya estamos monitoreando tu transferencia y te avisamos aquí en cuanto llegue.",
    ),
    ("espera", "Un momento", "Dame un momento, {nombre}; lo estoy revisando."),
    (
        "comprobante",
        "Sube tu comprobante",
        "Cuando puedas, sube tu comprobante aquí mismo para respaldar la operación.",
    ),
    ("monto", "Pedido y monto", "Tu pedido {pedido} es de {monto}, con IVA incluido."),
    ("entrega", "Cuándo llega", "Tu pedido {pedido} llega {entrega}."),
)
"""Command, title and text of the replies that a store may begin with."""
