"""Ask for a refund, propose it to a second person, and decide: what goes back is computed again under the locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import Asked, ChangedMeanwhile, deciding, grant, propose
from seguripago.foundations.approvals.queries import ProposalView
from seguripago.foundations.approvals.rules import Json
from seguripago.journey.cards.commands.refunding import check_refund, lock_charge
from seguripago.journey.cards.refusals import OnlyWhole
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.values.actor import Actor
from seguripago.values.card_numbers import holds_card_number
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.values.safe_text import clean

from ..facts import RefundAsked, RefundRejected
from ..models import Refund
from ..refusals import RefundElsewhere, RefundTooMuch, RefundUnknown, RefundWithoutWhy
from ..rules import REASON_LABELS, LegPlan, RefundEvent, RefundReason, RefundState, Road, move
from ..sources import Sources, sources_of
from .legs import leaves_nothing, let_parcel_go
from .opening import carry_out
from .telling import tell

KIND: Final = "refund.open"


def ask_refund(
    order_id: int,
    amount: Money,
    *,
    reason: RefundReason,
    subject: str = "",
    note: str,
    charge_id: int | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Ask that an amount of an order's money goes back; gives the refund's id. Once for `subject`.

    A person of the store proposes it with that to a second one; what a buyer asks waits for `propose_refund`. With
    `charge_id`, to the card of that charge alone. Raises RefundTooMuch, RefundWithoutWhy, AlreadyProposed, NotYourRole,
    and of a charge ChargeUnknown, NotCharged, ChargeDisputed, MoneyUnplaced, RefundTooLarge, OnlyWhole.
    """
    why = " ".join(clean(note).split())[:240]
    with transaction.atomic():
        order = orders.lock_order(order_id)
        if subject and (known := Refund.objects.filter(subject=subject).values_list("pk", flat=True).first()):
            return known
        sources = sources_of(order_id, charge_id=charge_id)
        if charge_id is not None:
            _check_charge(charge_id, amount, sources)
        if not why or holds_card_number(why) or amount.centavos <= 0:
            raise RefundWithoutWhy
        if sources.plan(amount) is None:
            raise RefundTooMuch(sources.left)
        refund = Refund.objects.create(
            store_id=order.store_id,
            order_id=order_id,
            charge_id=charge_id,
            subject=subject[:80] or f"new:{order_id}:{at.isoformat()}",
            reason=reason.value,
            amount_centavos=amount.centavos,
            currency=amount.currency,
            state=RefundState.ASKED.value,
            note=why,
            asked_by=by.name[:120],
            asked_by_kind=by.kind,
            asked_by_id=by.id,
            asked_at=at,
        )
        if not subject:
            refund.subject = f"asked:{refund.pk}"
            refund.save(update_fields=["subject"])
        tell(refund, RefundAsked, "refund.asked", by=by, at=at)
        if by.kind == "staff":
            _propose(refund, order, sources, by=by, at=at)
    return refund.pk


def propose_refund(refund_id: int, *, by: Actor, at: datetime) -> int:
    """Propose what a buyer asked for, as a person of the store; gives the proposal's id.

    Raises RefundUnknown, RefundElsewhere, RefundTooMuch, AlreadyProposed, NotYourRole.
    """
    with transaction.atomic():
        refund, order = lock_refund(refund_id)
        if refund.state != RefundState.ASKED or refund.order_id is None:
            raise RefundElsewhere(refund.state)
        return _propose(refund, order, sources_of(refund.order_id, charge_id=refund.charge_id), by=by, at=at)


