"""What screens read of money that went back to cards: charges with their refunds, and what banks contest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from seguripago.ports import registry
from seguripago.ports.card_gateways import FAMILY
from seguripago.values.money import Money

from ..charge_words import months_words
from ..models import CardCharge, CardRefund, Chargeback
from ..rules.charges import ChargeState
from ..rules.refunds import OUT, DisputeState, RefundState, left_to_refund


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund: pending (with `sent_at` once the gateway was told), done or failed with its reason."""

    id: int
    amount: Money
    state: RefundState
    reason: str
    failure: str
    asked_by: str
    approved_by: str
    made_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    proposal_id: int | None
    ref: str


@dataclass(frozen=True, slots=True)
class ChargebackView:
    """What a cardholder's bank took back; `evidence_by` is until when the gateway takes the store's evidence."""

    id: int
    amount: Money
    state: DisputeState
    reason: str
    ref: str
    evidence_by: datetime | None
    opened_at: datetime
    changed_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state is DisputeState.OPEN


@dataclass(frozen=True, slots=True)
class PaidCharge:
    """A charge that was paid, with what went back of it and what may still go back.

    `apart`: what no payment could take and is in a case still; `placed_left`: what may go back of what one took.
    """

    id: int
    order_id: int
    order_number: str
    buyer_name: str
    gateway: str
    ref: str
    card_label: str
    installments: int
    authorization: str
    captured: Money
    returning: Money
    done: Money
    apart: Money
    placed_left: Money
    paid_at: datetime
    refunds: tuple[RefundView, ...]
    chargebacks: tuple[ChargebackView, ...]

    @property
    def months(self) -> str:
        """«3 meses sin intereses»; empty for a single payment."""
        return months_words(self.installments)

    @property
    def left(self) -> Money:
        """What may still be refunded: nothing while a bank has the money."""
        return Money.zero(self.captured.currency) if self.is_contested else self.placed_left

    @property
    def is_contested(self) -> bool:
        return any(each.state in OUT for each in self.chargebacks)

    @property
    def can_refund(self) -> bool:
        return bool(self.left)


def charges_with_refunds(
    store_id: int, *, before: int | None = None, query: str = "", only: str = "", limit: int = 50
) -> tuple[PaidCharge, ...]:
    """The store's paid charges, newest first. `only`: refunds or chargebacks; `query`: an order's number or a name."""
    rows = CardCharge.objects.filter(store_id=store_id, state=ChargeState.PAID.value)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if query:
        rows = rows.filter(
            Q(payment__order__number__icontains=query) | Q(payment__order__buyer_name__icontains=query) | Q(ref=query)
        )
    if only == "refunds":
        rows = rows.filter(refunds__isnull=False).distinct()
    elif only == "chargebacks":
        rows = rows.filter(chargebacks__isnull=False).distinct()
    return _views(rows.select_related("payment__order").order_by("-pk")[:limit])


def paid_charge(store_id: int, charge_id: int) -> PaidCharge | None:
    """A paid charge of this store, None for another store's."""
    rows = CardCharge.objects.filter(pk=charge_id, store_id=store_id, state=ChargeState.PAID.value)
    return next(iter(_views(rows.select_related("payment__order"))), None)


def refunds_of_order(order_id: int) -> tuple[RefundView, ...]:
    """The refunds of an order's charges, the first first."""
    rows = CardRefund.objects.filter(charge__payment__order_id=order_id).order_by("pk")
    return tuple(refund_view(row) for row in rows)


def made_refund(refund_id: int) -> RefundView:
    """A refund of any charge."""
    return refund_view(CardRefund.objects.get(pk=refund_id))


def refunds_on_the_way(payment_ids: Collection[int]) -> set[int]:
    """Those of the payments of which a refund has no end yet; what no payment took is none's."""
    rows = CardRefund.objects.filter(charge__payment_id__in=list(payment_ids), state=RefundState.PENDING.value)
    rows = rows.filter(amount_centavos__gt=F("apart_centavos"))
    return set(rows.values_list("charge__payment_id", flat=True))


def _views(rows: Iterable[CardCharge]) -> tuple[PaidCharge, ...]:
    found = list(rows)
    ids = [row.pk for row in found]
    refunds: dict[int, list[CardRefund]] = defaultdict(list)
    for refund in CardRefund.objects.filter(charge_id__in=ids).order_by("pk"):
        refunds[refund.charge_id].append(refund)
    chargebacks: dict[int, list[Chargeback]] = defaultdict(list)
    for chargeback in Chargeback.objects.filter(charge_id__in=ids).order_by("pk"):
        chargebacks[chargeback.charge_id].append(chargeback)
    return tuple(_view(row, refunds[row.pk], chargebacks[row.pk]) for row in found)


def waits_for_banks(order_id: int) -> bool:
    """Whether a cardholder's bank took money of the order back and has not decided yet."""
    return Chargeback.objects.filter(charge__payment__order_id=order_id, state=DisputeState.OPEN.value).exists()


def _view(row: CardCharge, refunds: list[CardRefund], chargebacks: list[Chargeback]) -> PaidCharge:
    order = row.payment.order
    done = sum(each.amount_centavos for each in refunds if each.state == RefundState.DONE)
    return PaidCharge(
        id=row.pk,
        order_id=order.pk,
        order_number=order.number,
        buyer_name=order.buyer_name,
        gateway=_title(row.gateway),
        ref=row.ref,
        card_label=row.card_label,
        installments=row.installments,
        authorization=row.authorization,
        captured=Money(row.captured_centavos, row.currency),
        returning=Money(row.returning_centavos, row.currency),
        done=Money(done, row.currency),
        apart=Money(row.apart_centavos - row.returning_apart_centavos, row.currency),
        placed_left=left_to_refund(
            Money(row.captured_centavos - row.apart_centavos - row.elsewhere_centavos, row.currency),
            Money(row.returning_centavos - row.returning_apart_centavos, row.currency),
        ),
        paid_at=row.changed_at,
        refunds=tuple(refund_view(each) for each in refunds),
        chargebacks=tuple(_chargeback(each) for each in chargebacks),
    )


def _title(slug: str) -> str:
    """How the gateway is called on screens; one that is gone, by its name here."""
    known = registry.adapters(FAMILY).get(slug)
    return slug if known is None else str(known.title)


def refund_view(row: CardRefund) -> RefundView:
    """A row as screens read it."""
    return RefundView(
        id=row.pk,
        amount=Money(row.amount_centavos, row.currency),
        state=RefundState(row.state),
        reason=row.reason,
        failure=row.failure,
        asked_by=row.asked_by,
        approved_by=row.approved_by,
        made_at=row.made_at,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        proposal_id=row.proposal_id,
        ref=row.ref,
    )


def _chargeback(row: Chargeback) -> ChargebackView:
    return ChargebackView(
        id=row.pk,
        amount=Money(row.amount_centavos, row.currency),
        state=DisputeState(row.state),
        reason=row.reason,
        ref=row.ref,
        evidence_by=row.evidence_by,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
    )
