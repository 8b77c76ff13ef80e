"""A screenshot of a bank's app, drawn from the deposit that the bank told of; and the same with a lie in it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bench.receipts import wear
from bench.receipts.drawing import screen, words_of
from bench.receipts.looks import LOOKS
from bench.receipts.truth import Transfer
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look

DEPOSIT = """
    SELECT d.amount_centavos, d.settled_at, d.tracking_key, d.clabe, d.sending_institution, d.concept, d.payer_name
    FROM deposit d JOIN transfer_instructions i ON i.clabe = d.clabe
    JOIN payment p ON p.id = i.payment_id JOIN shop_order o ON o.id = p.order_id
    WHERE o.number = %s ORDER BY d.id LIMIT 1
"""


def transfer_of(site: RunningSite, number: str) -> Transfer:
    """What the bank's app shows of the transfer that paid this order."""
    (found,) = look(site, DEPOSIT, number)
    centavos, settled_at, key, clabe, bank, concept, payer = found
    at: datetime = settled_at.astimezone(ZoneInfo("America/Mexico_City")).replace(tzinfo=None)
    return Transfer(
        amount=Decimal(centavos) / 100,
        at=at,
        tracking_key=key,
        clabe=clabe,
        bank=bank,
        concept=concept or number.replace("-", ""),
        reference="0221126",
        payer=payer,
        beneficiary="SIERRA ALTA CAFE SA DE CV",
    )


def screenshot(transfer: Transfer) -> bytes:
    """The picture of a transfer, in the look of the bank that sent it (or of the first that we can draw)."""
    chosen = next((each for each in LOOKS if each.bank == transfer.bank), LOOKS[0])
    dice = random.Random(transfer.tracking_key)
    return wear.png(screen(chosen, words_of(chosen, transfer, dice), dice, dark=False))


def forged(transfer: Transfer) -> Transfer:
    """The same transfer with another clave de rastreo and a tenth more: what an editor of pictures makes of it."""
    key = transfer.tracking_key
    return replace(
        transfer,
        amount=(transfer.amount * Decimal("1.1")).quantize(Decimal("0.01")),
        tracking_key=f"{key[:-4]}{'7391' if key[-4:] != '7391' else '2846'}",
    )
