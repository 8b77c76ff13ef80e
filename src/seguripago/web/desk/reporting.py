"""What the reports' page and its files show: the period, and every figure with how many cases stand behind it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from seguripago.foundations.staffing.queries import TOPICS
from seguripago.journey.supervision.queries import BUCKETS_S, Answers, Asked, Paid, Report, Span, Stars
from seguripago.values.calendar import MEXICO, read_day
from seguripago.values.steps import Preference
from seguripago.web.components.templatetags.sp import span

FEW: Final = 5
"""Fewer cases than this make no median and no percentage worth reading."""
FEW_P90: Final = 10
LONGEST_DAYS: Final = 366
RANGES: Final = {"hoy": 1, "7": 7, "30": 30}
SHADES: Final = 5


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in central Mexico, both ends included; the moments are half-open."""

    name: str
    first: date
    last: date

    @property
    def since(self) -> datetime:
        return _starts(self.first)

    @property
    def until(self) -> datetime:
        return _starts(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period_of(name: str, first: str, last: str, *, at: datetime) -> Period:
    """The chosen period: `hoy`, `7`, `30`, or two days of the address; what cannot be read is the last seven days."""
    today = at.astimezone(MEXICO).date()
    if name == "fechas":
        try:
            ends = sorted((read_day(first), read_day(last)))
        except ValueError:
            return period_of("7", "", "", at=at)
        return Period("fechas", max(ends[0], ends[1] - timedelta(days=LONGEST_DAYS - 1)), ends[1])
    kept = name if name in RANGES else "7"
    return Period(kept, today - timedelta(days=RANGES[kept] - 1), today)


def _starts(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=MEXICO)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: a name and its cells, which say «sin datos» where there are too few cases."""

    name: str
    cells: tuple[str, ...]


def shown_span(found: Span) -> tuple[str, str]:
    """Median and ninth decile as a person reads them."""
    median = span(found.median_s) if found.n >= FEW else _("sin datos")
    return median, span(found.p90_s) if found.n >= FEW_P90 else _("sin datos")


def percent(part: int, whole: int) -> str:
    """A share of enough cases: `62 %`."""
    return f"{100 * part / whole:.0f} %" if whole >= FEW else _("sin datos")


def average(stars: Stars) -> str:
    """The mean of enough ratings: `4.6`."""
    mean = stars.average
    return f"{mean:.1f}" if mean is not None and stars.n >= FEW else _("sin datos")


def bucket_names() -> tuple[str, ...]:
    """How the lengths of a first answer are called, shortest first."""
    names = [_("hasta %(span)s") % {"span": span(limit)} for limit in BUCKETS_S]
    return (*names, _("más de %(span)s") % {"span": span(BUCKETS_S[-1])})


def topic_name(topic: str) -> str:
    return str(TOPICS.get(topic, topic)) or _("Sin tema")


def medium_name(medium: str) -> str:
    return Preference(medium).label


def reason_name(reason: str) -> str:
    """Why the assistant handed over."""
    return {
        "asked": _("El comprador pidió una persona"),
        "tries": _("No se pudo verificar el pedido en cinco intentos"),
        "checks": _("Un punto de la verificación no pasó"),
        "deposit": _("Quiere pagar un anticipo"),
        "correction": _("El comprador corrigió su pedido"),
        "cancel": _("El comprador quiere cancelar"),
        "order_over": _("El pedido ya no estaba vigente"),
        "refused": _("Un paso no se pudo completar"),
        "unsure": _("El asistente no entendió"),
    }.get(reason, reason)


def person_lines(report: Report, names: dict[int, str]) -> list[Line]:
    """A line per person, and one for what nobody but the assistant attended; totals are the page's own figures."""
    everybody = {*report.attended, *report.answers_of, *report.resolution_of, *report.stars_of, *report.paid_of}
    lines = []
    for user in sorted(everybody, key=lambda one: (one is None, names.get(one or 0, "").casefold())):
        answers = report.answers_of.get(user, Answers())
        resolution = report.resolution_of.get(user, Span())
        paid, stars = report.paid_of.get(user, Paid()), report.stars_of.get(user, Stars())
        lines.append(
            Line(
                _("Nadie: solo el asistente") if user is None else names.get(user, _("Ya no trabaja aquí")),
                (
                    str(report.attended.get(user, 0)),
                    str(answers.span.n),
                    shown_span(answers.span)[0],
                    percent(answers.within_60, answers.span.n),
                    str(resolution.n),
                    shown_span(resolution)[0],
                    str(paid.orders),
                    str(paid.paid),
                    percent(paid.paid, paid.orders),
                    str(stars.n),
                    average(stars),
                ),
            )
        )
    return lines


def paid_lines(parts: Iterable[tuple[str, Paid]]) -> list[Line]:
    """Conversion by something, the most orders first."""
    ordered = sorted(parts, key=lambda part: (-part[1].orders, part[0]))
    return [Line(name, (str(paid.orders), str(paid.paid), percent(paid.paid, paid.orders))) for name, paid in ordered]


@dataclass(frozen=True, slots=True)
class Hour:
    """One field of the heat table; `shade` is 0 for nothing and SHADES for the most."""

    count: int
    shade: int


def heat(report: Report) -> list[tuple[str, list[Hour], int]]:
    """Conversations by day of the week and hour, Monday first, with the day's sum."""
    table = [[0] * 24 for _day in range(7)]
    for (day, hour), count in report.volume.items():
        table[day.weekday()][hour] += count
    most = max(max(row) for row in table)
    names = (_("Lunes"), _("Martes"), _("Miércoles"), _("Jueves"), _("Viernes"), _("Sábado"), _("Domingo"))
    return [
        (name, [Hour(count, -(-count * SHADES // most) if most else 0) for count in row], sum(row))
        for name, row in zip(names, table, strict=True)
    ]


def by_day(report: Report, period: Period) -> list[tuple[date, int]]:
    """Conversations of each day of the period, also of those without any."""
    counted: dict[date, int] = {}
    for (day, _hour), count in report.volume.items():
        counted[day] = counted.get(day, 0) + count
    days = (period.first + timedelta(days=step) for step in range(period.days))
    return [(day, counted.get(day, 0)) for day in days]


def points(days: Sequence[tuple[date, int]]) -> str:
    """What the page's script draws."""
    return json.dumps({"days": [day.isoformat() for day, _n in days], "n": [n for _day, n in days]})


def asked_of(store_id: int, period: Period, analyst: str, team: str) -> Asked:
    """The question behind a page or a file; what is no number is nobody."""
    return Asked(
        store_id=store_id,
        since=period.since,
        until=period.until,
        analyst_id=_id(analyst),
        team_id=_id(team),
    )


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def shown(report: Report) -> dict[str, Any]:
    """The page's head: every figure beside its n."""
    median, p90 = shown_span(report.answers.span)
    resolution, resolution_p90 = shown_span(report.resolution)
    return {
        "median": median,
        "p90": p90,
        "within_60": percent(report.answers.within_60, report.answers.span.n),
        "within_90": percent(report.answers.within_90, report.answers.span.n),
        "resolution": resolution,
        "resolution_p90": resolution_p90,
        "conversion": percent(report.paid.paid, report.paid.orders),
        "average": average(report.stars),
        "handed_over": percent(report.handed_over, report.conversations),
        "alone": percent(report.assistant_alone, report.conversations),
    }
