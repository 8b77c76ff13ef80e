"""By which roads an amount goes back: to the cards that brought it first, then to the accounts that sent it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from seguripago.values.money import Money


class Road(StrEnum):
    """How money goes back."""

    CARD = "card"
    SPEI = "spei"


@dataclass(frozen=True, slots=True)
class Account:
    """Where a transfer goes: the account, the bank's code, whose it is, and what proves that."""

    number: str
    institution: str
    holder: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class CardSource:
    """A charge of which so much may go back to its card."""

    charge_id: int
    left: Money
    card: str
    whole_only: bool = False


@dataclass(frozen=True, slots=True)
class TransferSource:
    """A deposit (0: what came through a case) of which so much may go back; `account` None where none is known."""

    deposit_id: int
    left: Money
    account: Account | None


@dataclass(frozen=True, slots=True)
class LegPlan:
    """One road of a refund. `charge_id` for a card; otherwise the deposit, and the account when one is known."""

    road: Road
    amount: Money
    charge_id: int = 0
    card: str = ""
    deposit_id: int = 0
    account: Account | None = None


def total_left(cards: Sequence[CardSource], transfers: Sequence[TransferSource], currency: str) -> Money:
    """What may still go back in all."""
    lefts = [*(each.left for each in cards), *(each.left for each in transfers)]
    return Money.sum(lefts, currency)


def less_waiting(transfers: Sequence[TransferSource], waiting: Mapping[int, int]) -> tuple[TransferSource, ...]:
    """What is left of transfers besides the centavos that wait for an account, taken of their own deposit first."""
    left, unmet = [], sum(waiting.values())
    for each in transfers:
        taken = min(each.left.centavos, waiting.get(each.deposit_id, 0))
        unmet -= taken
        left.append(replace(each, left=each.left - Money(taken, each.left.currency)))
    for place, each in enumerate(left):
        taken = min(each.left.centavos, unmet)
        unmet -= taken
        left[place] = replace(each, left=each.left - Money(taken, each.left.currency))
    return tuple(left)


def plan_legs(
    amount: Money, cards: Sequence[CardSource], transfers: Sequence[TransferSource]
) -> tuple[LegPlan, ...] | None:
    """The roads of an amount, None when they cannot make it up to the centavo.

    A gateway that gives whole charges back gives one only when all of it goes.
    """
    legs: list[LegPlan] = []
    left = amount
    for card in cards:
        part = min(left, card.left)
        if part and (not card.whole_only or part == card.left):
            legs.append(LegPlan(Road.CARD, part, charge_id=card.charge_id, card=card.card))
            left -= part
    for transfer in transfers:
        part = min(left, transfer.left)
        if part:
            legs.append(LegPlan(Road.SPEI, part, deposit_id=transfer.deposit_id, account=transfer.account))
            left -= part
    return None if left or not legs else tuple(legs)
