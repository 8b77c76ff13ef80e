"""What one drawn transfer says, and the many ways in which Mexican banks write it."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from seguripago.values import clabe as clabes

MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
          "noviembre", "diciembre")  # fmt: skip
DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
FIRST = ("María Fernanda", "José Luis", "Ana Sofía", "Héctor", "Guadalupe", "Iván", "Ximena", "Óscar", "Lucía", "Raúl")
LAST = (
    "Núñez Peña",
    "García López",
    "Hernández Cruz",
    "Ibáñez Ochoa",
    "Bolaños Robles",
    "Olvera Solís",
    "Zúñiga Ortiz",
)
SHOPS = ("SIERRA ALTA OUTDOOR SA DE CV", "Casa Obsidiana SA de CV", "Botas El Bosque", "COMERCIAL BOLIO 810 SA DE CV")
CONCEPTS = ("Pedido CM-7K3P9Q", "Pago pedido {n}", "CM-{n} casa de campaña", "mochila y bastones", "Compra {n}")


@dataclass(frozen=True, slots=True)
class Transfer:
    """The truth of one transfer."""

    amount: Decimal
    at: datetime
    tracking_key: str
    clabe: str
    bank: str
    concept: str
    reference: str
    payer: str
    beneficiary: str

    @property
    def beneficiary_bank(self) -> str:
        return clabes.bank_name_of(self.clabe)


def transfer(dice: random.Random, bank: str) -> Transfer:
    """Throw a transfer from a bank (its five-digit code) to one of our accounts."""
    at = datetime(2026, 1, 5, 7, 0) + timedelta(minutes=dice.randrange(490_000))  # noqa: DTZ001 (a clock on a wall)
    cents = dice.choice((0, 0, 50, dice.randrange(100)))
    amount = Decimal(dice.choice((dice.randrange(90, 999), dice.randrange(1_000, 30_000)))) + Decimal(cents) / 100
    number = str(dice.randrange(1_000, 999_999))
    return Transfer(
        amount=amount,
        at=at,
        tracking_key=_key(dice, bank, at),
        clabe=clabes.build(dice.choice(("646180115", "646180157", "012180004", "072580011")), dice.randrange(10**7)),
        bank=bank,
        concept=dice.choice(CONCEPTS).format(n=number),
        reference=dice.choice((f"{at:%d%m%y}", f"{dice.randrange(10**7):07d}")),
        payer=f"{dice.choice(FIRST)} {dice.choice(LAST)}",
        beneficiary=dice.choice(SHOPS),
    )


def _key(dice: random.Random, bank: str, at: datetime) -> str:
    digits = lambda count: "".join(dice.choices(string.digits, k=count))  # noqa: E731
    letters = lambda count: "".join(dice.choices(string.ascii_uppercase + string.digits, k=count))  # noqa: E731
    return {
        "40012": f"MBAN0100{at:%y%m%d}{digits(10)}",
        "40014": f"{at:%Y%m%d}40014BET0000{digits(9)}",
        "40072": f"8846CAP{dice.choice('12')}{at:%Y%m%d}{digits(10)}",
        "40002": f"085{digits(15)}",
        "40021": f"HSBC{digits(6)}",
        "40044": f"{at:%Y%m%d}40044B36L0000{digits(9)}",
        "40638": f"NU39{letters(24)}",
        "90722": letters(26),
        "40036": f"036APPM{at:%d%m%Y}{digits(9)}",
        "40137": f"{at:%Y%m%d}BCPL{digits(8)}{letters(4)}",
    }[bank]


def amount_text(value: Decimal, form: str) -> str:
    """`form`: "$," `$9,135.00`, "$,mxn" with the currency behind, "space" `$ 9 135.00`, "mxn" `MXN 9,135.00`."""
    plain = f"{value:,.2f}"
    return {
        "$,": f"${plain}",
        "$ ,": f"$ {plain}",
        "$,mxn": f"${plain} MXN",
        "$,mn": f"${plain} M.N.",
        "space": f"$ {plain.replace(',', ' ')}",
        "mxn": f"MXN {plain}",
    }[form]


def date_text(at: datetime, form: str) -> str:
    """A day as a bank writes it; forms that end in `t` carry the time too."""
    month = MONTHS[at.month - 1]
    return {
        "dmy/": f"{at:%d/%m/%Y}",
        "dmy-": f"{at:%d-%m-%Y}",
        "iso": f"{at:%Y-%m-%d}",
        "short": f"{at.day} {month[:3]}. {at.year}",
        "SHORT t": f"{at:%d} {month[:3].upper()} {at.year} - {at:%H:%M:%S}",
        "d/mon/y": f"{at:%d}/{month[:3].capitalize()}/{at.year}",
        "words": f"{at.day} de {month} de {at.year}",
        "words t": f"{at.day} de {month} de {at.year}, {at:%H:%M} h",
        "long t": f"{DAYS[at.weekday()].capitalize()} {at.day} de {month} de {at.year}, {at:%H:%M} h",
        "a las t": f"{DAYS[at.weekday()]}, {at.day} de {month} {at.year} a las {at:%H:%M} hrs",
        "dmy t": f"{at:%d/%m/%Y} {at:%H:%M:%S}",
    }[form]


def time_text(at: datetime, form: str) -> str:
    """`hm` 12:08, `hms` 12:08:31, `h` 12:08 h, `ampm` 12:08 p. m."""
    half = "a. m." if at.hour < 12 else "p. m."
    return {
        "hm": f"{at:%H:%M}",
        "hms": f"{at:%H:%M:%S}",
        "h": f"{at:%H:%M} h",
        "ampm": f"{(at.hour - 1) % 12 + 1}:{at:%M} {half}",
    }[form]


def account_text(clabe: str, form: str) -> str:
    """`full`, `groups` (3-3-11-1), or only the last four digits behind a mask."""
    return {
        "full": clabe,
        "groups": clabes.pretty(clabe),
        "dots": f"•••• {clabe[-4:]}",
        "stars": f"***{clabe[-4:]}",
        "stop": f"*{clabe[-4:]}",
        "xs": f"XXXXXXXXXXXXXX{clabe[-4:]}",
    }[form]
