"""Why a notice could not be read, for the person who looks at it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "amount": "la cantidad",
    "currency": "la moneda",
    "operation_date": "la fecha de operación",
    "settled_at": "la hora en que se liquidó",
    "tracking_key": "la clave de rastreo",
    "institution": "el banco que envió",
    "sending_institution": "el banco que envió",
    "clabe": "la cuenta que recibió",
    "beneficiary_account": "la cuenta que recibió",
    "payment_type": "el tipo de pago",
    "state": "el estado de la operación",
    "not_json": "no es un aviso bien formado",
    "not_utf8": "no es un aviso bien formado",
    "not_an_object": "no es un aviso bien formado",
    "not_an_event": "no es un aviso bien formado",
    "too_long": "es demasiado largo",
    "answers_another_movement": "la respuesta habla de otro movimiento",
    "answers_another_charge": "la respuesta habla de otro cobro",
    "answers_another_order": "la respuesta habla de otra orden",
}


def unread_words(reason: str) -> str:
    """Say what could not be read: `1: amount` is «la cantidad»; what has no word stays between quotes, to search by."""
    token = re.sub(r"^\d+: ", "", reason.removeprefix("asked: ")).partition(";")[0].strip()
    return WORDS.get(token.partition(":")[0], f"«{token[:80]}»")
