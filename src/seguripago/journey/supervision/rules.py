"""How long a conversation has stood in one step, and the colour of that. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.journey.assistance.rules import Tone, step_of
from seguripago.values.steps import Step

# Seconds from which a step is amber and red. «Listo» only waits for the parcel, which has clocks of its own.
STUCK_S: Final[Mapping[Step, tuple[int, int]]] = {
    Step.PEDIDO: (5 * 60, 15 * 60),
    Step.CONFIRMACION: (10 * 60, 30 * 60),
    Step.DATOS_BANCARIOS: (3 * 60, 10 * 60),
    Step.TRANSFERENCIA: (60 * 60, 4 * 60 * 60),
    Step.COMPROBANTE: (30 * 60, 2 * 60 * 60),
}
_OVER: Final = ("cancelled", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """When a conversation and its order came to each step; None: not yet."""

    opened_since: datetime
    """Since when the conversation has been open: its start, or when the buyer opened it again."""
    identified_at: datetime | None = None
    has_order: bool = False
    order_state: str = ""
    accepted_at: datetime | None = None
    details_at: datetime | None = None
    paid_at: datetime | None = None
    evidence_at: datetime | None = None
    needs_evidence: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """The step that a conversation stands in, since when, and the colour of that."""

    step: Step
    since: datetime
    tone: Tone


def standing(been: Milestones, *, at: datetime) -> Standing:
    """Say where a conversation stands. An order that is over is stuck nowhere."""
    step = step_of(
        has_order=been.has_order,
        accepted=been.accepted_at is not None,
        details_sent=been.details_at is not None,
        paid=been.paid_at is not None,
        # A card needs no comprobante: its bank has answered already.
        has_evidence=been.evidence_at is not None or not been.needs_evidence,
    )
    since = {
        Step.PEDIDO: been.opened_since,
        Step.CONFIRMACION: been.identified_at,
        Step.DATOS_BANCARIOS: been.accepted_at,
        Step.TRANSFERENCIA: been.details_at,
        Step.COMPROBANTE: been.paid_at,
        Step.LISTO: been.evidence_at or been.paid_at,
    }[step] or been.opened_since
    return Standing(step, since, "ok" if been.order_state in _OVER else _tone(step, (at - since).total_seconds()))


def _tone(step: Step, stood_s: float) -> Tone:
    if step not in STUCK_S:
        return "ok"
    amber, red = STUCK_S[step]
    if stood_s >= red:
        return "bad"
    return "warn" if stood_s >= amber else "ok"
