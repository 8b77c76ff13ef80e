"""What the bank took back: undo where its parts went, let other money take their place, stop the parcel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.bank.queries import DepositView, deposits
from seguripago.journey.cards.queries import refunds_on_the_way, waits_for_banks
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.commands import Settlement, Undone, lock_payments, reverse_payments
from seguripago.journey.payments.queries import given_back, orders_of_payments
from seguripago.journey.payments.rules import Standing, State, can_lose
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import CaseOpened
from ..holdings import gave_out
from ..models import Allocation, Case, Verdict
from ..rules import DEFAULTS, CaseKind
from .payment_returns import payments_with_returns, stop_payment_returns
from .returning import stop_returns

AREA: Final = Actor.system("Área de Medios de Pago")
DECIDED: Final = ("approved", "done")
WAITING: Final = ("open", "rejected")
SURPLUS: Final = (CaseKind.EXCESS.value, CaseKind.DUPLICATE.value)


@dataclass(slots=True)
class Parts:
    """Where the parts of one deposit are now: centavos by payment and by case, and the next part's number."""

    by_payment: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    by_case: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    following: int = 1


def undo_returned(reasons: Mapping[int, str], *, at: datetime) -> None:
    """Undo judged deposits that the bank took back: `reasons` by deposit id. Repeating it changes nothing.

    One transaction; locks orders, then payments, then cases. A deposit that is not judged yet is left to judging.
    """
    with transaction.atomic():
        judged = dict(Verdict.objects.filter(pk__in=list(reasons)).values_list("pk", "payment_id"))
        causes = {pk: f"deposit:{pk}:{CaseKind.REVERSED.value}" for pk in judged}
        done = set(Case.objects.filter(cause__in=causes.values()).values_list("cause", flat=True))
        going = [
            deposit for deposit in deposits([pk for pk in judged if causes[pk] not in done]) if deposit.is_returned
        ]
        if not going:
            return
        touched = _lock_all({payment_id for payment_id in judged.values() if payment_id}, going)
        for deposit in going:
            # The owner may have changed hands by a decided case: what holds the money is what loses it.
            owner = next(iter(sorted(_payments_of([deposit]))), judged[deposit.id])
            _undo(deposit, owner, lock_payments(touched), reasons[deposit.id], at=at)


class _MovedMeanwhile(Exception):
    """While the locks were waited for, somebody gave the money to a payment or a case that is not locked."""


def _lock_all(owners: Collection[int], going: Collection[DepositView]) -> set[int]:
    """Lock the payments that judging named and those that hold the money, then its cases; gives the payments.

    Nothing moves while they are locked. What moved before is looked for again, with the locks let go.
    """
    while True:
        payments, cases = {*owners, *_payments_of(going)}, _cases_of(going)
        try:
            with transaction.atomic():
                lock_payments(payments)
                list(Case.objects.select_for_update().filter(pk__in=cases).order_by("pk"))
                if not (_payments_of(going) <= payments and _cases_of(going) <= cases):
                    raise _MovedMeanwhile
                return payments
        except _MovedMeanwhile:
            continue


def _payments_of(going: Iterable[DepositView]) -> set[int]:
    rows = Allocation.objects.filter(deposit_id__in=[deposit.id for deposit in going], payment__isnull=False)
    return set(rows.values_list("payment_id", flat=True))


def _cases_of(going: Iterable[DepositView]) -> set[int]:
    rows = Allocation.objects.filter(deposit_id__in=[deposit.id for deposit in going], case__isnull=False)
    return set(rows.values_list("case_id", flat=True))


def _undo(
    deposit: DepositView, owner: int | None, standings: Mapping[int, Standing], reason: str, *, at: datetime
) -> None:
    parts = _parts_of([deposit.id])[deposit.id]
    # What two people approved and nobody has told the bank yet is not returned a second time.
    why = "El banco devolvió el depósito a quien lo envió."
    stop_returns(parts.by_case, reason=why, by=AREA, at=at)
    stop_payment_returns(parts.by_payment, reason=why, by=AREA, at=at)
    going_back = payments_with_returns(parts.by_payment)
    case = _reversed_case(deposit, owner, reason, at=at)
    case.save()
    kept = 0
    allocations: list[Allocation] = []
    undone = []
    for payment_id, centavos in sorted(parts.by_payment.items()):
        if payment_id in going_back or not can_lose(standings[payment_id].state):
            kept += centavos
            case.reasons.append("Ese pago ya se había reembolsado: una persona lo aclara con el banco.")
            continue
        undone.append(
            Undone(payment_id, f"deposit:{deposit.id}", Money(centavos, deposit.amount.currency), deposit.amount)
        )
        allocations.append(_part(deposit.id, parts, -centavos, at=at, payment_id=payment_id))
    cases = list(Case.objects.select_for_update().filter(pk__in=list(parts.by_case)).order_by("pk"))
    decided = {each.pk for each in cases if each.state in DECIDED or gave_out(each)}
    for held_by in cases:
        if held_by.pk in decided:
            kept += parts.by_case[held_by.pk]
            case.reasons.append("Una parte ya se había decidido en otra excepción: una persona lo aclara con el banco.")
            continue
        allocations.append(_part(deposit.id, parts, -parts.by_case[held_by.pk], at=at, case_id=held_by.pk))
    if gone := deposit.amount.centavos - kept:
        allocations.append(_part(deposit.id, parts, gone, at=at, case_id=case.pk))
    Allocation.objects.bulk_create(allocations)
    _close([each for each in cases if each.pk not in decided], "El banco devolvió este dinero a quien lo envió.")
    if owner is not None and owner not in parts.by_payment and _may_hear(standings[owner]):
        undone.append(_unapplied(owner, deposit.id, standings[owner], deposit.amount))
    refills = [refill for each in undone for refill in _refills(each, standings[each.payment_id], at=at)]
    if undone:
        reverse_payments(undone, refills=refills, by=AREA, at=at)
    _settle(case, is_clear=not kept, at=at)


