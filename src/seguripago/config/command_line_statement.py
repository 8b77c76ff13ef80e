"""`seguripago import-statement`: bring a statement, see what it would do, import it and wait for the judgement."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from seguripago.config import wiring
from seguripago.config.command_line_home import NotReady
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.stores.queries import StoreView, store, stores_all
from seguripago.jobs.statement_files import bring, import_now
from seguripago.jobs.worker import MONEY
from seguripago.journey.bank.commands.statement_reading import formats
from seguripago.journey.bank.commands.statements import accept_statement
from seguripago.journey.bank.statement_queries import StatementView, doubtful_lines, refused_lines, statement
from seguripago.journey.bank.statement_refusals import StatementUnfit
from seguripago.journey.reconciliation.queries.statements import confirmed_by_statement
from seguripago.values.actor import Actor
from seguripago.web.monitor.statement_words import reason_words

PATIENCE_S = 30.0
OPERATOR = Actor.system("Línea de comandos")


def import_statement(
    *, file: str, format: str, dry_run: bool, store: str, account: str, answer: Sequence[str]
) -> dict[str, Any]:
    """Import a file; with `dry_run` only say what it would do. Open questions are told and nothing is imported."""
    path = Path(file)
    if not path.is_file():
        raise NotReady(f"No existe el archivo {file}.")
    home = _store(store)
    answers: dict[str, Any] = dict(_answers(answer))
    if format:
        if format not in formats():
            raise NotReady(f"No conozco el formato {format}. Hay: {', '.join(sorted(formats()))}.")
        answers["format"] = format
    if account:
        answers["account"] = account
    statement_id = bring(home.id, path, by=OPERATOR, answers=answers)
    found = _found(home, statement_id)
    if found.state == "unreadable":
        raise StatementUnfit(f"No se puede leer como estado de cuenta: {reason_words(found.trouble)}.")
    if found.state == "done" and found.accepted_by and not dry_run:
        return _report(home, found, again=True)
    if found.state == "asking":
        return {**_counts(found.preview), "refused": [], "confirmed": 0, "questions": list(found.questions)}
    if dry_run:
        return _foreseen(found)
    if found.state == "ready":
        accept_statement(home.id, statement_id, by=OPERATOR, at=timezone.now())
    while not import_now(statement_id):
        # Another process is at it.
        time.sleep(0.2)
    _judge(home, statement_id)
    return _report(home, _found(home, statement_id), again=False)


def _store(slug: str) -> StoreView:
    if slug:
        found = store(slug)
        if found is None:
            raise NotReady(f"No hay una tienda {slug}.")
        return found
    every = stores_all()
    if len(every) != 1:
        raise NotReady("Hay varias tiendas: di cuál con --store." if every else "Todavía no hay ninguna tienda.")
    return every[0]


def _answers(answer: Sequence[str]) -> Mapping[str, str]:
    said = dict(each.partition("=")[::2] for each in answer or ())
    if any(not key or not value for key, value in said.items()):
        raise NotReady("Las respuestas se escriben pregunta=respuesta, como day_order=dmy.")
    return said


def _found(home: StoreView, statement_id: int) -> StatementView:
    found = statement(home.id, statement_id)
    assert found is not None
    return found


def _judge_once() -> int:
    """Do a round of the money lane, as the worker does: harmless beside a running one, needed without."""
    number_facts()
    lanes = [listener for listener in wiring.listeners() if listener.name in MONEY]
    return sum(listen_once(lane, at=timezone.now()) for lane in lanes)


def _judge(home: StoreView, statement_id: int) -> None:
    """Wait until every new deposit is judged, and judge where nobody else does."""
    judged_before, patience = -1, time.monotonic() + PATIENCE_S
    while True:
        found = _found(home, statement_id)
        if found.notice_id is None or found.received_at is None:
            return
        judged = confirmed_by_statement(found.notice_id, found.received_at)[0]
        if judged >= found.new or time.monotonic() > patience:
            return
        if judged != judged_before or _judge_once():
            judged_before, patience = judged, time.monotonic() + PATIENCE_S
        else:
            time.sleep(0.1)


def _counts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: int(told.get(name, 0)) for name in ("rows", "new", "known", "doubtful")}


def _foreseen(found: StatementView) -> dict[str, Any]:
    told = found.preview
    if found.state == "done":
        told = {"rows": found.rows, "new": 0, "known": found.new + found.known, "doubtful": found.doubtful}
    return {
        **_counts(told),
        "refused": list(found.preview.get("refusals", [])),
        "confirmed": 0,
        "debits": found.debits if found.state == "done" else int(told.get("debits", 0)),
        "statement": found.id,
        "format": found.feed,
        "dry_run": True,
    }


def _report(home: StoreView, found: StatementView, *, again: bool) -> dict[str, Any]:
    """The exact report. A file that was imported before changes nothing: what it brought then is known now."""
    confirmed = 0
    if found.notice_id is not None and found.received_at is not None and not again:
        confirmed = confirmed_by_statement(found.notice_id, found.received_at)[1]
    refused = [{"line": bad.line, "reason": bad.reason} for bad in refused_lines(home.id, found.id)]
    doubts = [{"line": each.line, "reason": each.why} for each in doubtful_lines(home.id, found.id)]
    return {
        "rows": found.rows,
        "new": 0 if again else found.new,
        "known": found.known + (found.new if again else 0),
        "doubtful": found.doubtful,
        "refused": refused,
        "confirmed": confirmed,
        "debits": found.debits,
        "doubts": doubts,
        "statement": found.id,
        "format": found.feed,
    }
