"""Import an accepted statement: chunk after chunk, each in its own transaction with its progress, resumable."""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Final, Self

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.facts.wakeups import wake
from seguripago.ports.bank_feeds import Authenticity
from seguripago.ports.statements import StatementItem
from seguripago.values.actor import Actor

from .. import statement_rules as rules
from ..models import NoticeReading, RawNotice
from ..statement_facts import DebitSeen, StatementImported
from ..statement_rules import StatementEvent
from ..statement_tables import Statement, StatementBalance, StatementRefusal, StatementRow, StatementStep
from .movements import Telling, keep_movements
from .statement_attesting import attest_some, count_more
from .statement_reading import formats, frame_of, opened
from .statement_sorting import OwnRow, Sorted, Sorter

CHUNK: Final = 2_000
TRIES: Final = 4
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


@dataclass(frozen=True, slots=True)
class Part:
    """Some items of a statement in a row, with the rows of their own counted; `first` is the place of the first one."""

    first: int
    items: Sequence[StatementItem]
    rows: Sequence[OwnRow]


class StatementImport:
    """One import in this process: `with` takes the statement for itself, `step` does the next part of it.

    `is_mine` is False when another process is at it. Killed at any moment, the next one goes on with what is left.
    Parts may be kept by several threads at once (`next_part`, `keep_part`), each on its own connection; `then` is
    called with the new deposits inside each part's transaction.
    """

    def __init__(self, statement_id: int, *, then: Callable[[Sequence[int], datetime], None] | None = None) -> None:
        self.statement_id = statement_id
        self.is_mine = False
        self._then = then
        self._stack = ExitStack()
        self._turn = threading.Lock()
        self._items: Iterator[StatementItem] | None = None
        self._sorter: Sorter | None = None
        self._done: dict[int, int] = {}
        self._place = 1

    def __enter__(self) -> Self:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [rules.IMPORT_LOCK, self.statement_id])
            self.is_mine = bool(cursor.fetchone()[0])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if self.is_mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [rules.IMPORT_LOCK, self.statement_id])

    def begin(self, *, at: datetime) -> bool:
        """Open the file for its parts; False when none is left, or this process may not."""
        statement = Statement.objects.select_related("notice").get(pk=self.statement_id)
        if not self.is_mine or statement.state != "importing":
            return False
        if statement.notice is None:
            _give_notice(self.statement_id, at=at)
            statement = Statement.objects.select_related("notice").get(pk=self.statement_id)
        if _is_nothing_new(statement):
            return False
        if self._items is None:
            file = self._stack.enter_context(opened(statement.pk))
            self._items = formats()[statement.feed].lines(file, statement.reading)
            # What is read half-way lets go of the file before the file goes.
            self._stack.callback(getattr(self._items, "close", lambda: None))
            self._sorter = Sorter(frame_of(statement))
            self._done = dict(
                StatementStep.objects.filter(statement_id=self.statement_id).values_list("first", "count")
            )
        return True

    def next_part(self) -> Part | None:
        """Give the next part that nobody has kept, to whichever thread asks first."""
        with self._turn:
            assert self._items is not None
            assert self._sorter is not None
            while items := list(islice(self._items, self._size())):
                first, rows = self._place, self._sorter.own_rows(items)
                self._place += len(items)
                if first not in self._done:
                    return Part(first, items, rows)
            return None

    def _size(self) -> int:
        """How many items the next part has: as many as were kept from here, or up to the next ones that were."""
        kept = self._done.get(self._place)
        if kept is not None:
            return kept
        return min([CHUNK, *(first - self._place for first in self._done if first > self._place)])

    def keep_part(self, part: Part, *, at: datetime) -> None:
        """Keep a part in one transaction: its deposits, words, rows, refusals and that it was done."""
        assert self._sorter is not None
        for patience in range(TRIES, -1, -1):
            try:
                with transaction.atomic():
                    statement = Statement.objects.get(pk=self.statement_id)
                    _keep(
                        statement, self._sorter.sort(part.items, part.rows, first_place=part.first), self._then, at=at
                    )
                    StatementStep.objects.create(statement=statement, first=part.first, count=len(part.items))
                break
            except OperationalError as error:
                # Two parts that speak of the same movements may wait for each other: one of them begins again.
                if not patience or not isinstance(error.__cause__, (DeadlockDetected, LockNotAvailable)):
                    raise
        wake(f"monitor:{self._sorter.frame.store_id}")

    def step(self, *, at: datetime) -> bool:
        """Do the next part, or match what waits, or finish; False when nothing is left to do."""
        if self.begin(at=at) and (part := self.next_part()) is not None:
            self.keep_part(part, at=at)
            return True
        statement = Statement.objects.get(pk=self.statement_id)
        if not self.is_mine or statement.state != "importing":
            return False
        if attest_some(statement, self._then, at=at):
            return True
        _finish(self.statement_id, at=at)
        return False


