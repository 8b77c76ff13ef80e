"""Open cases, each once for what caused it, whoever comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from seguripago.foundations.facts.commands import publish
from seguripago.values.json_text import json_text

from ..facts import CaseOpened
from ..models import Case

OPEN: Final = """
    INSERT INTO reconciliation_case (store_id, kind, state, cause, deposit_id, payment_id, amount_centavos, currency,
        reasons, suggestions, opened_at, due_at, owner)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
        %s::text[], %s::jsonb[], %s::jsonb[], %s::timestamptz[], %s::timestamptz[], %s::text[])
    ON CONFLICT (cause) DO NOTHING RETURNING id, cause
"""


def open_once(cases: Sequence[Case], orders: Mapping[str, int], *, at: datetime) -> list[Case]:
    """Write the cases whose cause has none yet and announce them; gives those that were new, with their ids.

    `orders`: the order's id by cause. A cause that another process writes at this moment is waited for, not raised.
    """
    # A batch may hold the same alarm many times: the bank repeats a contradicting notice as it does every other.
    once = {case.cause: case for case in reversed(cases)}
    rows = [_row(once[cause]) for cause in sorted(once)]
    if not rows:
        return []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(OPEN, [list(column) for column in zip(*rows, strict=True)])
            made = sorted(cursor.fetchall())
        for pk, cause in made:
            once[cause].pk = pk
        opened = [once[cause] for _, cause in made]
        publish(*(_fact(case, orders.get(case.cause, 0), at=at) for case in opened))
    return opened


def _fact(case: Case, order_id: int, *, at: datetime) -> CaseOpened:
    return CaseOpened(
        store_id=case.store_id,
        at=at,
        case_id=case.pk,
        kind=case.kind,
        order_id=order_id,
        centavos=case.amount_centavos,
    )


def _row(case: Case) -> tuple[object, ...]:
    return (
        case.store_id,
        case.kind,
        case.state,
        case.cause,
        case.deposit_id,
        case.payment_id,
        case.amount_centavos,
        case.currency,
        json_text(case.reasons),
        json_text(case.suggestions),
        case.opened_at,
        case.due_at,
        case.owner,
    )
