"""The form that opens a claim, as it was typed: nothing of it is lost when something is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from seguripago.journey.claims.rules import LONGEST_WORDS, WANTED_LABELS, Reason, Wanted
from seguripago.journey.orders.shapes import LineView

WANTED: tuple[tuple[str, str], ...] = tuple((each.value, label) for each, label in WANTED_LABELS.items())


@dataclass(frozen=True, slots=True)
class LineTyped:
    """A line of the order with the pieces that the buyer claims of it."""

    id: int
    name: str
    bought: int
    pieces: str


@dataclass(slots=True)
class Typed:
    """What stands in the form."""

    lines: tuple[LineTyped, ...]
    reason: str = ""
    wanted: str = Wanted.REFUND.value
    details: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def pieces(self) -> dict[int, int]:
        """The claimed pieces by line; none for the whole order."""
        return {line.id: int(line.pieces) for line in self.lines if line.pieces not in {"", "0"}}


def empty(lines: Sequence[LineView]) -> Typed:
    """A form that nobody has filled in."""
    return Typed(tuple(LineTyped(line.id, line.name, line.quantity, "") for line in lines))


def typed(request: HttpRequest, lines: Sequence[LineView]) -> Typed:
    """What came, with what is wrong beside its field."""
    given = request.POST
    found = Typed(
        tuple(
            LineTyped(each.id, each.name, each.quantity, _digits(given.get(f"line-{each.id}", ""))) for each in lines
        ),
        reason=given.get("reason", "")[:20],
        wanted=given.get("wanted", "")[:20],
        details=given.get("details", "")[: LONGEST_WORDS * 2],
    )
    if found.reason not in {each.value for each in Reason}:
        found.errors["reason"] = _("Elige qué pasó.")
    if found.wanted not in {each.value for each in Wanted}:
        found.errors["wanted"] = _("Elige qué solución prefieres.")
    if any(line.pieces and not line.pieces.isdecimal() for line in found.lines):
        found.errors["lines"] = _("Escribe las piezas con números, por ejemplo 1.")
    return found


def _digits(text: str) -> str:
    return text.strip()[:5]
