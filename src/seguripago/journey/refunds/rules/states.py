"""Where a refund is. No other place decides a move. Pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class RefundState(StrEnum):
    """Where a refund is; `rejected` also stands for one that was asked for and taken back."""

    ASKED = "asked"
    APPROVED = "approved"
    INSTRUCTED = "instructed"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    REJECTED = "rejected"


class RefundEvent(StrEnum):
    """What moves a refund."""

    APPROVE = "approve"
    REJECT = "reject"
    INSTRUCT = "instruct"
    CONFIRM = "confirm"
    FAIL = "fail"
    RETRY = "retry"


class RefundReason(StrEnum):
    """Why money goes back."""

    CLAIM = "claim"
    CANCELLED = "cancelled"
    BY_STORE = "by_store"
    UNSENT = "unsent"
    EXCESS = "excess"
    LATE = "late"
    PART = "part"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    OTHER = "other"
    PANEL = "panel"


class LegState(StrEnum):
    """Where one road of a refund is. `waiting`: for an account of the buyer's."""

    WAITING = "waiting"
    APPROVED = "approved"
    INSTRUCTED = "instructed"
    CONFIRMED = "confirmed"
    FAILED = "failed"


_S, _E = RefundState, RefundEvent
MOVES: Final[dict[tuple[RefundState, RefundEvent], RefundState]] = {
    (_S.ASKED, _E.APPROVE): _S.APPROVED,
    (_S.ASKED, _E.REJECT): _S.REJECTED,
    (_S.APPROVED, _E.INSTRUCT): _S.INSTRUCTED,
    (_S.APPROVED, _E.CONFIRM): _S.CONFIRMED,
    (_S.APPROVED, _E.FAIL): _S.FAILED,
    (_S.INSTRUCTED, _E.CONFIRM): _S.CONFIRMED,
    (_S.INSTRUCTED, _E.FAIL): _S.FAILED,
    # It had left and came back: the payee's bank did not take it.
    (_S.CONFIRMED, _E.FAIL): _S.FAILED,
    # Two people decided again, by another road or the same one.
    (_S.FAILED, _E.RETRY): _S.APPROVED,
    # What was given up had been done after all, as the bank or the gateway says.
    (_S.FAILED, _E.CONFIRM): _S.CONFIRMED,
    (_S.FAILED, _E.INSTRUCT): _S.INSTRUCTED,
}
LIVE: Final = frozenset({_S.ASKED, _S.APPROVED, _S.INSTRUCTED})
STATE_LABELS: Final[dict[RefundState, str]] = {
    _S.ASKED: "Solicitado",
    _S.APPROVED: "Aprobado",
    _S.INSTRUCTED: "En camino",
    _S.CONFIRMED: "Confirmado",
    _S.FAILED: "No llegó",
    _S.REJECTED: "No procede",
}
REASON_LABELS: Final[dict[RefundReason, str]] = {
    RefundReason.CLAIM: "Reclamación",
    RefundReason.CANCELLED: "Pedido cancelado",
    RefundReason.BY_STORE: "Decisión de la tienda",
    RefundReason.UNSENT: "No se enviará",
    RefundReason.EXCESS: "Pagó de más",
    RefundReason.LATE: "Pago fuera de plazo",
    RefundReason.PART: "Pago incompleto",
    RefundReason.DUPLICATE: "Pago duplicado",
    RefundReason.UNKNOWN: "Depósito sin pedido",
    RefundReason.OTHER: "Aclaración",
    RefundReason.PANEL: "Hecho en la pasarela",
}
_OF_CASE: Final = {
    "excess": RefundReason.EXCESS,
    "late": RefundReason.LATE,
    "part_expired": RefundReason.PART,
    "duplicate": RefundReason.DUPLICATE,
    "unknown": RefundReason.UNKNOWN,
    "wrong_account": RefundReason.UNKNOWN,
}


class WrongMove(Exception):
    """The refund's state does not allow the event."""


def move(state: str, event: RefundEvent) -> RefundState:
    """The state that follows. Raises WrongMove."""
    try:
        return MOVES[RefundState(state), event]
    except KeyError:
        raise WrongMove(f"{state}: {event}") from None


def reason_of_case(kind: str) -> RefundReason:
    """Why a case's money goes back."""
    return _OF_CASE.get(kind, RefundReason.OTHER)


def state_of(legs: Collection[LegState]) -> RefundState:
    """Where a decided refund is by its living legs: one that failed asks for a person, whatever the others do."""
    if LegState.FAILED in legs:
        return RefundState.FAILED
    if legs and all(leg is LegState.CONFIRMED for leg in legs):
        return RefundState.CONFIRMED
    if any(leg in {LegState.INSTRUCTED, LegState.CONFIRMED} for leg in legs):
        return RefundState.INSTRUCTED
    return RefundState.APPROVED
