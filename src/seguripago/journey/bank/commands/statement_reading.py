"""Understand a kept statement: which format it is, what it leaves open, what importing it would do."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final

from django.db import connection, transaction

from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.stores.queries import prefixes
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import Unreadable
from seguripago.ports.statements import HEAD_BYTES, Look, Question, StatementFormat, StatementLine

from .. import statement_rules as rules
from ..statement_matching import candidates_of
from ..statement_rules import Candidate, StatementEvent, Waiting
from ..statement_tables import Statement, StatementMapping, StatementPiece
from .statement_sorting import Frame, OwnRow, Sorter

CHUNK: Final = 4_000
SAMPLES: Final = 8
SHOWN_REFUSALS: Final = 50


def formats() -> dict[str, StatementFormat]:
    """The formats of statements that the folder of feeds holds, by slug."""
    return {
        slug: feed for slug, feed in registry.adapters(bank_feeds.FAMILY).items() if isinstance(feed, StatementFormat)
    }


@contextmanager
def opened(statement_id: int) -> Iterator[BinaryIO]:
    """A statement's file as it was brought, seekable; in a file of our own, so that its size costs no memory."""
    with tempfile.TemporaryFile() as file:
        position = 0
        while True:
            piece = (
                StatementPiece.objects.filter(statement_id=statement_id, position=position)
                .values_list("body", flat=True)
                .first()
            )
            if piece is None:
                break
            file.write(piece)
            position += 1
        file.seek(0)
        yield file


def prepare_statement(statement_id: int, *, at: datetime) -> str:
    """Look at a kept statement and preview it; returns its new state. Nothing of it counts yet.

    The file is looked at outside any transaction; one that was moved on meanwhile stays as it is.
    """
    statement = Statement.objects.get(pk=statement_id)
    if statement.state != "kept":
        return statement.state
    before = dict(statement.answers)
    try:
        with opened(statement_id) as file:
            event = _understand(statement, file)
    except Unreadable as trouble:
        event, statement.trouble = StatementEvent.GIVE_UP, trouble.reason[:200]
    with transaction.atomic():
        now = Statement.objects.select_for_update().get(pk=statement_id)
        if now.state != "kept" or now.answers != before:
            return now.state
        to = rules.statement_moves(now.state, event)
        assert to is not None
        statement.state = to.value
        statement.save()
    wake(f"monitor:{statement.store_id}")
    return statement.state


def frame_of(statement: Statement) -> Frame:
    """What the statement's lines are read in."""
    notice = statement.notice
    return Frame(
        statement.store_id,
        tuple(each.prefix for each in prefixes(statement.store_id)),
        statement.account,
        statement.feed,
        notice.pk if notice else 0,
        notice.received_at if notice else statement.brought_at,
    )


def _understand(statement: Statement, file: BinaryIO) -> StatementEvent:
    statement.trouble = ""
    statement.questions, statement.columns, statement.preview = [], [], {}
    statement.feed = _format_of(file, statement.name, str(statement.answers.get("format", "")))
    look = _look(statement, file)
    statement.fingerprint = look.fingerprint
    statement.columns = [asdict(column) for column in look.columns]
    statement.reading = dict(look.reading)
    if look.questions:
        statement.questions = [asdict(question) for question in look.questions]
        return StatementEvent.ASK
    own = [each.prefix for each in prefixes(statement.store_id)]
    asked = str(statement.answers.get("account", ""))
    statement.account = asked[:18] if asked else own[0] if len(own) == 1 else ""
    needs_account = _preview(statement, file)
    if needs_account and not statement.account and own:
        sample = tuple(f"{needs_account.operation_date:%d/%m/%Y} {needs_account.amount}".split("\n"))
        statement.questions = [asdict(Question("account", tuple(own), sample))]
        return StatementEvent.ASK
    return StatementEvent.UNDERSTAND


def _format_of(file: BinaryIO, name: str, asked: str) -> str:
    known = formats()
    if asked:
        if asked not in known:
            raise Unreadable("format_unknown")
        return asked
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    sure, slug = max((form.sniff(head, name), slug) for slug, form in known.items())
    if not sure:
        raise Unreadable("format_unknown")
    return slug


def _look(statement: Statement, file: BinaryIO) -> Look:
    """Look with the person's answers; where something stays open, with what was remembered of files of this shape."""
    form = formats()[statement.feed]
    look = form.look(file, statement.answers)
    if not look.questions or not look.fingerprint:
        return look
    remembered = remembered_answers(statement.store_id, look.fingerprint, str(statement.answers.get("account", "")))
    if not remembered:
        return look
    statement.answers = {**remembered, **statement.answers}
    return form.look(file, statement.answers)


def remembered_answers(store_id: int, fingerprint: str, account: str) -> Mapping[str, Any]:
    """What was last said of a file of this shape: of this account where one is named, else of any."""
    rows = StatementMapping.objects.filter(store_id=store_id, fingerprint=fingerprint)
    own = rows.filter(account=account).first() if account else None
    found = own or rows.order_by("-said_at").first()
    return dict(found.answers) if found is not None else {}


