"""What others may read of statements: the list, one statement with its report, the bank's debits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from seguripago.ports import bank_feeds, registry
from seguripago.values.money import Money

from .statement_rules import IMPORT_LOCK
from .statement_tables import Statement, StatementRefusal, StatementRow

IMPORTING: Final = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that could not be read: its number in the file, from 1, and why (`amount:12x4.50`)."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class DoubtfulLine:
    """A credit that a person must look at; `deposit_id` is the deposit that it contradicts, None otherwise."""

    row_id: int
    line: int
    operation_date: date
    amount: Money
    tracking_key: str
    concept: str
    why: str
    deposit_id: int | None


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement with its report so far. `expected` rows is what the preview counted."""

    id: int
    store_id: int
    name: str
    size: int
    sha256: str
    feed: str
    feed_title: str
    account: str
    state: str
    trouble: str
    questions: tuple[dict[str, Any], ...]
    columns: tuple[dict[str, Any], ...]
    answers: dict[str, Any]
    preview: dict[str, Any]
    rows: int
    new: int
    known: int
    doubtful: int
    refused: int
    debits: int
    credits: Money
    debited: Money
    notice_id: int | None
    received_at: datetime | None
    brought_by: str
    brought_at: datetime
    accepted_by: str
    done_at: datetime | None

    @property
    def expected(self) -> int:
        return int(self.preview.get("rows", 0))

    @property
    def percent(self) -> int:
        return min(100, self.rows * 100 // self.expected) if self.expected else 0


@dataclass(frozen=True, slots=True)
class DebitView:
    """Money that a statement shows leaving the account."""

    row_id: int
    statement_id: int
    line: int
    account: str
    operation_date: date
    amount: Money
    tracking_key: str
    concept: str
    reference: str


def statements(store_id: int, *, limit: int = 50) -> tuple[StatementView, ...]:
    """The store's statements, newest first."""
    rows = Statement.objects.filter(store_id=store_id).select_related("notice").order_by("-brought_at", "-pk")[:limit]
    return tuple(_view(row) for row in rows.defer("reading"))


def statement(store_id: int, statement_id: int) -> StatementView | None:
    """One statement of the store."""
    row = Statement.objects.filter(store_id=store_id, pk=statement_id).select_related("notice").first()
    return _view(row) if row is not None else None


def statements_to_do() -> tuple[tuple[int, str], ...]:
    """The statements that wait to be looked at or imported: (id, state), oldest first."""
    rows = Statement.objects.filter(state__in=["kept", "importing"]).order_by("pk").values_list("pk", "state")
    return tuple(rows[:100])


def is_importing() -> bool:
    """Whether some process is importing a statement at this very moment."""
    with connection.cursor() as cursor:
        cursor.execute(IMPORTING, [IMPORT_LOCK])
        return bool(cursor.fetchone()[0])


def refused_lines(store_id: int, statement_id: int, *, limit: int | None = None) -> Iterator[RefusedLine]:
    """The lines that could not be read, in the file's order."""
    rows = StatementRefusal.objects.filter(statement__store_id=store_id, statement_id=statement_id).order_by("place")
    for line, reason in rows.values_list("line", "reason")[:limit].iterator(chunk_size=2_000):
        yield RefusedLine(line, reason)


def doubtful_lines(store_id: int, statement_id: int, *, limit: int | None = None) -> Iterator[DoubtfulLine]:
    """The credits that a person must look at, in the file's order."""
    rows = StatementRow.objects.filter(
        store_id=store_id, statement_id=statement_id, state__in=["doubtful", "contradicts"]
    ).order_by("line", "pk")
    for row in rows[:limit].iterator(chunk_size=2_000):
        yield DoubtfulLine(
            row.pk,
            row.line,
            row.operation_date,
            Money(row.amount_centavos, row.currency),
            row.tracking_key,
            row.concept,
            row.why,
            row.deposit_id,
        )


def debits(
    store_id: int,
    *,
    tracking_key: str = "",
    amount: Money | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 500,
) -> tuple[DebitView, ...]:
    """Money that left the store's accounts, as statements show it; newest first."""
    rows = StatementRow.objects.filter(store_id=store_id, state="debit")
    if tracking_key:
        rows = rows.filter(tracking_key__iexact=tracking_key.strip())
    if amount is not None:
        rows = rows.filter(amount_centavos=amount.centavos, currency=amount.currency)
    if since is not None:
        rows = rows.filter(operation_date__gte=since)
    if until is not None:
        rows = rows.filter(operation_date__lte=until)
    return tuple(
        DebitView(
            row.pk,
            row.statement_id,
            row.line,
            row.account,
            row.operation_date,
            Money(row.amount_centavos, row.currency),
            row.tracking_key,
            row.concept,
            row.reference,
        )
        for row in rows.order_by("-operation_date", "-pk")[:limit]
    )


def _view(row: Statement) -> StatementView:
    feed = registry.adapters(bank_feeds.FAMILY).get(row.feed)
    return StatementView(
        id=row.pk,
        store_id=row.store_id,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        feed=row.feed,
        feed_title=feed.title if feed is not None else "",
        account=row.account,
        state=row.state,
        trouble=row.trouble,
        questions=tuple(row.questions),
        columns=tuple(row.columns),
        answers=dict(row.answers),
        preview=dict(row.preview),
        rows=row.rows,
        new=row.new,
        known=row.known,
        doubtful=row.doubtful,
        refused=row.refused,
        debits=row.debits,
        credits=Money(row.credits_centavos),
        debited=Money(row.debits_centavos),
        notice_id=row.notice.pk if row.notice else None,
        received_at=row.notice.received_at if row.notice else None,
        brought_by=row.brought_by,
        brought_at=row.brought_at,
        accepted_by=row.accepted_by,
        done_at=row.done_at,
    )
