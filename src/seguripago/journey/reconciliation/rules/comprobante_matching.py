"""Find the deposit that a comprobante tells of. Pure.

A CEP is matched by what its seal covers: account, amount, bank and time. A picture is matched by its tracking key, in
which a letter may have been taken for a digit, and without one by amount and day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from .comprobante_facts import Arrived, OrderMoney
from .comprobante_reading import Paper, Said, folded, is_same_day, plain_key

SAME_MOMENT: Final = timedelta(minutes=10)
SHORTEST_CUT: Final = 10
"""So much of a tracking key that a picture cut off still tells it."""


@dataclass(frozen=True, slots=True)
class Match:
    """The deposit that is meant, how it was found, and whether that is more than a likeness."""

    deposit: Arrived
    how: str
    is_strong: bool


def find_deposit(paper: Paper, said: Said, order: OrderMoney, arrived: Sequence[Arrived]) -> Match | None:
    """The deposit of the order that the comprobante tells of, or one that waits for a person and may be meant."""
    mine = [each for each in arrived if is_mine(each, order)]
    if paper.is_data:
        return _by_seal(said, mine) or _nobodys(said, order, arrived)
    return _by_key(said, mine) or _by_amount(said, mine) or _nobodys(said, order, arrived)


def is_mine(deposit: Arrived, order: OrderMoney) -> bool:
    """Whether the deposit came to the account of the order, or people gave it to the order."""
    return deposit.place == "order" or (deposit.place != "other" and deposit.clabe == order.clabe != "")


def is_anothers(said: Said, order: OrderMoney, arrived: Sequence[Arrived]) -> bool:
    """Whether the very movement that is told is the money of another order."""
    others = (each for each in arrived if each.place == "other" and not is_mine(each, order))
    return any(_is_that_movement(said, each) for each in others)


def alike(said: Said, order: OrderMoney, arrived: Sequence[Arrived]) -> Arrived | None:
    """The order's only deposit of that amount and day, whatever its tracking key."""
    found = [each for each in arrived if is_mine(each, order) and _is_that_sum(said, each)]
    return found[0] if len(found) == 1 else None


def _by_seal(said: Said, mine: Iterable[Arrived]) -> Match | None:
    found = [
        each
        for each in mine
        if said.clabe == each.clabe
        and said.amount == each.amount
        and said.day is not None
        and is_same_day(said.day, each.operation_date, each.settled_at)
        and (not said.bank or not each.bank or said.bank == each.bank)
    ]
    if not found:
        return None
    if said.moment is not None and len(found) > 1:
        moment = said.moment
        # Of equal transfers the seal tells them apart by their hour; the tracking key is outside of it.
        near = [each for each in found if abs(each.settled_at - moment) <= SAME_MOMENT]
        found = near or found
    same_key = [each for each in found if plain_key(each.tracking_key) == said.key]
    return Match((same_key or found)[0], "sealed_fields", is_strong=True)


def _by_key(said: Said, mine: Sequence[Arrived]) -> Match | None:
    if not said.key:
        return None
    exact = [each for each in mine if plain_key(each.tracking_key) == said.key]
    if exact:
        return Match(exact[0], "tracking_key", is_strong=True)
    spelled = [each for each in mine if folded(each.tracking_key) == folded(said.key)]
    if spelled:
        return Match(spelled[0], "key_spelled", is_strong=True)
    cut = [
        each
        for each in mine
        if len(said.key) >= SHORTEST_CUT
        and said.amount == each.amount
        and folded(said.key) in folded(each.tracking_key)
    ]
    return Match(cut[0], "key_cut", is_strong=True) if len(cut) == 1 else None


def _by_amount(said: Said, mine: Sequence[Arrived]) -> Match | None:
    """A key that was read for certain and is no deposit's tells of another transfer, however alike."""
    if said.key and said.is_sure("tracking_key"):
        return None
    found = [each for each in mine if _is_that_sum(said, each)]
    if not found:
        return None
    if len(found) > 1:
        return Match(found[0], "several_alike", is_strong=False)
    return Match(found[0], "amount_and_day" if said.day is not None else "amount_alone", is_strong=False)


def _is_that_sum(said: Said, deposit: Arrived) -> bool:
    is_day = said.day is None or is_same_day(said.day, deposit.operation_date, deposit.settled_at)
    return said.amount == deposit.amount and is_day


def _nobodys(said: Said, order: OrderMoney, arrived: Sequence[Arrived]) -> Match | None:
    """Money that came to no order's account and waits for a person: the very movement, by all that is said of it."""
    waiting = (each for each in arrived if each.place in {"case", "new"} and not is_mine(each, order))
    found = [each for each in waiting if _is_that_movement(said, each) and said.amount == each.amount]
    return Match(found[0], "other_account", is_strong=True) if len(found) == 1 else None


def _is_that_movement(said: Said, deposit: Arrived) -> bool:
    return (
        bool(said.key)
        and folded(deposit.tracking_key) == folded(said.key)
        and (said.amount is None or said.amount == deposit.amount)
        and (not said.bank or not deposit.bank or said.bank == deposit.bank)
        and (said.day is None or is_same_day(said.day, deposit.operation_date, deposit.settled_at))
    )
