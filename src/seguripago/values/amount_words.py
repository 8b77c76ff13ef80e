"""Amounts in words, as a Mexican invoice writes them."""

from __future__ import annotations

from typing import Final

from seguripago.values.money import Money

UNITS: Final = (
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
)
TENS: Final = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
HUNDREDS: Final = (
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
)


def in_words(amount: Money) -> str:
    """Write an amount as a Mexican invoice does: «Nueve mil ciento treinta y cinco pesos 00/100 M.N.»."""
    pesos, centavos = divmod(amount.centavos, 100)
    words = _cardinal(pesos)
    unit = "peso" if pesos == 1 else ("de pesos" if pesos and pesos % 1_000_000 == 0 else "pesos")
    return f"{words[0].upper()}{words[1:]} {unit} {centavos:02d}/100 M.N."


def _cardinal(number: int) -> str:
    """Write a number as it stands before a noun: «veintiún mil», «un»."""
    if number < 30:
        return {1: "un", 21: "veintiún"}.get(number) or UNITS[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return f"{TENS[tens - 3]} y {_cardinal(rest)}" if rest else TENS[tens - 3]
    if number < 1000:
        head = "cien" if number == 100 else HUNDREDS[number // 100 - 1]
        return f"{head} {_cardinal(number % 100)}" if number % 100 else head
    size, one, many = (1000, "mil", "mil") if number < 1_000_000 else (1_000_000, "un millón", "millones")
    count, rest = divmod(number, size)
    head = one if count == 1 else f"{_cardinal(count)} {many}"
    return f"{head} {_cardinal(rest)}" if rest else head