def _preview(statement: Statement, file: BinaryIO) -> StatementLine | None:
    """Count what importing would do, without writing; gives a line that names no account of ours, if there is one."""
    items = formats()[statement.feed].lines(file, statement.reading)
    sorter = Sorter(frame_of(statement), is_preview=True)
    told: dict[str, Any] = {"rows": 0, "new": 0, "known": 0, "doubtful": 0, "debits": 0, "refused": 0}
    told |= {"credits_centavos": 0, "debits_centavos": 0, "samples": [], "refusals": [], "days": []}
    is_all_known = True
    new: set[int] = set()
    doubts: list[OwnRow] = []
    homeless: StatementLine | None = None
    days: list[str] = []
    place = 1
    while chunk := list(islice(items, CHUNK)):
        found = sorter.sort(chunk, sorter.own_rows(chunk), first_place=place)
        place += len(chunk)
        fresh = {hash(identity) for identity in found.fresh} - new
        new |= fresh
        told["new"] += len(fresh)
        told["known"] += found.known + found.attesting + len(found.fresh) - len(fresh)
        told["doubtful"] += len(found.differs)
        is_all_known &= found.known == len(chunk)
        told["rows"] += found.lines
        told["refused"] += len(found.refused)
        told["credits_centavos"] += found.credits_centavos
        told["debits_centavos"] += found.debits_centavos
        told["debits"] += sum(1 for row in found.rows if not row.line.is_credit)
        # Lines whose marks stand in words were counted as new above.
        doubts.extend(row for row in found.rows if row.line.is_credit and not (row.line.tracking_key and row.account))
        homeless = homeless or next((row.line for row in found.rows if row.line.is_credit and not row.account), None)
        lines = [item for item in chunk if isinstance(item, StatementLine)]
        if lines:
            days += [str(min(line.operation_date for line in lines)), str(max(line.operation_date for line in lines))]
        told["samples"] += [_shown(line) for line in lines[: SAMPLES - len(told["samples"])]]
        told["refusals"] += [
            {"line": bad.position, "reason": bad.reason}
            for _, bad in found.refused[: SHOWN_REFUSALS - len(told["refusals"])]
        ]
    known, doubtful = _weigh(statement.store_id, doubts)
    told["known"] += known
    told["doubtful"] += doubtful
    told["days"] = [min(days), max(days)] if days else []
    # Every line was said by statements before, agreeing: importing has nothing to write but its report.
    told["is_all_known"] = is_all_known
    statement.preview = told
    return homeless


def _weigh(store_id: int, rows: list[OwnRow]) -> tuple[int, int]:
    """How many credits without identity would attest a deposit (or did), and how many are doubtful."""
    if not rows:
        return 0, 0
    before = _rows_before(store_id, rows)
    known = sum(1 for row in rows if before.get((row.print, row.nth)) in {"attests", "known"})
    doubtful = sum(1 for row in rows if before.get((row.print, row.nth)) in {"doubtful", "contradicts"})
    by_amount: dict[tuple[int, str], list[Waiting]] = {}
    for place, row in enumerate(rows):
        if (row.print, row.nth) not in before:
            by_amount.setdefault((row.line.amount.centavos, row.line.amount.currency), []).append(
                waiting_of(place, row)
            )
    amounts = sorted(by_amount)
    for start in range(0, len(amounts), CHUNK):
        some = amounts[start : start + CHUNK]
        lines = [line for amount in some for line in by_amount[amount]]
        candidates: dict[tuple[int, str], list[Candidate]] = candidates_of(store_id, some, lines, notice_id=0)
        for amount in some:
            for match in rules.match_lines(by_amount[amount], candidates.get(amount, ())).values():
                is_known = match.attests is not None or match.is_known
                known += is_known
                doubtful += not is_known
    return known, doubtful


def waiting_of(key: int, row: OwnRow) -> Waiting:
    """A line without identity, as matching sees it."""
    line = row.line
    return Waiting(
        key,
        row.account,
        line.operation_date,
        line.tracking_key,
        line.sending_institution,
        row.clabe,
        f"{line.concept} {line.reference} {line.bank_id}",
    )


def _rows_before(store_id: int, rows: list[OwnRow]) -> dict[tuple[str, int], str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.print, r.nth, r.state FROM unnest(%s::text[], %s::int[]) AS asked(print, nth)
            JOIN statement_row r ON r.store_id = %s AND r.print = asked.print AND r.nth = asked.nth
            """,
            [[row.print for row in rows], [row.nth for row in rows], store_id],
        )
        return {(own_print, nth): state for own_print, nth, state in cursor.fetchall()}


def _shown(line: StatementLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "day": line.operation_date.isoformat(),
        "centavos": line.amount.centavos,
        "currency": line.amount.currency,
        "is_credit": line.is_credit,
        "tracking_key": line.tracking_key,
        "sending_institution": line.sending_institution,
        "clabe": line.clabe,
        "payer_name": line.payer_name,
        "concept": line.concept[:80],
    }
