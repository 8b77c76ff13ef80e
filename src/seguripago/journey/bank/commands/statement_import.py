"""Import an accepted statement: chunk after chunk, each in its own transaction with its progress, resumable."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Final, Self

from django.db import connection, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.facts.wakeups import wake
from seguripago.ports.bank_feeds import Authenticity
from seguripago.ports.statements import StatementItem
from seguripago.values.actor import Actor

from .. import statement_rules as rules
from ..models import Attestation, NoticeReading, RawNotice
from ..statement_facts import DebitSeen, StatementImported, StatementLineDoubtful
from ..statement_rules import StatementEvent, Waiting
from ..statement_tables import Statement, StatementBalance, StatementRefusal, StatementRow
from .movements import Telling, keep_movements
from .statement_matching import candidates_of
from .statement_reading import formats, frame_of, opened
from .statement_sorting import OwnRow, Sorted, Sorter

CHUNK: Final = 2_000
ONE_AT_A_TIME: Final = 0x5E57
KEEP_ROWS: Final = """
    INSERT INTO statement_row (statement_id, store_id, line, print, nth, is_credit, state, why, account, operation_date,
        amount_centavos, currency, tracking_key, sending_institution, clabe, payer_name, concept, reference)
    SELECT %s, %s, given.* FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::boolean[], %s::text[], %s::text[],
        %s::text[], %s::date[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::text[]) AS given
    ON CONFLICT DO NOTHING RETURNING id, print, nth
"""
ROWS_BEFORE: Final = """
    SELECT r.state, count(*) FROM unnest(%s::text[], %s::int[]) AS asked(print, nth)
    JOIN statement_row r ON r.store_id = %s AND r.print = asked.print AND r.nth = asked.nth GROUP BY r.state
