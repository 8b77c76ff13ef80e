"""A return that a person saw carried out, or refused, in online banking: marked with a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import Asked, deciding, grant, propose
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..models import ReturnInstruction
from ..rules.actions import CaseCannot
from ..rules.returns import ReturnEvent, ReturnState, ReturnUnknown, move_return
from .returning import confirm_return, fail_return, instruct, lock_return

CONFIRM, FAIL = "return.confirm", "return.fail"


def propose_return_confirmed(return_id: int, *, bank_ref: str, by: Actor, at: datetime) -> int:
    """Propose that the bank carried the return out, with its reference; also one that somebody sent in online banking.

    Returns the proposal's id.
    Raises ReturnUnknown, ReturnWrongState, CaseCannot, AlreadyProposed, NotYourRole.
    """
    if not bank_ref.strip():
        raise CaseCannot("Escribe la referencia o la clave de rastreo que dio el banco.")
    return _propose(return_id, CONFIRM, bank_ref.strip()[:80], by=by, at=at)


def propose_return_failed(return_id: int, *, reason: str, by: Actor, at: datetime) -> int:
    """Propose that the bank did not carry the return out; its money goes back into the case.

    Raises ReturnUnknown, ReturnWrongState, CaseCannot, AlreadyProposed, NotYourRole.
    """
    if not reason.strip():
        raise CaseCannot("Escribe qué respondió el banco.")
    return _propose(return_id, FAIL, reason.strip()[:200], by=by, at=at)


def approve_return(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve as a second person what was marked, and book it. Raises what approvals.grant raises."""
    with deciding(proposal_id, at=at):
        asked = approvals.lock(proposal_id, at=at, by=by, kinds=(CONFIRM, FAIL))
        _, row = lock_return(asked.effects["return"])
        grant(proposal_id, seen=seen, effects_now=_effects(row, asked.effects["says"]), by=by, at=at)
        if row.state == ReturnState.APPROVED and asked.kind == CONFIRM:
            # Somebody sent it in online banking himself: no file and no order told the bank.
            instruct(row, road="hand", by=by, at=at)
        if asked.kind == CONFIRM:
            amount = Money(row.amount_centavos, row.currency)
            confirm_return(row.pk, amount=amount, says=asked.effects["says"], by=by, at=at)
        else:
            fail_return(row.pk, reason=asked.effects["says"], by=by, at=at)


def _propose(return_id: int, kind: str, says: str, *, by: Actor, at: datetime) -> int:
    with transaction.atomic():
        row = ReturnInstruction.objects.filter(pk=return_id).first()
        if row is None:
            raise ReturnUnknown
        if kind == FAIL or row.state != ReturnState.APPROVED:
            move_return(row.state, ReturnEvent.CONFIRM if kind == CONFIRM else ReturnEvent.FAIL)
        amount = Money(row.amount_centavos, row.currency)
        line = f"El banco devolvió {amount} a la cuenta {row.account}: referencia {says}."
        if kind == FAIL:
            line = f"El banco no devolvió {amount} a la cuenta {row.account}: {says}. {_where(row)}"
        asked = Asked(row.store_id, kind, f"return:{row.pk}", _effects(row, says), (line,))
        return propose(asked, by=by, at=at)


def _where(row: ReturnInstruction) -> str:
    """Where the money is decided about again."""
    return "Vuelven al caso." if row.case_id is not None else "El reembolso queda pendiente de otra decisión."


def _effects(row: ReturnInstruction, says: str) -> dict[str, Any]:
    return {
        "return": row.pk,
        "case": row.case_id,
        "state": row.state,
        "centavos": row.amount_centavos,
        "currency": row.currency,
        "account": row.account,
        "says": says,
    }
