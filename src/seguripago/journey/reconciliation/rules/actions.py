"""The states of a case, what a case holds, and what a person may ask for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final

from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from .cases import CaseKind


class CaseState(StrEnum):
    """Where a case is: it waits for a proposal, for the second person, for the bank, or for nobody."""

    OPEN = "open"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    DONE = "done"


class CaseEvent(StrEnum):
    """What moves a case."""

    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"
    GIVE_UP = "give_up"
    FINISH = "finish"
    REOPEN = "reopen"


_OPEN, _REJECTED, _APPROVED = CaseState.OPEN, CaseState.REJECTED, CaseState.APPROVED
CASE_MOVES: Final[dict[tuple[CaseState, CaseEvent], CaseState]] = {
    (_OPEN, CaseEvent.PROPOSE): CaseState.PROPOSED,
    (_REJECTED, CaseEvent.PROPOSE): CaseState.PROPOSED,
    (CaseState.PROPOSED, CaseEvent.APPROVE): _APPROVED,
    (CaseState.PROPOSED, CaseEvent.REJECT): _REJECTED,
    # Taken back by its maker, void because something changed, or nobody decided in time.
    (CaseState.PROPOSED, CaseEvent.GIVE_UP): _OPEN,
    # The default of a deadline, under a policy that two people approved.
    (_OPEN, CaseEvent.APPROVE): _APPROVED,
    (_REJECTED, CaseEvent.APPROVE): _APPROVED,
    (_APPROVED, CaseEvent.FINISH): CaseState.DONE,
    # A part stays in the case, or the bank did not carry out its return.
    (_APPROVED, CaseEvent.REOPEN): _OPEN,
    # What had left came back.
    (CaseState.DONE, CaseEvent.REOPEN): _OPEN,
}
WAITING: Final = frozenset({CaseState.OPEN, CaseState.REJECTED})


class CaseWrongState(Refusal):
    """The case is not where this could be done with it."""

    code: ClassVar[str] = "SP-240"

    def __init__(self, state: str, event: str) -> None:
        self.state, self.event = state, event
        super().__init__(f"{event} in {state}")


class CaseCannot(Refusal):
    """This cannot be done with the case now. `why` says so in Spanish."""

    code: ClassVar[str] = "SP-241"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class CaseUnknown(Refusal):
    """There is no such case in this store."""

    code: ClassVar[str] = "SP-242"


def move_case(state: str, event: CaseEvent) -> CaseState:
    """Say which state follows. Raises CaseWrongState."""
    try:
        return CASE_MOVES[CaseState(state), event]
    except KeyError:
        raise CaseWrongState(state, event) from None


@dataclass(frozen=True, slots=True)
class Account:
    """Where money goes back to: CLABE (or card, or phone) with its bank. `proof` says who proved that it is his."""

    number: str
    institution: str
    holder: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A part of a deposit with the account that it came from, if the bank said so. Card money has no deposit: 0."""

    deposit_id: int
    centavos: int
    payer: Account | None


@dataclass(frozen=True, slots=True)
class Card:
    """The charge that brought the money, named as people know it. `clause` is why nothing can go back now, or empty."""

    charge_id: int
    name: str
    gateway: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A case with the money that it still holds, by deposit, the oldest first.

    `order_number` is the case's own order, empty when none is known. `on_payment`: what a payment holds that ended with
    less than its amount. `pending`: centavos of returns on their way to the bank. `may_be_twin`: it may be money that
    another deposit has brought already. `card`: the one that was charged in vain, when the money came from one.
    """

    case_id: int
    kind: CaseKind
    state: CaseState
    currency: str
    sources: tuple[Source, ...] = ()
    on_payment: tuple[Source, ...] = ()
    order_number: str = ""
    pending: int = 0
    may_be_twin: bool = False
    card: Card | None = None

    @property
    def held(self) -> Money:
        return Money(sum(source.centavos for source in self.sources), self.currency)

    @property
    def payer(self) -> Account | None:
        """The account to return to when there is exactly one."""
        payers = {source.payer for source in (self.sources or self.on_payment)}
        return payers.pop() if len(payers) == 1 else None


@dataclass(frozen=True, slots=True)
class Target:
    """An order that money may go to, as it stands. `clause` is why it cannot take any, empty when it can."""

    order_id: int
    order_number: str
    order_state: str
    payment_id: int
    payment_state: str
    amount: Money
    received: Money
    clause: str = ""

    @property
    def missing(self) -> Money:
        return self.amount - self.received

    @property
    def has_ended(self) -> bool:
        return self.order_state in {"expired", "cancelled"}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the case's money for an order."""

    order_number: str
    centavos: int


