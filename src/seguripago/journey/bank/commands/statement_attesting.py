"""Match the lines that were left waiting: each attests a deposit, becomes one, or is a doubt for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.stores.queries import prefixes
from seguripago.ports.statements import StatementLine, as_deposit
from seguripago.values.money import Money

from .. import statement_rules as rules
from ..models import Attestation
from ..statement_facts import StatementLineDoubtful
from ..statement_matching import candidates_of
from ..statement_rules import Match, Waiting
from ..statement_tables import Statement, StatementRow
from .movements import Telling, heard, keep_movements
from .statement_sorting import settled_at

AT_ONCE: Final = 2_000

type Then = Callable[[Sequence[int], datetime], None]


def attest_some(statement: Statement, then: Then | None, *, at: datetime) -> bool:
    """Match waiting lines with deposits, whole amounts at a time; False when none waits."""
    with transaction.atomic():
        waits = StatementRow.objects.filter(statement=statement, state="waiting")
        amounts = waits.order_by("amount_centavos").values_list("amount_centavos", flat=True)
        some = sorted(set(amounts[:AT_ONCE]))
        if not some:
            return False
        new = _attest(statement, list(waits.filter(amount_centavos__in=some).order_by("pk")), at=at)
        if then is not None and new:
            then(new, at)
    wake(f"monitor:{statement.store_id}")
    return True


def count_more(statement_id: int, more: Mapping[str, int]) -> None:
    """Add to a statement's report."""
    Statement.objects.filter(pk=statement_id).update(**{name: F(name) + count for name, count in more.items()})


def _attest(statement: Statement, rows: Sequence[StatementRow], *, at: datetime) -> list[int]:
    """Give the ids of the deposits that became known by these rows."""
    matches = _matches(statement, rows)
    arriving = [row for row in rows if matches[row.pk].may_arrive and _has_identity(row)]
    arrived = _arrive(statement, arriving, at=at)
    facts: list[Fact] = []
    for row in rows:
        match = matches[row.pk]
        if row.pk in arrived:
            row.state, row.deposit_id = "attests", arrived[row.pk][1]
        elif match.attests is not None:
            row.state, row.deposit_id = "attests", match.attests
        else:
            row.state, row.why = ("known", "") if match.is_known else ("doubtful", match.why)
        if row.state == "doubtful":
            facts.append(_doubt(row, at))
    StatementRow.objects.bulk_update(rows, ["state", "why", "deposit"], batch_size=1_000)
    Attestation.objects.bulk_create(
        (
            Attestation(
                deposit_id=match.attests,
                notice=statement.notice,
                feed=statement.feed,
                believed=True,
                agrees=True,
                at=at,
            )
            for match in matches.values()
            if match.attests is not None
        ),
        ignore_conflicts=True,
    )
    new = [pk for telling, pk in arrived.values() if telling is Telling.NEW and pk is not None]
    doubtful = sum(1 for row in rows if row.state == "doubtful")
    count_more(statement.pk, {"new": len(new), "known": len(rows) - len(new) - doubtful, "doubtful": doubtful})
    publish(*facts)
    return new


def _matches(statement: Statement, rows: Sequence[StatementRow]) -> dict[int, Match]:
    assert statement.notice_id is not None
    by_amount: dict[tuple[int, str], list[Waiting]] = {}
    for row in rows:
        said = f"{row.concept} {row.reference}"
        line = Waiting(
            row.pk, row.account, row.operation_date, row.tracking_key, row.sending_institution, row.clabe, said
        )
        by_amount.setdefault((row.amount_centavos, row.currency), []).append(line)
    lines = [line for some in by_amount.values() for line in some]
    candidates = candidates_of(statement.store_id, list(by_amount), lines, notice_id=statement.notice_id)
    found: dict[int, Match] = {}
    for amount, waiting in by_amount.items():
        found.update(rules.match_lines(waiting, candidates.get(amount, ())))
    return found


def _has_identity(row: StatementRow) -> bool:
    return bool(row.tracking_key and row.sending_institution and row.account)


def _arrive(
    statement: Statement, rows: Sequence[StatementRow], *, at: datetime
) -> dict[int, tuple[Telling, int | None]]:
    """Make deposits of lines whose marks stood in words: no other deposit of their day and amount waits for a line."""
    if not rows:
        return {}
    notice = statement.notice
    assert notice is not None
    own = tuple(each.prefix for each in prefixes(statement.store_id))
    movements = [
        heard(
            as_deposit(
                _line_of(row),
                clabe=row.clabe or row.account,
                settled_at=settled_at(row.operation_date, notice.received_at),
            ),
            store_id=statement.store_id,
            notice_id=notice.pk,
            feed=statement.feed,
            received_at=notice.received_at,
            prefixes=own,
            believed=True,
        )
        for row in rows
    ]
    kept = keep_movements(movements, at=at)
    return {row.pk: (each.telling, each.deposit_id) for row, each in zip(rows, kept, strict=True)}


def _line_of(row: StatementRow) -> StatementLine:
    return StatementLine(
        row.line,
        True,
        row.operation_date,
        Money(row.amount_centavos, row.currency),
        row.tracking_key,
        row.sending_institution,
        payer_name=row.payer_name,
        concept=row.concept,
        reference=row.reference,
    )


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
