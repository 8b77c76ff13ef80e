"""What leaves a payment that became whole: refunds, and what cardholders' banks take back. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seguripago.values.money import Money

from .payments import Event, State, WrongMove, move


@dataclass(frozen=True, slots=True)
class Settled:
    """A payment that became whole, and what has left it since: refunded, and taken back by cardholders' banks."""

    state: State
    amount: Money
    refunded: Money
    contested: Money

    @property
    def given_back(self) -> Money:
        """What the store no longer has of it, at most all: a bank may take what was refunded already."""
        return min(self.amount, self.refunded + self.contested)


def refund(settled: Settled, amount: Money) -> Settled:
    """Give back an amount of at most what was not refunded yet. Raises WrongMove."""
    refunded = settled.refunded + amount
    if amount.centavos <= 0 or refunded > settled.amount:
        raise WrongMove(f"refund {amount} of {settled}")
    event = Event.REFUND if refunded == settled.amount else Event.REFUND_PART
    return replace(settled, state=move(settled.state, event), refunded=refunded)


def take_refund_back(settled: Settled, amount: Money) -> Settled:
    """A refund did not arrive after all: its amount is the payment's again. Raises WrongMove."""
    refunded = settled.refunded - amount
    if amount.centavos <= 0 or refunded.centavos < 0:
        raise WrongMove(f"take back {amount} of {settled}")
    event = Event.TAKE_PART_BACK if refunded else Event.TAKE_REFUND_BACK
    return replace(settled, state=move(settled.state, event), refunded=refunded)


def contest(settled: Settled, amount: Money) -> Settled:
    """A cardholder's bank takes an amount back. Raises WrongMove."""
    if amount.centavos <= 0:
        raise WrongMove(f"contest {amount} of {settled}")
    state = move(settled.state, Event.CHARGE_BACK)
    return replace(settled, state=state, contested=settled.contested + amount)


def win_back(settled: Settled, amount: Money) -> Settled:
    """The store won: the amount is back. With the last one the payment is where it was. Raises WrongMove."""
    contested = settled.contested - amount
    if amount.centavos <= 0 or contested.centavos < 0:
        raise WrongMove(f"win back {amount} of {settled}")
    if contested:
        return replace(settled, contested=contested)
    event = Event.WIN_BACK
    if settled.refunded:
        event = Event.WIN_REFUNDED_BACK if settled.refunded == settled.amount else Event.WIN_PART_BACK
    return replace(settled, state=move(settled.state, event), contested=contested)
