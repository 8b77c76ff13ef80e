"""Bring a statement, answer what its file leaves open, let it in or drop it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final

from django.db import connection, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.wakeups import wake
from seguripago.ports.statements import MAX_STATEMENT_BYTES
from seguripago.values.actor import Actor

from .. import statement_rules as rules
from ..statement_refusals import StatementElsewhere, StatementTooLarge, StatementUnknown
from ..statement_rules import StatementEvent
from ..statement_tables import Statement, StatementMapping, StatementPiece

PIECE: Final = 1_048_576
STATEMENTS: Final = "statements"
"""The topic of whoever looks at kept statements and imports accepted ones."""
ANSWERS: Final = frozenset({"format", "account", "day_order", "decimals", "signs", "sheet", "columns"})
REMEMBERED: Final = ANSWERS - {"format", "sheet", "account"}
"""What the next file of the same shape may mean too. Never the account: a bank's accounts share their headings."""


def keep_statement(
    store_id: int,
    *,
    name: str,
    file: BinaryIO,
    by: Actor,
    at: datetime,
    answers: Mapping[str, Any] | None = None,
) -> int:
    """Keep a statement's file as it is, before anything of it is understood; returns the statement's id.

    The same file again is the same statement; one that was dropped or could not be read is looked at again. Raises
    StatementTooLarge.
    """
    digest, size = hashlib.sha256(), 0
    while block := file.read(PIECE):
        digest.update(block)
        size += len(block)
        if size > MAX_STATEMENT_BYTES:
            raise StatementTooLarge
    if not size:
        raise StatementTooLarge
    said = {key: value for key, value in (answers or {}).items() if key in ANSWERS}
    with transaction.atomic():
        statement, is_new = Statement.objects.get_or_create(
            store_id=store_id,
            sha256=digest.hexdigest(),
            defaults={
                "name": name[-200:],
                "size": size,
                "brought_by": by.name[:120],
                "brought_at": at,
                "answers": said,
            },
        )
        if is_new:
            file.seek(0)
            position = 0
            while block := file.read(PIECE):
                StatementPiece.objects.create(statement=statement, position=position, body=block)
                position += 1
            _record(statement, by, "statement.brought", {"name": statement.name, "sha256": statement.sha256}, at)
        else:
            _bring_again(statement.pk, said, by=by, at=at)
    wake(STATEMENTS, f"monitor:{store_id}")
    return statement.pk


def answer_statement(store_id: int, statement_id: int, answers: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Say what the file leaves open; it is looked at again. Raises StatementUnknown, StatementElsewhere."""
    with transaction.atomic():
        statement = _locked(store_id, statement_id)
        _move(statement, StatementEvent.ANSWER)
        said = {key: value for key, value in answers.items() if key in ANSWERS}
        statement.answers = {**statement.answers, **said}
        statement.save()
        _record(statement, by, "statement.answered", said, at)
    wake(STATEMENTS, f"monitor:{store_id}")


def accept_statement(store_id: int, statement_id: int, *, by: Actor, at: datetime) -> None:
    """Let a statement in: its lines count from now on, and its answers are remembered for the account's next file.

    Raises StatementUnknown, StatementElsewhere.
    """
    with transaction.atomic():
        statement = _locked(store_id, statement_id)
        _move(statement, StatementEvent.ACCEPT)
        statement.accepted_by, statement.accepted_at = by.name[:120], at
        statement.save()
        told = {key: value for key, value in statement.answers.items() if key in REMEMBERED}
        if told and statement.fingerprint:
            StatementMapping.objects.update_or_create(
                store_id=store_id,
                account=statement.account,
                fingerprint=statement.fingerprint,
                defaults={"answers": told, "said_by": by.name[:120], "said_at": at},
            )
        _record(statement, by, "statement.accepted", {"rows": statement.preview.get("rows", 0)}, at)
    wake(STATEMENTS, f"monitor:{store_id}")


def drop_statement(store_id: int, statement_id: int, *, by: Actor, at: datetime) -> None:
    """Leave a statement out before anything of it was imported. Raises StatementUnknown, StatementElsewhere."""
    with transaction.atomic():
        statement = _locked(store_id, statement_id)
        _move(statement, StatementEvent.DROP)
        statement.save(update_fields=["state"])
        _record(statement, by, "statement.dropped", {}, at)
    wake(f"monitor:{store_id}")


def _bring_again(statement_id: int, answers: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    statement = Statement.objects.select_for_update().get(pk=statement_id)
    to = rules.statement_moves(statement.state, StatementEvent.BRING_AGAIN)
    if to is None and any(statement.answers.get(key) != value for key, value in answers.items()):
        to = rules.statement_moves(statement.state, StatementEvent.ANSWER)
    if to is None:
        return
    statement.state = to.value
    statement.answers = {**statement.answers, **answers}
    statement.save(update_fields=["state", "answers"])
    _record(statement, by, "statement.brought_again", dict(answers), at)


def _locked(store_id: int, statement_id: int) -> Statement:
    found = Statement.objects.select_for_update().filter(store_id=store_id, pk=statement_id).first()
    if found is None:
        raise StatementUnknown
    return found


def _move(statement: Statement, event: StatementEvent) -> None:
    to = rules.statement_moves(statement.state, event)
    if to is None:
        raise StatementElsewhere(statement.state)
    statement.state = to.value


def _record(statement: Statement, by: Actor, action: str, said: Mapping[str, Any], at: datetime) -> None:
    assert connection.in_atomic_block
    record(statement.store_id, by, action, f"statement:{statement.pk}", said, at=at)