def approve_refund(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve as a second person exactly what was seen; gateway and bank are told once this is committed.

    Raises what approvals.grant raises: ChangedMeanwhile leaves the proposal void, and the refund asked for.
    """
    with deciding(proposal_id, at=at):
        asked = approvals.lock(proposal_id, at=at, by=by, kinds=(KIND,))
        refund, order = lock_refund(asked.effects["refund"])
        if refund.state != RefundState.ASKED:
            raise ChangedMeanwhile("Ese reembolso ya no espera esta decisión.")
        assert refund.order_id is not None
        sources = sources_of(refund.order_id, charge_id=refund.charge_id)
        amount = Money(refund.amount_centavos, refund.currency)
        legs = sources.plan(amount)
        if legs is None:
            raise ChangedMeanwhile(f"Ya solo se pueden reembolsar {sources.left}.")
        effects = _effects(refund, order, legs, stops=leaves_nothing(amount, order))
        grant(proposal_id, seen=seen, effects_now=effects, by=by, at=at)
        refund.state = move(refund.state, RefundEvent.APPROVE).value
        refund.proposal_id, refund.approved_by, refund.approved_at = proposal_id, by.name[:120], at
        refund.save(update_fields=["state", "proposal", "approved_by", "approved_at"])
        try:
            carry_out(refund, proposal_id=proposal_id, by=by, at=at)
        except Refusal as refusal:
            raise ChangedMeanwhile(f"Ese dinero ya no admite este reembolso ({refusal.code}).") from refusal


def reject_refund(proposal_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no as a second person: nothing goes back. Raises what approvals.reject raises."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
        approvals.reject(proposal_id, reason=reason, by=by, at=at)
        _end(asked, reason or "La tienda no lo aprobó.", by=by, at=at)


def withdraw_refund(proposal_id: int, *, by: Actor, at: datetime) -> None:
    """Take back what one proposed oneself. Raises what approvals.withdraw raises."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
        approvals.withdraw(proposal_id, by=by, at=at)
        _end(asked, "Quien lo propuso lo retiró.", by=by, at=at)


def lock_refund(refund_id: int) -> tuple[Refund, LockedOrder]:
    """Lock a refund of an order's money: the order first, then its payments are free to be locked, then the refund.

    Raises RefundUnknown.
    """
    order_id = Refund.objects.filter(pk=refund_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise RefundUnknown
    order = orders.lock_order(order_id)
    return Refund.objects.select_for_update(of=("self",)).get(pk=refund_id), order


def end_asked(refund: Refund, words: str, *, by: Actor, at: datetime) -> None:
    """A refund that was asked for comes to nothing."""
    refund.state = move(refund.state, RefundEvent.REJECT).value
    refund.words, refund.ended_at = words[:240], at
    refund.save(update_fields=["state", "words", "ended_at"])
    tell(refund, RefundRejected, "refund.rejected", by=by, at=at, why=refund.words)
    let_parcel_go(refund, by=by, at=at)


def _end(asked: ProposalView, words: str, *, by: Actor, at: datetime) -> None:
    refund, _ = lock_refund(asked.effects["refund"])
    if refund.state == RefundState.ASKED:
        end_asked(refund, words, by=by, at=at)


def _check_charge(charge_id: int, amount: Money, sources: Sources) -> None:
    """Refuse in the cards' own words what this charge cannot give back."""
    charge = lock_charge(charge_id)
    check_refund(charge, amount)
    card = next((each for each in sources.cards if each.charge_id == charge_id), None)
    if card is not None and card.whole_only and amount != card.left:
        raise OnlyWhole


def _propose(refund: Refund, order: LockedOrder, sources: Sources, *, by: Actor, at: datetime) -> int:
    amount = Money(refund.amount_centavos, refund.currency)
    legs = sources.plan(amount)
    if legs is None:
        raise RefundTooMuch(sources.left)
    stops = leaves_nothing(amount, order)
    lines = [f"Reembolsar {amount} del pedido {order.number}: {REASON_LABELS[RefundReason(refund.reason)].lower()}."]
    lines += [_line(leg) for leg in legs]
    if refund.reason == RefundReason.UNSENT:
        lines.append("Lo que falta del pedido ya no se envía.")
    elif stops and order.part_sent_at is not None:
        lines.append("Una parte del pedido ya salió: lo que falta no se envía.")
    elif stops:
        lines.append("El pedido no ha salido: se detiene su envío, y al reembolsarse todo se cancela.")
    lines.append(f"Motivo: {refund.note}")
    effects = _effects(refund, order, legs, stops=stops)
    return propose(Asked(refund.store_id, KIND, f"refund:{refund.pk}", effects, tuple(lines)), by=by, at=at)


def _line(leg: LegPlan) -> str:
    if leg.road is Road.CARD:
        return f"{leg.amount} a {leg.card}, por la pasarela."
    if leg.account is None:
        return f"{leg.amount} por SPEI, a la cuenta que dé el comprador: nadie sabe de cuál vino."
    return f"{leg.amount} por SPEI a {leg.account.number}, de {leg.account.holder}: la cuenta de donde vino."


def _effects(refund: Refund, order: LockedOrder, legs: Sequence[LegPlan], *, stops: bool) -> dict[str, Json]:
    return {
        "refund": refund.pk,
        "order": order.number,
        "centavos": refund.amount_centavos,
        "currency": refund.currency,
        "reason": refund.reason,
        "note": refund.note,
        "stops_parcel": stops,
        "cancels_order": stops and order.part_sent_at is None,
        "legs": [
            {
                "road": leg.road.value,
                "centavos": leg.amount.centavos,
                "charge": leg.charge_id,
                "deposit": leg.deposit_id,
                "account": leg.account.number if leg.account else "",
                "holder": leg.account.holder if leg.account else "",
            }
            for leg in legs
        ],
    }
