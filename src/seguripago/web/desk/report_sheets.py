"""A report as tables for a spreadsheet: the same figures as on the page, seconds as whole numbers, no personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from seguripago.journey.supervision.queries import (
    Answers,
    Asked,
    Paid,
    Report,
    Span,
    Stars,
    Talked,
    conversations_of,
)
from seguripago.ports.spreadsheets import Cell, Sheet

from . import reporting as words

type Row = tuple[Cell, ...]


def sheets(report: Report, asked: Asked, period: words.Period, names: Mapping[int, str]) -> tuple[Sheet, ...]:
    """Summary, people, days, hours, conversion, ratings, hand-overs, and the conversations themselves."""
    return (
        Sheet(_("Resumen"), (_("Cifra"), _("Valor"), _("n"), _("Qué cuenta")), _summary(report, period)),
        Sheet(_("Personas"), people_columns(), _people(report, names)),
        Sheet(_("Días"), (_("Día"), _("Conversaciones")), words.by_day(report, period)),
        Sheet(_("Horas"), (_("Día de la semana"), *(f"{hour:02d}" for hour in range(24)), _("Suma")), _hours(report)),
        Sheet(_("Primera respuesta"), (_("Duración"), _("Conversaciones")), _buckets(report)),
        Sheet(_("Conversión"), (_("Por"), _("Nombre"), _("Pedidos"), _("Pagados")), _conversion(report, names)),
        Sheet(_("Calificaciones"), (_("Estrellas"), _("Cuántas")), tuple(enumerate(report.stars.counts, 1))),
        Sheet(
            _("Comentarios"),
            (_("Fecha"), _("Código"), _("Estrellas"), _("Comentario"), _("Analista")),
            ((each.at, each.code, each.rating, each.text, _name(each.user_id, names)) for each in report.comments),
        ),
        Sheet(_("Entregas del asistente"), (_("Motivo"), _("Conversaciones")), _why(report)),
        Sheet(_("Conversaciones"), talked_columns(), (_talked(each, names) for each in conversations_of(asked))),
    )


def people_columns() -> tuple[str, ...]:
    return (
        _("Persona"),
        _("Conversaciones"),
        _("Primeras respuestas"),
        _("Mediana de la primera respuesta (s)"),
        _("En 60 s"),
        _("Cerradas"),
        _("Mediana hasta el cierre (s)"),
        _("Pedidos"),
        _("Pagados"),
        _("Calificaciones"),
        _("Suma de estrellas"),
    )


def talked_columns() -> tuple[str, ...]:
    return (
        _("Código"),
        _("Inicio"),
        _("Tema"),
        _("Medio"),
        _("Estado"),
        _("Analista"),
        _("Primera respuesta (s)"),
        _("Respondió primero"),
        _("Hasta el cierre (s)"),
        _("Estrellas"),
        _("Pedido"),
        _("Pagado"),
    )


def _summary(report: Report, period: words.Period) -> Iterator[Row]:
    answers, paid = report.answers, report.paid
    yield _("Desde"), period.first, None, _("Incluido; día de la Ciudad de México")
    yield _("Hasta"), period.last, None, _("Incluido; día de la Ciudad de México")
    yield _("Conversaciones"), report.conversations, None, _("Las que empezaron en el periodo")
    yield (
        _("Primera respuesta, mediana (s)"), _whole(answers.span.median_s), answers.span.n,
        _("Desde que el comprador inicia hasta que una persona responde"),
    )  # fmt: skip
    yield _("Primera respuesta, percentil 90 (s)"), _whole(answers.span.p90_s), answers.span.n, ""
    yield _("Primera respuesta en 60 s"), answers.within_60, answers.span.n, ""
    yield _("Primera respuesta en 90 s"), answers.within_90, answers.span.n, ""
    yield (
        _("Hasta el cierre, mediana (s)"), _whole(report.resolution.median_s), report.resolution.n,
        _("Las que se cerraron en el periodo y siguen cerradas"),
    )  # fmt: skip
    yield _("Pedidos"), paid.orders, None, _("Cada pedido una vez, en su conversación más reciente del periodo")
    yield _("Pedidos pagados"), paid.paid, paid.orders, _("Con pago confirmado al día de hoy")
    yield _("Calificaciones"), report.stars.n, None, _("Las que se dieron en el periodo")
    yield _("Suma de estrellas"), sum(n * count for n, count in enumerate(report.stars.counts, 1)), report.stars.n, ""
    yield _("Solo el asistente"), report.assistant_alone, report.conversations, _("Ninguna persona las atendió")
    yield _("Entregadas por el asistente"), report.handed_over, report.conversations, _("Una vez por conversación")


def _people(report: Report, names: Mapping[int, str]) -> Iterator[Row]:
    everybody = {*report.attended, *report.answers_of, *report.resolution_of, *report.stars_of, *report.paid_of}
    for user in sorted(everybody, key=lambda one: (one is None, one or 0)):
        answers = report.answers_of.get(user, Answers())
        resolution = report.resolution_of.get(user, Span())
        paid, stars = report.paid_of.get(user, Paid()), report.stars_of.get(user, Stars())
        yield (
            _name(user, names),
            report.attended.get(user, 0),
            answers.span.n,
            _whole(answers.span.median_s),
            answers.within_60,
            resolution.n,
            _whole(resolution.median_s),
            paid.orders,
            paid.paid,
            stars.n,
            sum(n * count for n, count in enumerate(stars.counts, 1)),
        )


def _hours(report: Report) -> Iterator[Row]:
    for name, hours, total in words.heat(report):
        yield (name, *(hour.count for hour in hours), total)


def _buckets(report: Report) -> Iterator[Row]:
    yield from zip(words.bucket_names(), report.answers.buckets, strict=True)


def _conversion(report: Report, names: Mapping[int, str]) -> Iterator[Row]:
    for medium, paid in report.paid_by_medium.items():
        yield _("Medio"), words.medium_name(medium), paid.orders, paid.paid
    for topic, paid in report.paid_by_topic.items():
        yield _("Tema"), words.topic_name(topic), paid.orders, paid.paid
    for user, paid in report.paid_of.items():
        yield _("Persona"), _name(user, names), paid.orders, paid.paid


def _why(report: Report) -> Iterator[Row]:
    for reason, count in sorted(report.handed_over_why.items(), key=lambda one: -one[1]):
        yield words.reason_name(reason), count


def _talked(each: Talked, names: Mapping[int, str]) -> Row:
    return (
        each.code,
        each.started_at,
        words.topic_name(each.topic),
        words.medium_name(each.medium),
        {"waiting": _("En espera"), "assigned": _("Atendida"), "resolved": _("Cerrada")}[each.state],
        _name(each.user_id, names),
        each.first_answer_s,
        _name(each.first_answer_by, names) if each.first_answer_by else None,
        each.resolution_s,
        each.rating or None,
        each.order_number,
        each.paid_at,
    )


def _name(user: int | None, names: Mapping[int, str]) -> str:
    return _("Nadie: solo el asistente") if user is None else names.get(user, _("Ya no trabaja aquí"))


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
