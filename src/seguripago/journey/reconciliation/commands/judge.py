"""Judge deposits in a batch: SQL gathers and writes in sets, only `rules.judge` decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple, assert_never

from django.db import connection, transaction

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.bank.queries import DepositView, deposits
from seguripago.journey.catalogue.commands import OutOfStock
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.commands import Candidate, Settlement, confirm_payments, lock_candidates
from seguripago.journey.payments.rules import Standing, receive
from seguripago.values.actor import Actor
from seguripago.values.json_text import json_text

from ..facts import CaseOpened
from ..models import Case
from ..rules import (
    DEFAULTS,
    CaseKind,
    Certain,
    DepositFacts,
    Doubtful,
    PaymentFacts,
    Unknown,
    Verdict,
    judge,
)
from .reversals import note_returned, settle_reversals
from .suggesting import Rest, as_json, suggestions_for

AREA = Actor.system("Área de Medios de Pago")
JUDGED: Final = "SELECT deposit_id FROM verdict WHERE deposit_id = ANY(%s)"
KEEP_VERDICTS: Final = """
    INSERT INTO verdict (deposit_id, store_id, kind, payment_id, completes, reasons, suggestions, at)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::boolean[], %s::jsonb[],
        %s::jsonb[], %s::timestamptz[])
"""
KEEP_ALLOCATIONS: Final = """
    INSERT INTO allocation (deposit_id, part, payment_id, case_id, centavos, at)
    SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
"""


def judge_deposits(ids: Collection[int], *, at: datetime) -> None:
    """Judge the deposits that have no verdict yet and do what is certain; the rest become cases.

    One transaction; locks orders, then payments. Repeating it changes nothing.
    """
    with transaction.atomic():
        arrived = sorted(
            deposits(set(ids) - judged_of(ids)),
            key=lambda deposit: (deposit.settled_at, deposit.id),
        )
        if not arrived:
            return
        times = Counter(deposit.clabe for deposit in arrived)
        owners = {
            clabe: _payment_facts(candidate)
            for clabe, candidate in lock_candidates({deposit.clabe for deposit in arrived}).items()
        }
        verdicts: list[tuple[DepositView, Verdict]] = []
        for deposit in arrived:
            owner = owners.get(deposit.clabe)
            if owner is not None and owner.store_id != deposit.store_id:
                owner = None  # Another store's CLABE is nobody's here.
            verdict = _decide(deposit, owner, at=at)
            if times[deposit.clabe] > 1 and isinstance(verdict, Certain) and owner is not None:
                owners[deposit.clabe] = _after(owner, verdict)
            verdicts.append((deposit, verdict))
        _write(_explained(verdicts, at=at), at=at)


def judged_of(ids: Collection[int]) -> set[int]:
    """Those of these deposits that have a verdict."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGED, [list(ids)])
        return {row[0] for row in cursor.fetchall()}


def _decide(deposit: DepositView, owner: PaymentFacts | None, *, at: datetime) -> Verdict:
    facts = DepositFacts(
        deposit.id,
        deposit.amount,
        deposit.clabe,
        deposit.is_own_account,
        deposit.concept,
        deposit.settled_at,
        deposit.is_returned,
    )
    if owner is None:
        return judge(facts, None)
    verdict = judge(facts, owner)
    if isinstance(verdict, Certain) and verdict.revives:
        try:
            with transaction.atomic():
                orders.hold_again(owner.order_id, at=at)
        except (OutOfStock, orders.NeverAccepted):
            return judge(facts, replace(owner, can_be_honoured=False))
    return verdict


def _explained(verdicts: Sequence[tuple[DepositView, Verdict]], *, at: datetime) -> list[tuple[DepositView, Verdict]]:
    """The verdicts that leave money to be placed, with the orders that it may be for: looked up for all at once."""
    seeking: list[DepositView] = []
    rests: dict[int, Rest] = {}
    for deposit, verdict in verdicts:
        match verdict:
            case Certain(excess=excess):
                if excess:
                    seeking.append(deposit)
                    rests[deposit.id] = Rest(excess, verdict.payment_id)
            case Doubtful(kind=kind):
                if kind not in {CaseKind.REVERSED, CaseKind.CONTRADICTION}:
                    seeking.append(deposit)
                    rests[deposit.id] = Rest(deposit.amount, verdict.payment_id)
            case Unknown(kind=kind):
                if kind is not CaseKind.REVERSED:
                    seeking.append(deposit)
    found = suggestions_for(seeking, rests=rests, at=at) if seeking else {}
    return [
        (deposit, replace(verdict, suggestions=found[deposit.id]) if deposit.id in found else verdict)
        for deposit, verdict in verdicts
    ]


def _payment_facts(candidate: Candidate) -> PaymentFacts:
    return PaymentFacts(
        payment_id=candidate.payment_id,
        order_id=candidate.order_id,
        store_id=candidate.store_id,
        order_number=candidate.order_number,
        order_state=candidate.order_state,
        state=candidate.state,
        amount=candidate.amount,
        received=candidate.received,
        expires_at=candidate.expires_at,
        watch_until=candidate.watch_until,
        can_be_honoured=True,
        shipping_hold=candidate.shipping_hold,
    )