def _may_hear(standing: Standing) -> bool:
    """Whether a payment that never had the money hears that it went back: its buyer thinks that he has paid."""
    return can_lose(standing.state) and standing.state is not State.CONFIRMED


def _unapplied(payment_id: int, deposit_id: int, standing: Standing, returned: Money) -> Undone:
    return Undone(payment_id, f"deposit:{deposit_id}", Money.zero(standing.amount.currency), returned)


def note_returned(cases: Sequence[Case], *, at: datetime) -> None:
    """Let payments hear of deposits that were judged when the bank had already taken them back.

    Runs in the transaction that judged them, after everything else of it was written.
    """
    held = {case.deposit_id: case.amount_centavos for case in cases if case.deposit_id is not None}
    for case in cases:
        if case.payment_id is not None:
            (standing,) = lock_payments([case.payment_id]).values()
            if _may_hear(standing):
                amount = Money(held[case.deposit_id or 0], case.currency)
                undone = _unapplied(case.payment_id, case.deposit_id or 0, standing, amount)
                reverse_payments([undone], by=AREA, at=at)
        _settle(case, is_clear=True, at=at)


def settle_reversals(payment_ids: Collection[int], *, at: datetime) -> None:
    """Close what stayed open because money had gone, where these payments are whole again: their parcels may go."""
    open_ones = Case.objects.filter(payment_id__in=list(payment_ids), kind=CaseKind.REVERSED.value).exclude(
        state="done"
    )
    doubted = set(open_ones.values_list("payment_id", flat=True))
    whole = [pk for pk, standing in lock_payments(doubted).items() if standing.state is State.CONFIRMED]
    if whole:
        _close(open_ones.filter(payment_id__in=whole), "El pedido volvió a quedar pagado.")
        let_shipping_go(whole, at=at)


def let_shipping_go(payment_ids: Collection[int], *, at: datetime) -> None:
    """Let parcels leave for which no doubt is open any more: call it after closing what had stopped them.

    What went back wholly stays, by a refund or by a cardholder's bank, and so does what is about to; while a bank has
    not decided everything stays. Where one has taken a part for good the rest leaves once people have settled its case.
    """
    stops = Q(kind__in=[CaseKind.REVERSED.value, CaseKind.CHARGEBACK.value])
    stops |= Q(kind=CaseKind.CONTRADICTION.value, cause__endswith=":believed")
    doubtful = Case.objects.filter(stops, payment_id__in=list(payment_ids)).exclude(state="done")
    still = set(doubtful.values_list("payment_id", flat=True)) | refunds_on_the_way(payment_ids)
    still |= payments_with_returns(payment_ids)
    standings = lock_payments(set(payment_ids) - still)
    for payment_id, order in sorted(orders_of_payments(standings).items()):
        if not _is_gone(standings[payment_id], order.order_id):
            orders.hold_shipping(order.order_id, is_held=False, reason=f"payment:{payment_id}", by=AREA, at=at)


def _is_gone(standing: Standing, order_id: int) -> bool:
    """Whether nothing is left of what a payment received, or a cardholder's bank may still take or give back of it."""
    if standing.state is State.CHARGED_BACK:
        return waits_for_banks(order_id) or given_back(order_id) >= standing.amount
    return standing.state is State.REFUNDED


def stop_shipping(payment_ids: Collection[int], *, reason: str, at: datetime) -> None:
    """Keep the parcels of these payments from leaving while a doubt is open."""
    for _, order in sorted(orders_of_payments(payment_ids).items(), key=lambda each: each[1].order_id):
        orders.hold_shipping(order.order_id, is_held=True, reason=reason, by=AREA, at=at)


