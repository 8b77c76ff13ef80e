"""Doubt what may be one money under two tracking keys, before it is judged: no seal covers the key.

A deposit that two people let in waits for the bank to tell it. What the bank then tells under another key, equal in
all that a seal covers, may be that very transfer: it is booked and kept apart until a person has looked.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from seguripago.journey.bank.captured_twins import captured_twins
from seguripago.journey.bank.queries import DepositView, deposits
from seguripago.journey.payments.commands import Candidate, lock_candidates

from ..models import Allocation, Case, Verdict
from ..rules import DEFAULTS, CaseKind
from ..rules.twins import cause_of_twin, twin_reasons
from .judge import judge_deposits, judged_of
from .opening import open_once


def judge_arrived(ids: Collection[int], *, at: datetime) -> None:
    """Judge deposits that are new; those that may have been counted already become cases first."""
    with transaction.atomic():
        # A statement's import has judged its own before their facts are read.
        new = set(ids) - judged_of(ids)
        if new:
            doubt_twins(new, at=at)
            judge_deposits(new, at=at)


def doubt_twins(ids: Collection[int], *, at: datetime) -> int:
    """Open a case for each of these deposits that equals an earlier one, and keep its money there; returns how many.

    One transaction; locks orders, then payments. Repeating it changes nothing.
    """
    with transaction.atomic():
        twins = captured_twins(ids)
        if not twins:
            return 0
        known = {each.id: each for each in deposits({*twins, *(other for some in twins.values() for other in some)})}
        owners = lock_candidates({known[pk].clabe for pk in twins})
        judged = set(Verdict.objects.filter(pk__in=list(known)).values_list("pk", flat=True))
        cases: list[Case] = []
        orders: dict[str, int] = {}
        for pk, others in sorted(twins.items()):
            # Of two that arrive together only the later one is in doubt.
            earlier = [known[other] for other in others if other < pk or other in judged]
            if pk in judged or known[pk].is_returned or not earlier:
                continue
            owner = owners.get(known[pk].clabe)
            owner = owner if owner is not None and owner.store_id == known[pk].store_id else None
            cases.append(_case(known[pk], earlier[0], owner, at=at))
            orders[cases[-1].cause] = owner.order_id if owner else 0
        opened = open_once(cases, orders, at=at)
        placed = [(case, case.deposit_id) for case in opened if case.deposit_id is not None]
        Verdict.objects.bulk_create(_verdict(case, deposit_id) for case, deposit_id in placed)
        Allocation.objects.bulk_create(
            Allocation(deposit_id=deposit_id, part=2, case=case, centavos=case.amount_centavos, at=at)
            for case, deposit_id in placed
        )
    return len(opened)


def _case(deposit: DepositView, other: DepositView, owner: Candidate | None, *, at: datetime) -> Case:
    return Case(
        store_id=deposit.store_id,
        kind=CaseKind.CONTRADICTION.value,
        cause=cause_of_twin(deposit.id, other.id),
        deposit_id=deposit.id,
        payment_id=owner.payment_id if owner else None,
        amount_centavos=deposit.amount.centavos,
        currency=deposit.amount.currency,
        reasons=list(twin_reasons(deposit.amount, deposit.tracking_key, other.id, other.tracking_key)),
        opened_at=at,
        due_at=at + DEFAULTS[CaseKind.CONTRADICTION].within,
    )


def _verdict(case: Case, deposit_id: int) -> Verdict:
    return Verdict(
        deposit_id=deposit_id,
        store_id=case.store_id,
        kind="doubtful",
        payment_id=case.payment_id,
        reasons=case.reasons,
        at=case.opened_at,
    )
