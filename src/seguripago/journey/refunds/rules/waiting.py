"""For whom a refund waits, how long, and who hears of it then. No clock moves money. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .states import LegState, RefundState


class Waits(StrEnum):
    """What a refund waits for."""

    DECISION = "decision"
    ACCOUNT = "account"
    ACCOUNT_CHECK = "account_check"
    BANK = "bank"
    ROAD = "road"
    """What did not arrive needs another decision."""


class Keeper(StrEnum):
    """Who is waited for."""

    BUYER = "buyer"
    PAYMENTS = "payments"
    SUPERVISOR = "supervisor"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Wait:
    """Who answers first, and the store's setting that says within how many days."""

    keeper: Keeper
    days: str


WAITS: Final[dict[Waits, Wait]] = {
    Waits.DECISION: Wait(Keeper.PAYMENTS, "refund_days"),
    Waits.ACCOUNT: Wait(Keeper.BUYER, "refund_account_days"),
    Waits.ACCOUNT_CHECK: Wait(Keeper.PAYMENTS, "refund_days"),
    Waits.BANK: Wait(Keeper.PAYMENTS, "refund_bank_days"),
    Waits.ROAD: Wait(Keeper.PAYMENTS, "refund_days"),
}
NEXT: Final[dict[Keeper, Keeper]] = {
    Keeper.BUYER: Keeper.SUPERVISOR,
    Keeper.PAYMENTS: Keeper.SUPERVISOR,
    Keeper.SUPERVISOR: Keeper.OWNER,
    Keeper.OWNER: Keeper.OWNER,
}
"""Who hears of it when nobody answered in time; the days begin again."""
WAIT_LABELS: Final[dict[Waits, str]] = {
    Waits.DECISION: "Que la tienda lo decida",
    Waits.ACCOUNT: "La cuenta del comprador",
    Waits.ACCOUNT_CHECK: "Que dos personas confirmen la cuenta",
    Waits.BANK: "La respuesta del banco o de la pasarela",
    Waits.ROAD: "Otra forma de enviarlo",
}
KEEPER_LABELS: Final[dict[Keeper, str]] = {
    Keeper.BUYER: "El comprador",
    Keeper.PAYMENTS: "Medios de pago",
    Keeper.SUPERVISOR: "Supervisión",
    Keeper.OWNER: "La dirección de la tienda",
}


def waits_for(
    state: RefundState, legs: Collection[LegState], *, is_account_given: bool, is_of_case: bool
) -> Waits | None:
    """Say what a refund waits for; None when it has ended, or where its case has the clock, as of what failed."""
    match state:
        case RefundState.ASKED:
            return Waits.DECISION
        case RefundState.FAILED:
            return None if is_of_case else Waits.ROAD
        case RefundState.APPROVED | RefundState.INSTRUCTED:
            if LegState.WAITING in legs:
                return Waits.ACCOUNT_CHECK if is_account_given else Waits.ACCOUNT
            return Waits.BANK
        case _:
            return None


def deadline(at: datetime, days: int, remind_days: int) -> tuple[datetime, datetime]:
    """Say when whole days are over, and when somebody is reminded: before, but not before half of the time is over."""
    due = at + timedelta(days=days)
    return due, max(due - timedelta(days=remind_days), at + (due - at) / 2)
