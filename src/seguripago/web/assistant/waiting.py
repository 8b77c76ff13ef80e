"""When somebody answers, in words that are true: how long the queue takes, when people are back, their hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from itertools import groupby
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.rules import Day, Opening
from seguripago.journey.assistance import queries as assistance
from seguripago.journey.assistance.queries import ConversationView

LONG_MINUTES = 60


def wait_words(seconds: int | None) -> str:
    """Say how long it usually takes, or that we do not know yet."""
    if seconds is None:
        return _("Aún no sabemos cuánto tardarán.")
    minutes = ceil(seconds / 60)
    if minutes > LONG_MINUTES:
        return _("Hoy tardan más de una hora.")
    if minutes <= 1:
        return _("Suelen responder en menos de un minuto.")
    return _("Suelen responder en unos %(minutes)d minutos.") % {"minutes": minutes}


def wait_of(view: ConversationView) -> str:
    """Say how long this conversation will probably wait; empty when it waits for nobody."""
    if view.state != "waiting" or view.led_by != "analyst" or view.is_message:
        return ""
    return wait_words(assistance.expected_wait(view.store_id, view.position, at=timezone.now()))


def wait_now(store_id: int) -> str:
    """Say how long somebody who begins to wait now would wait."""
    place = assistance.next_place(store_id)
    return wait_words(assistance.expected_wait(store_id, place, at=timezone.now()))


def online_words(count: int) -> str:
    return ngettext("%(count)d analista en línea", "%(count)d analistas en línea", count) % {"count": count}


def opening_words(days: Sequence[Day]) -> str:
    """Say when people are back: empty without hours, or within them when merely nobody sits there."""
    opening = staffing.reopening(days, timezone.now())
    return "" if opening is None else _when(opening)


def hours_words(days: Sequence[Day]) -> str:
    """Say the week's hours: «lunes a viernes, 9:00 a 18:00; sábado, 10:00 a 14:00 (hora del centro)»."""
    if not days:
        return ""
    parts = []
    for (opens, closes), group in groupby(_runs(days), key=lambda run: (run[1], run[2])):
        named = _and([run[0] for run in group])
        parts.append(
            _("%(days)s, %(opens)s a %(closes)s") % {"days": named, "opens": _hour(opens), "closes": _hour(closes)}
        )
    said = "; ".join(parts)
    return _("Atención: %(hours)s (hora del centro)") % {"hours": said}


def _runs(days: Sequence[Day]) -> list[tuple[str, time, time]]:
    """Neighbouring days with the same hours, together."""
    names = _weekdays()
    runs: list[list[Day]] = []
    for day in days:
        last = runs[-1][-1] if runs else None
        is_next = last is not None and last.weekday + 1 == day.weekday
        if last is not None and is_next and (last.opens, last.closes) == (day.opens, day.closes):
            runs[-1].append(day)
        else:
            runs.append([day])
    said = []
    for run in runs:
        if len(run) == len(names):
            name = _("todos los días")
        elif len(run) == 1:
            name = names[run[0].weekday]
        else:
            name = _("%(first)s a %(last)s") % {"first": names[run[0].weekday], "last": names[run[-1].weekday]}
        said.append((name, run[0].opens, run[0].closes))
    return said


def _when(opening: Opening) -> str:
    hour = _hour(opening.opens)
    if opening.days_ahead == 0:
        return _("hoy a las %(hour)s") % {"hour": hour}
    if opening.days_ahead == 1:
        return _("mañana a las %(hour)s") % {"hour": hour}
    return _("el %(day)s a las %(hour)s") % {"day": _weekdays()[opening.weekday], "hour": hour}


def _hour(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"


def _and(names: Sequence[str]) -> str:
    return ", ".join(names)


def _weekdays() -> tuple[str, ...]:
    return (
        _("lunes"),
        _("martes"),
        _("miércoles"),
        _("jueves"),
        _("viernes"),
        _("sábado"),
        _("domingo"),
    )