@dataclass(frozen=True, slots=True)
class Apply:
    """Give the case's money to orders; `give_back` of it to the payer. What is left stays in the case."""

    shares: tuple[Share, ...]
    give_back: int = 0


@dataclass(frozen=True, slots=True)
class AcceptDifference:
    """Confirm the case's order with less than its amount; the store bears the rest."""


@dataclass(frozen=True, slots=True)
class AskForRest:
    """Let the buyer pay what is missing to the same CLABE, for so many hours more."""

    hours: int


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Return money to the account that it came from, or to another one that was proved."""

    centavos: int
    to: Account | None = None


@dataclass(frozen=True, slots=True)
class BackToCard:
    """Send all that a card brought in vain back to it, through its gateway."""


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Keep what is so little that nobody asks for it: within the store's tolerance only."""


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Close an alarm that holds no money: somebody looked at it."""

    reason: str


type Action = Apply | AcceptDifference | AskForRest | GiveBack | BackToCard | WriteOff | Dismiss


def action_name(action: Action) -> str:
    """The name that proposals, screens and audit use."""
    match action:
        case Apply(shares=shares, give_back=give_back):
            return "apply" if len(shares) == 1 and not give_back else "split"
        case AcceptDifference():
            return "accept_difference"
        case AskForRest():
            return "ask_for_rest"
        case GiveBack():
            return "return"
        case BackToCard():
            return "return_card"
        case WriteOff():
            return "write_off"
        case Dismiss():
            return "dismiss"


def action_to_json(action: Action) -> dict[str, Any]:
    """What is kept in the proposal, to be planned again when it is approved."""
    match action:
        case Apply(shares=shares, give_back=give_back):
            asked = [{"order": share.order_number, "centavos": share.centavos} for share in shares]
            return {"shares": asked, "give_back": give_back}
        case AskForRest(hours=hours):
            return {"hours": hours}
        case GiveBack(centavos=centavos, to=to):
            return {"centavos": centavos, "to": None if to is None else account_to_json(to)}
        case Dismiss(reason=reason):
            return {"reason": reason}
        case AcceptDifference() | BackToCard() | WriteOff():
            return {}


def action_from_json(name: str, asked: Mapping[str, Any]) -> Action:
    """The action of a proposal. Raises CaseCannot for one that nobody knows."""
    match name:
        case "apply" | "split":
            shares = tuple(Share(each["order"], each["centavos"]) for each in asked["shares"])
            return Apply(shares, asked["give_back"])
        case "accept_difference":
            return AcceptDifference()
        case "ask_for_rest":
            return AskForRest(asked["hours"])
        case "return":
            return GiveBack(asked["centavos"], None if asked["to"] is None else Account(**asked["to"]))
        case "return_card":
            return BackToCard()
        case "write_off":
            return WriteOff()
        case "dismiss":
            return Dismiss(asked["reason"])
    raise CaseCannot("Esa acción no existe.")


def account_to_json(account: Account) -> dict[str, str]:
    """An account as a proposal keeps it: its four texts by name."""
    return {
        "number": account.number,
        "institution": account.institution,
        "holder": account.holder,
        "proof": account.proof,
    }


def orders_named(action: Action, holding: Holding) -> tuple[str, ...]:
    """The orders that an action looks at: those it names, or the case's own."""
    match action:
        case Apply(shares=shares):
            return tuple(dict.fromkeys(share.order_number for share in shares))
        case Dismiss() | WriteOff() | BackToCard():
            return ()
        case _:
            return (holding.order_number,) if holding.order_number else ()