def _settle(case: Case, *, is_clear: bool, at: datetime) -> None:
    """A case that leaves nobody short is done at once; the others stop the parcel and wait for a person."""
    order_id = 0
    if case.payment_id is not None:
        (standing,) = lock_payments([case.payment_id]).values()
        order_id = orders_of_payments([case.payment_id])[case.payment_id].order_id
        if standing.state is State.CANCELLED:
            case.reasons.append("Ese pago ya no se esperaba: el pedido se pagó de otra forma o se canceló.")
        elif standing.state is not State.CONFIRMED and can_lose(standing.state):
            is_clear = False
            case.reasons.append(f"Al pedido le faltan ahora {standing.missing}; su envío está detenido.")
            stop_shipping([case.payment_id], reason=case.cause, at=at)
        elif is_clear:
            case.reasons.append("El pedido está pagado con otro dinero: no hay nada que hacer.")
    case.state = "done" if is_clear else "open"
    case.save(update_fields=["state", "reasons"])
    if not is_clear:
        publish(
            CaseOpened(
                store_id=case.store_id,
                at=at,
                case_id=case.pk,
                kind=case.kind,
                order_id=order_id,
                centavos=case.amount_centavos,
            )
        )


def _reversed_case(deposit: DepositView, payment_id: int | None, reason: str, *, at: datetime) -> Case:
    return Case(
        store_id=deposit.store_id,
        kind=CaseKind.REVERSED.value,
        cause=f"deposit:{deposit.id}:{CaseKind.REVERSED.value}",
        deposit_id=deposit.id,
        payment_id=payment_id,
        amount_centavos=deposit.amount.centavos,
        currency=deposit.amount.currency,
        reasons=[f"El banco devolvió {deposit.amount} a quien lo envió. {reason}".strip()],
        opened_at=at,
        due_at=at + DEFAULTS[CaseKind.REVERSED].within,
    )


def _parts_of(deposit_ids: Collection[int]) -> dict[int, Parts]:
    """Where the parts of deposits are now, whatever moved them since."""
    found: dict[int, Parts] = defaultdict(Parts)
    rows = Allocation.objects.filter(deposit_id__in=list(deposit_ids)).order_by("deposit_id", "part")
    for row in rows:
        parts = found[row.deposit_id]
        if row.payment_id is not None:
            parts.by_payment[row.payment_id] += row.centavos
        elif row.case_id is not None:
            parts.by_case[row.case_id] += row.centavos
        parts.following = row.part + 1
    for parts in found.values():
        parts.by_payment = {pk: left for pk, left in parts.by_payment.items() if left}
        parts.by_case = {pk: left for pk, left in parts.by_case.items() if left}
    return found


def _part(
    deposit_id: int,
    parts: Parts,
    centavos: int,
    *,
    at: datetime,
    payment_id: int | None = None,
    case_id: int | None = None,
) -> Allocation:
    row = Allocation(
        deposit_id=deposit_id, part=parts.following, payment_id=payment_id, case_id=case_id, centavos=centavos, at=at
    )
    parts.following += 1
    return row


def _refills(undone: Undone, standing: Standing, *, at: datetime) -> list[Settlement]:
    """What the same buyer sent in excess or twice takes the place of what went back, if nobody has decided over it."""
    if standing.state is not State.CONFIRMED:
        return []
    short = undone.amount
    surplus = Case.objects.select_for_update().filter(payment_id=undone.payment_id, kind__in=SURPLUS, state__in=WAITING)
    cases = {case.pk: case for case in surplus.order_by("pk") if case.deposit_id is not None}
    views = {view.id: view for view in deposits({case.deposit_id for case in cases.values() if case.deposit_id})}
    all_parts = _parts_of(views)
    settlements = []
    order = sorted(cases.values(), key=lambda case: (views[case.deposit_id or 0].settled_at, case.deposit_id))
    for case in order:
        deposit = views[case.deposit_id or 0]
        parts = all_parts[deposit.id]
        held = Money(parts.by_case.get(case.pk, 0), case.currency)
        if not short or not held or deposit.is_returned:
            continue
        applied = min(held, short)
        short -= applied
        source = f"deposit:{deposit.id}:part:{parts.following + 1}"
        Allocation.objects.bulk_create(
            [
                _part(deposit.id, parts, -applied.centavos, at=at, case_id=case.pk),
                _part(deposit.id, parts, applied.centavos, at=at, payment_id=undone.payment_id),
            ]
        )
        settlements.append(
            Settlement(
                undone.payment_id,
                source,
                applied,
                deposit.received_at,
                Account.SUSPENSE,
                deposit.tracking_key,
            )
        )
        _shrink(case, held - applied)
    return settlements


def _shrink(case: Case, left: Money) -> None:
    case.reasons.append("Tomó el lugar de un depósito que el banco devolvió.")
    if left:
        case.amount_centavos = left.centavos
    else:
        case.state = "done"
    case.save(update_fields=["amount_centavos", "state", "reasons"])


def _close(cases: Iterable[Case], reason: str) -> None:
    for case in cases:
        case.state = "done"
        case.reasons = [*case.reasons, reason]
        case.save(update_fields=["state", "reasons"])
