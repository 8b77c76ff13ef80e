"""The search form: what the address says, read forgivingly; what cannot be read is told and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from seguripago.journey.reconciliation.queries import STATES, Wanted
from seguripago.values.calendar import MEXICO, read_day
from seguripago.values.clabe import institutions
from seguripago.values.money import Money, UnreadableAmount
from seguripago.web.monitor import words

USUAL_DAYS: Final = 30
UNJUDGED_DAYS: Final = 2
FIELDS: Final = ("q", "estado", "tipo", "banco", "desde", "hasta", "minimo", "maximo")


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What was typed, as it was typed (`said`), what it means (`wanted`), and what could not be read (`troubles`)."""

    said: dict[str, str]
    wanted: Wanted
    troubles: tuple[str, ...] = field(default=())

    @property
    def query(self) -> str:
        """The address that asks the same again, without a place."""
        return urlencode({name: value for name, value in self.said.items() if value})


def read(address: Mapping[str, str], *, at: datetime) -> SearchForm:
    """Read the address; without dates it is the last 30 days."""
    said = {name: address.get(name, "").strip()[:80] for name in FIELDS}
    troubles: list[str] = []
    today = at.astimezone(MEXICO).date()
    first = _day(said, "desde", troubles) or today - timedelta(days=USUAL_DAYS - 1)
    last = _day(said, "hasta", troubles) or today
    if said["estado"] == "validando":
        # What was not judged for days is an alarm of its own; here it is what arrived just now.
        first = max(first, today - timedelta(days=UNJUDGED_DAYS))
    if last < first:
        troubles.append(_("La fecha final es anterior a la inicial."))
        last = first
    known = {code for code, _name in institutions()}
    wanted = Wanted(
        since=_midnight(first),
        until=_midnight(last + timedelta(days=1)),
        text=said["q"],
        state=said["estado"] if said["estado"] in STATES else "",
        kind=said["tipo"] if said["tipo"] in words.CASE_KINDS else "",
        bank=said["banco"] if said["banco"] in known else "",
        least=_amount(said, "minimo", troubles),
        most=_amount(said, "maximo", troubles),
    )
    return SearchForm(said | {"desde": said["desde"] and first.isoformat()}, wanted, tuple(troubles))


def _day(said: Mapping[str, str], name: str, troubles: list[str]) -> date | None:
    if not said[name]:
        return None
    try:
        return read_day(said[name])
    except ValueError:
        troubles.append(_("«%(text)s» no es una fecha.") % {"text": said[name]})
        return None


def _amount(said: Mapping[str, str], name: str, troubles: list[str]) -> Money | None:
    if not said[name]:
        return None
    try:
        return Money.parse(said[name])
    except UnreadableAmount:
        troubles.append(_("«%(text)s» no es un monto; escríbelo como 1,250.00.") % {"text": said[name]})
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, MEXICO)
