"""Bring a statement as a person does, and turn the lanes until nothing is left."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from seguripago.journey.bank.commands.statement_import import StatementImport
from seguripago.journey.bank.commands.statement_reading import prepare_statement
from seguripago.journey.bank.commands.statements import accept_statement, keep_statement
from seguripago.journey.bank.statement_queries import StatementView, statement
from seguripago.values.actor import Actor
from tests.money import bank

DIEGO = Actor.staff(9, "Diego Cano")


def looked_at(
    store_id: int,
    body: bytes | str,
    *,
    at: datetime,
    name: str = "estado.csv",
    answers: Mapping[str, Any] | None = None,
) -> StatementView:
    """Keep a file and look at it."""
    raw = body.encode() if isinstance(body, str) else body
    statement_id = keep_statement(store_id, name=name, file=io.BytesIO(raw), by=DIEGO, at=at, answers=answers)
    prepare_statement(statement_id, at=at)
    return view(store_id, statement_id)


def imported(
    store_id: int,
    body: bytes | str,
    *,
    at: datetime,
    name: str = "estado.csv",
    answers: Mapping[str, Any] | None = None,
) -> StatementView:
    """Keep, look, accept, import, judge."""
    found = looked_at(store_id, body, at=at, name=name, answers=answers)
    if found.state == "ready":
        accept_statement(store_id, found.id, by=DIEGO, at=at)
        import_all(found.id, at=at)
    bank.turn(at)
    return view(store_id, found.id)


def import_all(statement_id: int, *, at: datetime) -> None:
    with StatementImport(statement_id) as work:
        while work.step(at=at):
            pass


def view(store_id: int, statement_id: int) -> StatementView:
    found = statement(store_id, statement_id)
    assert found is not None
    return found


def told(found: StatementView) -> tuple[int, int, int, int, int]:
    """New, known, doubtful, refused, debits."""
    return found.new, found.known, found.doubtful, found.refused, found.debits
