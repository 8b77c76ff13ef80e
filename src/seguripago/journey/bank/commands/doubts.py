"""A person says which deposit a doubtful line of a statement is of. It makes no money: the deposit is there already."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.values.actor import Actor

from ..models import Attestation, Deposit
from ..statement_facts import StatementLineSettled
from ..statement_matching import may_be
from ..statement_refusals import DoubtIsOver, NotThatDeposit
from ..statement_tables import StatementRow
from .statement_attesting import count_more


def settle_doubt(store_id: int, row_id: int, *, deposit_id: int, by: Actor, at: datetime) -> None:
    """Let the line attest that deposit, once, and tell; raises DoubtIsOver, NotThatDeposit.

    Money that no deposit stands for is captured by hand, which two people do; then its line is attributed here.
    """
    with transaction.atomic():
        rows = StatementRow.objects.select_for_update(of=("self",)).select_related("statement")
        row = rows.filter(store_id=store_id, pk=row_id, is_credit=True, state="doubtful").first()
        if row is None:
            raise DoubtIsOver
        _hold(store_id, deposit_id)
        if deposit_id not in may_be(row):
            raise NotThatDeposit
        notice = row.statement.notice
        assert notice is not None
        why, row.state, row.why, row.deposit_id = row.why, "attests", "", deposit_id
        row.save(update_fields=["state", "why", "deposit"])
        Attestation.objects.create(
            deposit_id=deposit_id,
            notice=notice,
            feed=row.statement.feed,
            believed=True,
            agrees=True,
            at=at,
        )
        count_more(row.statement_id, {"known": 1, "doubtful": -1})
        said = {"line": row.line, "why": why, "deposit": deposit_id}
        record(store_id, by, "statement.line_settled", f"statement:{row.statement_id}", said, at=at)
        publish(
            StatementLineSettled(
                store_id=store_id, at=at, row_id=row.pk, statement_id=row.statement_id, deposit_id=deposit_id
            )
        )


def _hold(store_id: int, deposit_id: int) -> None:
    """Lock the deposit: two lines may be meant for it, and the second waits here and finds it taken."""
    Deposit.objects.select_for_update(no_key=True).filter(store_id=store_id, pk=deposit_id).first()