def _after(owner: PaymentFacts, verdict: Certain) -> PaymentFacts:
    """The payment as the next deposit of the batch finds it."""
    effect = receive(Standing(owner.payment_id, owner.state, owner.amount, owner.received), verdict.applied)
    order_state = "verified" if verdict.revives else owner.order_state
    return replace(
        owner,
        state=effect.after.state,
        received=effect.after.received,
        order_state="paid" if effect.completes else order_state,
    )


class VerdictRow(NamedTuple):
    """A row of `verdict` as it is written."""

    deposit_id: int
    store_id: int
    kind: str
    payment_id: int | None
    completes: bool
    reasons: str
    suggestions: str
    at: datetime


class AllocationRow(NamedTuple):
    """A row of `allocation` as it is written."""

    deposit_id: int
    part: int
    payment_id: int | None
    case_id: int | None
    centavos: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What one verdict writes; a case comes with the id of its order, 0 when none is known."""

    row: VerdictRow
    settlement: Settlement | None = None
    case: tuple[Case, int] | None = None


def _write(verdicts: Sequence[tuple[DepositView, Verdict]], *, at: datetime) -> None:
    decided = [_decided(deposit, verdict, at=at) for deposit, verdict in verdicts]
    cases = [each.case for each in decided if each.case is not None]
    _keep_verdicts([each.row for each in decided])
    Case.objects.bulk_create(case for case, _ in cases)
    _keep_allocations(
        [
            AllocationRow(deposit.id, 1, verdict.payment_id, None, verdict.applied.centavos, at)
            for deposit, verdict in verdicts
            if isinstance(verdict, Certain)
        ]
        + [
            AllocationRow(case.deposit_id, 2, None, case.pk, case.amount_centavos, at)
            for case, _ in cases
            if case.deposit_id is not None
        ]
    )
    confirm_payments([each.settlement for each in decided if each.settlement is not None], by=AREA, at=at)
    whole_again = {verdict.payment_id for _, verdict in verdicts if isinstance(verdict, Certain) and verdict.ends_doubt}
    if whole_again:
        settle_reversals(whole_again, at=at)
    note_returned([case for case, _ in cases if case.kind == CaseKind.REVERSED.value], at=at)
    publish(
        *(
            CaseOpened(
                store_id=case.store_id,
                at=at,
                case_id=case.pk,
                kind=case.kind,
                order_id=order_id,
                centavos=case.amount_centavos,
            )
            for case, order_id in cases
            if case.kind != CaseKind.REVERSED.value
        )
    )


def _keep_verdicts(rows: Sequence[VerdictRow]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP_VERDICTS, [list(column) for column in zip(*rows, strict=True)])


def _keep_allocations(rows: Sequence[AllocationRow]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(KEEP_ALLOCATIONS, [list(column) for column in zip(*rows, strict=True)])


def _decided(deposit: DepositView, verdict: Verdict, *, at: datetime) -> Decided:
    suggested = as_json(verdict.suggestions)
    match verdict:
        case Certain():
            row = _row(deposit, "certain", verdict.payment_id, verdict.reasons, at=at, completes=verdict.completes)
            settlement = _settlement(deposit, verdict)
            if not verdict.excess:
                return Decided(row, settlement)
            excess = _case(deposit, CaseKind.EXCESS, verdict.payment_id, verdict.reasons, at=at)
            excess.amount_centavos = verdict.excess.centavos
            excess.suggestions = suggested
            return Decided(row, settlement, (excess, verdict.order_id))
        case Doubtful():
            row = _row(deposit, "doubtful", verdict.payment_id, verdict.reasons, suggested, at=at)
            doubt = _case(deposit, verdict.kind, verdict.payment_id, verdict.reasons, at=at)
            doubt.suggestions = suggested
            return Decided(row, case=(doubt, verdict.order_id))
        case Unknown():
            row = _row(deposit, "unknown", None, verdict.reasons, suggested, at=at)
            orphan = _case(deposit, verdict.kind, None, verdict.reasons, at=at)
            orphan.suggestions = suggested
            return Decided(row, case=(orphan, 0))
        case never:
            assert_never(never)


def _settlement(deposit: DepositView, verdict: Certain) -> Settlement:
    return Settlement(
        payment_id=verdict.payment_id,
        source=f"deposit:{deposit.id}",
        applied=verdict.applied,
        received_at=deposit.received_at,
        comes_from=Account.SUSPENSE,
        tracking_key=deposit.tracking_key,
        exception="excess" if verdict.excess else "late" if verdict.late else "none",
    )


def _row(
    deposit: DepositView,
    kind: str,
    payment_id: int | None,
    reasons: tuple[str, ...],
    suggestions: Sequence[Mapping[str, Any]] = (),
    *,
    at: datetime,
    completes: bool = False,
) -> VerdictRow:
    return VerdictRow(
        deposit.id, deposit.store_id, kind, payment_id, completes, json_text(reasons), json_text(suggestions), at
    )


def _case(
    deposit: DepositView, kind: CaseKind, payment_id: int | None, reasons: tuple[str, ...], *, at: datetime
) -> Case:
    return Case(
        store_id=deposit.store_id,
        kind=kind.value,
        cause=f"deposit:{deposit.id}:{kind.value}",
        deposit_id=deposit.id,
        payment_id=payment_id,
        amount_centavos=deposit.amount.centavos,
        currency=deposit.amount.currency,
        reasons=list(reasons),
        opened_at=at,
        due_at=at + DEFAULTS[kind].within,
    )
