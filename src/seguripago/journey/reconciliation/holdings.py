"""What a case holds and what an order could take, read from the tables: the same for screens and for decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Sum

from seguripago.journey.bank.queries import payers
from seguripago.journey.cards.queries.apart import ApartView, kept_apart
from seguripago.journey.payments.queries import TransferStanding, orders_of_payments, transfers_of
from seguripago.journey.payments.rules import OPEN, State
from seguripago.values import clabe

from .models import Allocation, Case, CasePart, ReturnInstruction
from .rules import PAID_ORDER, CaseKind
from .rules.actions import Account, Card, CaseState, Holding, Source, Target
from .rules.returns import PENDING, ReturnState
from .rules.twins import is_cause_of_twin

OUT = ("payment", "return", "write_off", "not_ours", "card")
WHY_NOT_TO_CARD = {
    "disputed": "El banco ya tomó este dinero: un reembolso lo daría dos veces.",
    "whole_only": "Esta pasarela solo reembolsa cobros completos: hazlo en su panel.",
}
HOLD_NOTHING = frozenset({CaseKind.REVERSED, CaseKind.CHARGEBACK})
LEFT_ON_PAYMENT = frozenset({CaseKind.PART_EXPIRED, CaseKind.DUPLICATE})
UNFINISHED = frozenset({State.PARTLY_PAID, State.CANCELLED})
TAKES = frozenset({*OPEN, State.EXPIRED, State.CANCELLED, State.REVERSED})


def holding_of(case: Case) -> Holding:
    """The case with its money by deposit, the oldest first."""
    kind = CaseKind(case.kind)
    number = ""
    if case.payment_id is not None:
        number = orders_of_payments([case.payment_id])[case.payment_id].number
    charge_id = charge_of(case)
    apart = None if charge_id is None else kept_apart(charge_id)
    pending = ReturnInstruction.objects.filter(case=case, state__in=PENDING).aggregate(all=Sum("amount_centavos"))
    on_payment = _sources(_on_payment(case)) if kind in LEFT_ON_PAYMENT else ()
    return Holding(
        case_id=case.pk,
        kind=kind,
        state=CaseState(case.state),
        currency=case.currency,
        sources=() if kind in HOLD_NOTHING else _sources(_held(case, apart)),
        on_payment=on_payment,
        order_number=number,
        pending=(pending["all"] or 0) + (apart.pending.centavos if apart else 0),
        may_be_twin=is_cause_of_twin(case.cause),
        card=None if apart is None else _card(apart),
    )


def charge_of(case: Case) -> int | None:
    """The charge whose money the case holds; None when no card brought it."""
    what, _, rest = case.cause.partition(":")
    number = rest.partition(":")[0]
    return int(number) if what == "charge" and number.isdecimal() else None


def _held(case: Case, apart: ApartView | None) -> dict[int, int]:
    """What the case still holds; of a card's money never more than has not gone back, also in the gateway's panel."""
    held = left_by_deposit(case)
    if apart is None:
        return held
    return {deposit_id: min(part, apart.left.centavos) for deposit_id, part in held.items() if apart.left}


def _card(apart: ApartView) -> Card:
    return Card(apart.charge_id, apart.card or "la tarjeta", apart.gateway, WHY_NOT_TO_CARD.get(apart.why_not, ""))


def targets_of(store_id: int, numbers: Collection[str]) -> dict[str, Target]:
    """The orders of the store by number, each with why it could not take money."""
    found = transfers_of(store_id, numbers=numbers) if numbers else ()
    return {each.order_number: _target(each) for each in found}


def gave_out(case: Case) -> bool:
    """Whether money of the case has left it, or is on its way."""
    parts = CasePart.objects.filter(case=case, kind__in=OUT)
    return parts.exclude(instruction__state=ReturnState.FAILED.value).exists()


def _target(each: TransferStanding) -> Target:
    return Target(
        order_id=each.order_id,
        order_number=each.order_number,
        order_state=each.order_state,
        payment_id=each.payment_id,
        payment_state=each.state.value,
        amount=each.amount,
        received=each.received,
        clause=_clause(each),
    )


def _clause(each: TransferStanding) -> str:
    if each.order_state in PAID_ORDER:
        return f"El pedido {each.order_number} ya está pagado."
    if not each.is_accepted:
        return f"El comprador del pedido {each.order_number} no ha aceptado la confirmación."
    if each.order_state == "placed":
        return f"El pedido {each.order_number} espera una corrección de su comprador."
    if each.state not in TAKES:
        return f"El pago del pedido {each.order_number} ya no admite dinero."
    if each.received >= each.amount:
        return f"Al pedido {each.order_number} no le falta nada."
    return ""


def allocated(**where: int) -> dict[int, int]:
    """Centavos by deposit that are allocated to a case or a payment now."""
    rows = Allocation.objects.filter(**where).values_list("deposit_id").annotate(Sum("centavos"))
    return {deposit_id: centavos for deposit_id, centavos in sorted(rows) if centavos > 0}


def left_by_deposit(case: Case) -> dict[int, int]:
    """Centavos by deposit that the case still holds; 0 stands for a card's money."""
    held = allocated(case_id=case.pk)
    if case.cause.startswith("charge:"):
        held[0] = case.amount_centavos
    gone: dict[int, int] = defaultdict(int)
    parts = CasePart.objects.filter(case=case, kind__in=OUT).exclude(instruction__state=ReturnState.FAILED.value)
    for deposit_id, centavos in parts.values_list("instruction__deposit_id", "centavos"):
        gone[deposit_id or min(held, default=0)] += centavos
    if 0 in held:
        back = CasePart.objects.filter(case=case, kind="card_back").aggregate(all=Sum("centavos", default=0))
        gone[0] -= back["all"]
    return {deposit_id: left for deposit_id, part in held.items() if (left := part - gone[deposit_id]) > 0}


def _on_payment(case: Case) -> dict[int, int]:
    """Centavos by deposit on a payment that never became whole: no deposit of the case's own brought them."""
    if case.deposit_id is not None or case.payment_id is None or case.cause.startswith("charge:"):
        return {}
    (number,) = (order.number for order in orders_of_payments([case.payment_id]).values())
    (standing,) = transfers_of(case.store_id, numbers=[number])
    return allocated(payment_id=case.payment_id) if standing.state in UNFINISHED else {}


def _sources(held: dict[int, int]) -> tuple[Source, ...]:
    known = payers([pk for pk in held if pk])
    sources = []
    for deposit_id, centavos in sorted(held.items()):
        payer = known.get(deposit_id)
        account = None
        if payer is not None and is_account(payer.account):
            account = Account(payer.account, payer.institution, payer.name)
        sources.append(Source(deposit_id, centavos, account))
    return tuple(sources)


def is_account(number: str) -> bool:
    """Whether the bank named an account that money can go back to: CLABE, card or phone."""
    if len(number) == clabe.LENGTH:
        return clabe.is_valid(number)
    return number.isascii() and number.isdigit() and len(number) in {10, 16} and set(number) != {"0"}