"""

log = logging.getLogger(__name__)


class StatementImport:
    """One import in this process: `with` takes the statement for itself, `step` does a part of it.

    `is_mine` is False when another process is at it. Killed at any moment, the next one goes on from the last step.
    """

    def __init__(self, statement_id: int) -> None:
        self.statement_id = statement_id
        self.is_mine = False
        self._stack = ExitStack()
        self._items: Iterator[StatementItem] | None = None
        self._sorter: Sorter | None = None
        self._taken = 0

    def __enter__(self) -> Self:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [ONE_AT_A_TIME, self.statement_id])
            self.is_mine = bool(cursor.fetchone()[0])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if self.is_mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [ONE_AT_A_TIME, self.statement_id])

    def step(self, *, at: datetime) -> bool:
        """Do the next part in one transaction; False when nothing is left to do."""
        statement = Statement.objects.select_related("notice").get(pk=self.statement_id)
        if not self.is_mine or statement.state != "importing":
            return False
        if statement.notice is None:
            _give_notice(self.statement_id, at=at)
            return True
        if self._items is None:
            self._open(statement)
        assert self._items is not None
        assert self._sorter is not None
        chunk = list(islice(self._items, CHUNK))
        if chunk:
            self._take(chunk, at=at)
            return True
        if _attest_some(statement, at=at):
            return True
        _finish(self.statement_id, at=at)
        return False

    def _open(self, statement: Statement) -> None:
        file = self._stack.enter_context(opened(statement.pk))
        self._items = formats()[statement.feed].lines(file, statement.reading)
        self._sorter = Sorter(frame_of(statement))
        self._taken = self._sorter.skip(islice(self._items, statement.taken))

    def _take(self, chunk: Sequence[StatementItem], *, at: datetime) -> None:
        assert self._sorter is not None
        with transaction.atomic():
            statement = Statement.objects.select_for_update().get(pk=self.statement_id)
            if statement.taken != self._taken:
                raise RuntimeError("two imports of one statement")
            found = self._sorter.sort(chunk, first_place=self._taken + 1)
            _keep(statement, found, at=at)
            self._taken += len(chunk)
            statement.taken = self._taken
            statement.save()
        wake(f"monitor:{statement.store_id}")


def _give_notice(statement_id: int, *, at: datetime) -> None:
    """The notice by which the statement's lines attest deposits; its own bytes are the statement's file."""
    with transaction.atomic():
        statement = Statement.objects.select_for_update().get(pk=statement_id)
        if statement.notice_id is not None:
            return
        body = {"statement": statement.pk, "name": statement.name, "sha256": statement.sha256, "size": statement.size}
        notice = RawNotice.objects.create(
            feed=statement.feed,
            store_id=statement.store_id,
            body=json.dumps(body, ensure_ascii=False).encode(),
            headers={"statement": str(statement.pk)},
            remote_address="",
            authenticity=Authenticity.IMPORTED.value,
            received_at=at,
        )
        NoticeReading.objects.create(notice=notice, outcome="deposits", read_at=at)
        statement.notice = notice
        statement.save(update_fields=["notice"])


def _keep(statement: Statement, found: Sorted, *, at: datetime) -> None:
    kept = keep_movements([heard for _, heard in found.heard], at=at)
    tellings = [each.telling for each in kept]
    statement.rows += found.lines
    statement.new += tellings.count(Telling.NEW)
    statement.known += found.known + tellings.count(Telling.KNOWN)
    said_before = sum(1 for _, deposit in found.differs if deposit.differed_before)
    statement.doubtful += tellings.count(Telling.CONTRADICTS) + said_before
    statement.refused += len(found.refused)
    statement.credits_centavos += found.credits_centavos
    statement.debits_centavos += found.debits_centavos
    rows = list(found.rows)
    states = [("waiting" if row.line.is_credit else "debit", "", None) for row in rows]
    for (line, heard), each in zip(found.heard, kept, strict=True):
        if each.telling is Telling.CONTRADICTS:
            own_print = rules.print_of(line, heard.owner_account)
            rows.append(OwnRow(line, heard.owner_account, "", own_print, 1))
            states.append(("contradicts", "amount", each.deposit_id))
    _keep_rows(statement, rows, states, at=at)
    StatementRefusal.objects.bulk_create(
        StatementRefusal(statement=statement, place=place, line=bad.position, reason=bad.reason[:80])
        for place, bad in found.refused
    )
    StatementBalance.objects.bulk_create(
        StatementBalance(
            statement=statement,
            place=place,
            account=said.account or statement.account,
            day=said.day,
            centavos=said.amount.centavos,
            currency=said.amount.currency,
            is_closing=said.is_closing,
        )
        for place, said in found.balances
    )


def _keep_rows(
    statement: Statement, rows: Sequence[OwnRow], states: Sequence[tuple[str, str, int | None]], *, at: datetime
) -> None:
    """Keep lines as rows of their own; one that another file brought before is known by what became of it."""
    if not rows:
        return
    statement.debits += sum(1 for row in rows if not row.line.is_credit)
    columns = list(
        zip(*(_columns(row, state[0], state[1]) for row, state in zip(rows, states, strict=True)), strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(KEEP_ROWS, [statement.pk, statement.store_id, *(list(column) for column in columns)])
        made = {(own_print, nth): pk for pk, own_print, nth in cursor.fetchall()}
        again = [row for row in rows if (row.print, row.nth) not in made and row.line.is_credit]
        if again:
            cursor.execute(ROWS_BEFORE, [[row.print for row in again], [row.nth for row in again], statement.store_id])
            for state, count in cursor.fetchall():
                if state in {"attests", "known"}:
                    statement.known += count
                elif state in {"doubtful", "waiting"}:
                    statement.doubtful += count
    for row, (state, _, deposit_id) in zip(rows, states, strict=True):
        if state == "contradicts" and (row.print, row.nth) in made:
            StatementRow.objects.filter(pk=made[row.print, row.nth]).update(deposit_id=deposit_id)
    publish(
        *(
            DebitSeen(
                store_id=statement.store_id,
                at=at,
                row_id=made[row.print, row.nth],
                tracking_key=row.line.tracking_key,
                centavos=row.line.amount.centavos,
                currency=row.line.amount.currency,
                operation_date=row.line.operation_date,
                account=row.account,
                concept=row.line.concept,
            )
            for row in rows
            if not row.line.is_credit and (row.print, row.nth) in made
        )
    )


def _columns(row: OwnRow, state: str, why: str) -> tuple[object, ...]:
    line = row.line
    return (
        line.line,
        row.print,
        row.nth,
        line.is_credit,
        state,
        why,
        row.account[:18],
        line.operation_date,
        line.amount.centavos,
        line.amount.currency,
        line.tracking_key[:40],
        line.sending_institution,
        row.clabe,
        line.payer_name[:120],
        line.concept[:210],
        line.reference[:40],
    )


def _attest_some(statement: Statement, *, at: datetime) -> bool:
    """Match waiting lines with deposits, whole amounts at a time; False when none waits."""
    with transaction.atomic():
        waits = StatementRow.objects.filter(statement=statement, state="waiting")
        amounts = waits.order_by("amount_centavos").values_list("amount_centavos", flat=True)
        some = sorted(set(amounts[:CHUNK]))
        if not some:
            return False
        now = Statement.objects.select_for_update().get(pk=statement.pk)
        rows = list(waits.filter(amount_centavos__in=some).order_by("pk"))
        _attest(now, rows, at=at)
        now.save()
    wake(f"monitor:{statement.store_id}")
    return True


def _attest(statement: Statement, rows: Sequence[StatementRow], *, at: datetime) -> None:
    notice_id = statement.notice_id
    assert notice_id is not None
    by_amount: dict[tuple[int, str], list[Waiting]] = {}
    for row in rows:
        words = f"{row.concept} {row.reference}"
        line = Waiting(
            row.pk, row.account, row.operation_date, row.tracking_key, row.sending_institution, row.clabe, words
        )
        by_amount.setdefault((row.amount_centavos, row.currency), []).append(line)
    lines = [line for some in by_amount.values() for line in some]
    candidates = candidates_of(statement.store_id, list(by_amount), lines, notice_id=notice_id)
    by_key = {row.pk: row for row in rows}
    words: list[Attestation] = []
    facts: list[Fact] = []
    for amount, waiting in by_amount.items():
        for pk, match in rules.match_lines(waiting, candidates.get(amount, ())).items():
            row = by_key[pk]
            row.state = "attests" if match.attests is not None else "known" if match.is_known else "doubtful"
            row.why, row.deposit_id = match.why, match.attests
            if match.attests is not None:
                words.append(
                    Attestation(
                        deposit_id=match.attests,
                        notice_id=notice_id,
                        feed=statement.feed,
                        believed=True,
                        agrees=True,
                        at=at,
                    )
                )
            if row.state == "doubtful":
                facts.append(_doubt(row, at))
    StatementRow.objects.bulk_update(rows, ["state", "why", "deposit"], batch_size=1_000)
    Attestation.objects.bulk_create(words, ignore_conflicts=True)
    statement.known += sum(1 for row in rows if row.state != "doubtful")
    statement.doubtful += sum(1 for row in rows if row.state == "doubtful")
    publish(*facts)


def _doubt(row: StatementRow, at: datetime) -> StatementLineDoubtful:
    return StatementLineDoubtful(
        store_id=row.store_id,
        at=at,
        row_id=row.pk,
        statement_id=row.statement_id,
        line=row.line,
        centavos=row.amount_centavos,
        currency=row.currency,
        why=row.why,
    )


def _finish(statement_id: int, *, at: datetime) -> None:
    with transaction.atomic():
        statement = Statement.objects.select_for_update().get(pk=statement_id)
        to = rules.statement_moves(statement.state, StatementEvent.FINISH)
        if to is None:
            return
        statement.state, statement.done_at = to.value, at
        statement.save()
        said = {name: getattr(statement, name) for name in ("rows", "new", "known", "doubtful", "refused", "debits")}
        by = replace(Actor.system(), name=statement.accepted_by or "SeguriPago")
        record(statement.store_id, by, "statement.imported", f"statement:{statement.pk}", said, at=at)
        publish(StatementImported(store_id=statement.store_id, at=at, statement_id=statement.pk))
