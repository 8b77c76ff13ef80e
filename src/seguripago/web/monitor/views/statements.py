"""Bank statements: bring a file, answer what it leaves open, see what it would do, import it, read the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seguripago.journey.bank.commands.statement_reading import formats as statement_formats
from seguripago.journey.bank.commands.statements import (
    accept_statement,
    answer_statement,
    drop_statement,
    keep_statement,
)
from seguripago.journey.bank.statement_queries import (
    StatementView,
    doubtful_lines,
    refused_lines,
    statement,
    statements,
)
from seguripago.journey.bank.statement_refusals import StatementElsewhere, StatementTooLarge
from seguripago.journey.reconciliation.queries.statements import confirmed_by_statement
from seguripago.ports.spreadsheets import Sheet
from seguripago.values.actor import Actor
from seguripago.values.clabe import institution_name
from seguripago.values.money import Money
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.components.exporting import export, formats
from seguripago.web.monitor import statement_words as words

ROLES: Final = ("payments", "supervisor")
SHOWN: Final = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*ROLES)
def statement_list(request: StaffRequest) -> HttpResponse:
    """Every statement of the store, newest first, and the form that brings another."""
    trouble = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or file.file is None:
            trouble = _("Elige un archivo.")
        else:
            try:
                statement_id = keep_statement(
                    request.member.store_id,
                    name=str(file.name or "estado"),
                    file=cast(BinaryIO, file.file),
                    by=_actor(request),
                    at=timezone.now(),
                )
            except StatementTooLarge as refused:
                trouble = str(refused.says)
            else:
                return _to(statement_id)
    rows = [(each, *words.STATES[each.state]) for each in statements(request.member.store_id)]
    context = {"rows": rows, "trouble": trouble, "section": "monitor", "live_topics": "monitor"}
    return render(request, "monitor/statements/list.html", context, status=422 if trouble else 200)


@require_GET
@staff_only(*ROLES)
def statement_page(request: StaffRequest, statement_id: int) -> HttpResponse:
    """One statement, at whatever it waits for."""
    context = {**_regions(request, statement_id), "section": "monitor", "live_topics": "monitor"}
    return render(request, "monitor/statements/page.html", context)


@require_GET
@staff_only(*ROLES)
def live_statement(request: StaffRequest, statement_id: int) -> HttpResponse:
    return render(request, "monitor/statements/page.html#regions", _regions(request, statement_id))


@require_POST
@staff_only(*ROLES)
def statement_act(request: StaffRequest, statement_id: int, verb: str) -> HttpResponse:
    """Answer the open questions, import or drop; whoever comes too late sees how it stands."""
    _found(request, statement_id)
    store_id, by, at = request.member.store_id, _actor(request), timezone.now()
    try:
        match verb:
            case "responder":
                answer_statement(store_id, statement_id, _answers(request.POST), by=by, at=at)
            case "importar":
                accept_statement(store_id, statement_id, by=by, at=at)
            case "descartar":
                drop_statement(store_id, statement_id, by=by, at=at)
            case _:
                raise Http404
    except StatementElsewhere:
        return _to(statement_id)
    return HttpResponseRedirect(reverse("monitor_statements")) if verb == "descartar" else _to(statement_id)


@require_GET
@staff_only(*ROLES)
def statement_report(request: StaffRequest, statement_id: int, to: str) -> HttpResponseBase:
    """The report line by line: what is doubtful and what was refused, with the file's own line numbers."""
    found = _found(request, statement_id)
    store_id = request.member.store_id

    def rows() -> Iterator[tuple[Any, ...]]:
        for bad in refused_lines(store_id, statement_id):
            yield bad.line, _("Rechazada"), "", None, "", words.reason_words(bad.reason)
        for doubt in doubtful_lines(store_id, statement_id):
            day = doubt.operation_date.isoformat()
            yield doubt.line, _("En duda"), day, doubt.amount, doubt.tracking_key, words.doubt_words(doubt.why)

    columns = (_("Línea"), _("Qué pasó"), _("Fecha"), _("Monto"), _("Clave de rastreo"), _("Por qué"))
    sheet = Sheet(_("Estado de cuenta"), columns, rows())
    return export([sheet], to=to, filename=f"estado-de-cuenta-{found.id}")


def _regions(request: StaffRequest, statement_id: int) -> dict[str, Any]:
    found = _found(request, statement_id)
    store_id = request.member.store_id
    tone, label = words.STATES[found.state]
    confirmed = 0
    if found.notice_id is not None and found.received_at is not None:
        confirmed = confirmed_by_statement(found.notice_id, found.received_at)[1]
    preview = found.preview
    return {
        "statement": found,
        "tone": tone,
        "state_label": label,
        "is_moving": found.state in {"kept", "importing"},
        "trouble": words.reason_words(found.trouble) if found.trouble else "",
        "questions": [each for each in words.questions_shown(found.questions) if each["key"] != "columns"],
        "asks_columns": any(each["key"] == "columns" for each in found.questions),
        "fields": words.FIELDS,
        "samples": [_sample(each) for each in preview.get("samples", ())],
        "foreseen_credits": Money(int(preview.get("credits_centavos", 0))),
        "foreseen_debits": Money(int(preview.get("debits_centavos", 0))),
        "foreseen_refusals": [
            (each["line"], words.reason_words(each["reason"])) for each in preview.get("refusals", ())
        ],
        "confirmed": confirmed,
        **(_told(store_id, found) if found.state == "done" else {}),
        "formats": [(slug, form.title) for slug, form in sorted(statement_formats().items())],
        "exports": formats(),
        "shown": SHOWN,
    }


def _told(store_id: int, found: StatementView) -> dict[str, Any]:
    statement_id = found.id
    doubts = list(doubtful_lines(store_id, statement_id, limit=SHOWN))
    return {
        # A line that two files bring is one line, of the first of them.
        "elsewhere": found.doubtful - len(doubts) if len(doubts) < SHOWN else 0,
        "refused": [
            (each.line, words.reason_words(each.reason)) for each in refused_lines(store_id, statement_id, limit=SHOWN)
        ],
        "doubts": [(each, words.doubt_words(each.why)) for each in doubts],
    }


def _sample(line: dict[str, Any]) -> dict[str, Any]:
    return {
        **line,
        "amount": Money(line["centavos"], line["currency"]),
        "bank_name": institution_name(line["sending_institution"]) or line["sending_institution"],
    }


def _answers(posted: QueryDict) -> dict[str, Any]:
    """What a person chose; the columns come as `column-3=amount`."""
    said: dict[str, Any] = {
        key: posted[key][:120]
        for key in ("day_order", "decimals", "signs", "sheet", "account", "format")
        if posted.get(key)
    }
    columns: dict[str, list[int]] = {}
    known = {name for name, _words in words.FIELDS}
    for name, value in posted.items():
        place = name.removeprefix("column-")
        if place != name and place.isdigit() and str(value) in known:
            columns.setdefault(str(value), []).append(int(place))
    if columns:
        said["columns"] = {field: sorted(places) for field, places in columns.items()}
    return said


def _found(request: StaffRequest, statement_id: int) -> StatementView:
    found = statement(request.member.store_id, statement_id)
    if found is None:
        raise Http404
    return found


def _to(statement_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("monitor_statement", args=[statement_id]))


def _actor(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)