def _is_nothing_new(statement: Statement) -> bool:
    """Whether the preview saw that every line is known and said already, so that only the report is left."""
    return statement.taken == 0 and bool(statement.preview.get("is_all_known"))


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


def _keep(
    statement: Statement,
    found: Sorted,
    then: Callable[[Sequence[int], datetime], None] | None,
    *,
    at: datetime,
) -> None:
    kept = keep_movements([heard for _, heard in found.heard], at=at)
    tellings = [each.telling for each in kept]
    more = Counter(
        taken=found.lines + len(found.balances),
        rows=found.lines,
        new=tellings.count(Telling.NEW),
        known=found.known + tellings.count(Telling.KNOWN),
        doubtful=tellings.count(Telling.CONTRADICTS) + sum(1 for _, each in found.differs if each.differed_before),
        refused=len(found.refused),
        credits_centavos=found.credits_centavos,
        debits_centavos=found.debits_centavos,
    )
    rows = list(found.rows)
    states: list[tuple[str, str, int | None]] = [
        ("waiting" if row.line.is_credit else "debit", "", None) for row in rows
    ]
    for (line, heard), each in zip(found.heard, kept, strict=True):
        if each.telling is Telling.CONTRADICTS:
            rows.append(OwnRow(line, heard.owner_account, "", rules.print_of(line, heard.owner_account), 1))
            states.append(("contradicts", "amount", each.deposit_id))
    more.update(_keep_rows(statement, rows, states, at=at))
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
    if then is not None:
        then([each.deposit_id for each in kept if each.telling is Telling.NEW and each.deposit_id is not None], at)
    # Last, because the next part waits for this row.
    count_more(statement.pk, more)


def _keep_rows(
    statement: Statement, rows: Sequence[OwnRow], states: Sequence[tuple[str, str, int | None]], *, at: datetime
) -> Mapping[str, int]:
    """Keep lines as rows of their own; one that another file brought before is known by what became of it."""
    if not rows:
        return {}
    more = Counter(debits=sum(1 for row in rows if not row.line.is_credit))
    given = [_columns(row, state, why) for row, (state, why, _) in zip(rows, states, strict=True)]
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*given, strict=True)]
        cursor.execute(KEEP_ROWS, [statement.pk, statement.store_id, *columns])
        made = {(own_print, nth): pk for pk, own_print, nth in cursor.fetchall()}
        again = [
            row
            for row, (state, _, _) in zip(rows, states, strict=True)
            if state == "waiting" and (row.print, row.nth) not in made
        ]
        if again:
            cursor.execute(ROWS_BEFORE, [[row.print for row in again], [row.nth for row in again], statement.store_id])
            for state, count in cursor.fetchall():
                more["known" if state in {"attests", "known"} else "doubtful"] += count
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
    return more


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


def _finish(statement_id: int, *, at: datetime) -> None:
    with transaction.atomic():
        statement = Statement.objects.select_for_update().get(pk=statement_id)
        to = rules.statement_moves(statement.state, StatementEvent.FINISH)
        if to is None:
            return
        if _is_nothing_new(statement):
            statement.rows = statement.known = statement.taken = int(statement.preview["rows"])
            statement.credits_centavos = int(statement.preview["credits_centavos"])
        statement.state, statement.done_at = to.value, at
        statement.save()
        said = {name: getattr(statement, name) for name in ("rows", "new", "known", "doubtful", "refused", "debits")}
        by = replace(Actor.system(), name=statement.accepted_by or "SeguriPago")
        record(statement.store_id, by, "statement.imported", f"statement:{statement.pk}", said, at=at)
        publish(StatementImported(store_id=statement.store_id, at=at, statement_id=statement.pk))
