"""Refunds with their legs, as lists and pages draw them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from seguripago.journey.bank.queries import payers
from seguripago.journey.evidence.queries import download_headers, is_file_of_another
from seguripago.journey.evidence.rules import CONTENT_TYPES, EvidenceKind
from seguripago.journey.reconciliation.rules.names import LEAST, likeness
from seguripago.ports.file_stores import file_store
from seguripago.values import clabe
from seguripago.values.money import Money

from ..models import Refund, RefundAccount, RefundLeg
from ..reading import leg_state, legs_of
from ..rules import (
    KEEPER_LABELS,
    LIVE,
    REASON_LABELS,
    STATE_LABELS,
    WAIT_LABELS,
    WAITS,
    Keeper,
    LegState,
    RefundReason,
    RefundState,
    Road,
    Waits,
)
from ..sources import sources_of


@dataclass(frozen=True, slots=True)
class LegView:
    """One road: to a card (`to` names it) or to an account (`to` is its number, `holder` whose it is).

    `bank_ref` is what the bank or the gateway calls it, `tracking_key` our own key of a transfer. `is_over`: it failed
    and another took its place.
    """

    id: int
    place: int
    road: Road
    amount: Money
    state: LegState
    to: str
    holder: str
    bank_name: str
    tracking_key: str
    bank_ref: str
    failure: str
    instruction_id: int | None
    charge_id: int | None
    file_id: int | None
    told_at: datetime | None
    ended_at: datetime | None
    is_over: bool

    @property
    def by_card(self) -> bool:
        return self.road is Road.CARD

    @property
    def last_digits(self) -> str:
        """How an account is named to a buyer: its last four digits."""
        return self.to[-4:] if not self.by_card else ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account that the buyer gave: given, confirmed by two people, or rejected with words."""

    id: int
    clabe: str
    bank_name: str
    holder: str
    filename: str
    state: str
    words: str
    given_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund with its legs (the living ones first to last) and the newest account that was given for it.

    `waits_for` (rules.Waits) of `keeper` (rules.Keeper) until `due_at`; `late`: somebody before him did not answer in
    time.
    """

    id: int
    store_id: int
    order_id: int | None
    order_number: str
    buyer_name: str
    case_id: int | None
    subject: str
    reason: RefundReason
    amount: Money
    state: RefundState
    note: str
    words: str
    charge_id: int | None
    proposal_id: int | None
    asked_by: str
    asked_by_buyer: bool
    asked_at: datetime
    approved_by: str
    approved_at: datetime | None
    instructed_at: datetime | None
    ended_at: datetime | None
    legs: tuple[LegView, ...]
    account: AccountView | None
    stopped_parcel: bool
    waits_for: str
    keeper: str
    due_at: datetime | None
    late: bool

    @property
    def wait_label(self) -> str:
        """What it waits for; empty when it has ended."""
        return WAIT_LABELS[Waits(self.waits_for)] if self.waits_for else ""

    @property
    def keeper_label(self) -> str:
        """Who is waited for."""
        return KEEPER_LABELS[Keeper(self.keeper)] if self.keeper else ""

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]

    @property
    def reason_label(self) -> str:
        return REASON_LABELS[self.reason]

    @property
    def asks_to_cancel(self) -> bool:
        """Whether its order is to be cancelled, and is not yet: somebody decides, or the money is not back."""
        return self.reason is RefundReason.CANCELLED and (self.is_live or self.state is RefundState.FAILED)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def living_legs(self) -> tuple[LegView, ...]:
        return tuple(leg for leg in self.legs if not leg.is_over)

    @property
    def needs_account(self) -> bool:
        """Whether a part waits for an account, and none was given that is still looked at."""
        waits = any(leg.state is LegState.WAITING for leg in self.living_legs)
        return waits and (self.account is None or self.account.state == "rejected")

    @property
    def may_change_account(self) -> bool:
        """Whether a transfer of it did not arrive: another account may take it. Card money goes to its card alone."""
        return any(leg.state is LegState.FAILED and not leg.by_card for leg in self.living_legs)

    @property
    def needs_person(self) -> bool:
        """Whether nothing goes on until somebody of the store decides."""
        given = self.account is not None and self.account.state == "given"
        return self.state in {RefundState.ASKED, RefundState.FAILED} or given


def refunds_of(order_id: int) -> tuple[RefundView, ...]:
    """The refunds of an order, the first first."""
    return _views(Refund.objects.filter(order_id=order_id).order_by("pk"))


def refunds_of_charge(charge_id: int) -> tuple[RefundView, ...]:
    """The refunds that go back to the card of a charge, or were asked of it, the first first."""
    rows = Refund.objects.filter(Q(charge_id=charge_id) | Q(legs__charge_id=charge_id)).distinct()
    return _views(rows.order_by("pk"))


def asked_of_charge(charge_id: int) -> int:
    """The refund that was asked of a charge and is not decided; 0 when there is none."""
    rows = Refund.objects.filter(charge_id=charge_id, state=RefundState.ASKED.value)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def refund(refund_id: int) -> RefundView | None:
    """One refund with every leg that it ever had; compare `store_id` before showing it."""
    return next(iter(_views(Refund.objects.filter(pk=refund_id), with_over=True)), None)


def refunds_of_store(
    store_id: int,
    *,
    states: Collection[RefundState] = (),
    reason: RefundReason | None = None,
    query: str = "",
    before: int | None = None,
    limit: int = 50,
) -> tuple[RefundView, ...]:
    """The store's refunds, newest first, by state, reason, or an order's number or buyer."""
    rows = Refund.objects.filter(store_id=store_id)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if reason is not None:
        rows = rows.filter(reason=reason.value)
    if query:
        rows = rows.filter(Q(order__number__icontains=query) | Q(order__buyer_name__icontains=query))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _views(rows.order_by("-pk")[:limit])


def orders_with_refunds(order_ids: Collection[int], *, only_unfinished: bool = False) -> frozenset[int]:
    """Those of the orders that have a refund, or one that is neither done nor turned down."""
    rows = Refund.objects.filter(order_id__in=list(order_ids))
    if only_unfinished:
        rows = rows.exclude(state__in=[RefundState.CONFIRMED.value, RefundState.REJECTED.value])
    return frozenset(pk for pk in rows.values_list("order_id", flat=True) if pk is not None)


def accounts_of(refund_id: int) -> tuple[AccountView, ...]:
    """Every account that the buyer gave for a refund, the first first."""
    return tuple(_account(row) for row in RefundAccount.objects.filter(refund_id=refund_id).order_by("pk"))


def refundable(order_id: int) -> Money:
    """What of an order's money may still go back: neither what went back, nor what is on its way, nor what a bank took.

    Money of its cases is decided there.
    """
    return sources_of(order_id).left


def has_road(order_id: int, amount: Money) -> bool:
    """Whether so much of an order's money can go back now: some gateways give back whole charges only."""
    return sources_of(order_id).plan(amount) is not None


def all_goes_back(order_id: int) -> bool:
    """Whether the store gives, or gave, back all that it had of an order's money: no more of it may be sent."""
    granted = [state.value for state in (RefundState.APPROVED, RefundState.INSTRUCTED, RefundState.CONFIRMED)]
    if not Refund.objects.filter(order_id=order_id, state__in=granted).exists():
        return False
    found = sources_of(order_id)
    return found.payment_id is not None and not found.left


@dataclass(frozen=True, slots=True)
class AccountFile:
    """The clean copy of an account's proof, and the headers it must be served with."""

    id: int
    store_id: int
    refund_id: int
    sha256: str
    body: bytes
    headers: dict[str, str]


def account_file(account_id: int) -> AccountFile | None:
    """The clean copy of what proves an account; compare `store_id` before serving it."""
    row = RefundAccount.objects.select_related("refund").filter(pk=account_id).first()
    if row is None:
        return None
    headers = download_headers(CONTENT_TYPES[EvidenceKind(row.kind)], row.filename)
    body = file_store().read(row.clean_name)
    digest = hashlib.sha256(body).hexdigest()
    return AccountFile(row.pk, row.refund.store_id, row.refund_id, digest, body, headers)


def names_differ(found: RefundView) -> tuple[str, ...]:
    """What a second person should look at: an account in another name than the buyer's, or the payer's."""
    account = found.account
    if account is None:
        return ()
    said = []
    if likeness(account.holder, found.buyer_name) < LEAST:
        said.append(_("La cuenta está a nombre de %(holder)s y compró %(buyer)s.") % _both(account, found.buyer_name))
    for deposit_id, payer in payers(_deposits_of(found.id)).items():
        if deposit_id and payer.name and likeness(account.holder, payer.name) < LEAST:
            said.append(_("La cuenta está a nombre de %(holder)s y pagó %(buyer)s.") % _both(account, payer.name))
    return tuple(said)


def proof_shown_before(found: RefundView) -> tuple[str, ...]:
    """What a second person should look at: the proof of the account is a file that another order showed before.

    Which order, and of which store, is told to nobody.
    """
    row = RefundAccount.objects.filter(refund_id=found.id).order_by("-pk").first()
    if row is None or found.order_id is None or not is_file_of_another(found.order_id, row.sha256):
        return ()
    return (_("La prueba de esta cuenta es un archivo que ya se presentó en otro pedido. Compárala con cuidado."),)


def _both(account: AccountView, other: str) -> dict[str, str]:
    return {"holder": account.holder, "buyer": other}


def _deposits_of(refund_id: int) -> list[int]:
    rows = RefundLeg.objects.filter(refund_id=refund_id, deposit__isnull=False)
    return sorted(set(rows.values_list("deposit_id", flat=True)))


def _views(found: QuerySet[Refund], *, with_over: bool = False) -> tuple[RefundView, ...]:
    rows = list(found.select_related("order"))
    ids = [row.pk for row in rows]
    legs: dict[int, list[LegView]] = defaultdict(list)
    for leg in legs_of(ids, with_over=with_over):
        legs[leg.refund_id].append(_leg(leg))
    accounts: dict[int, AccountView] = {}
    for account in RefundAccount.objects.filter(refund_id__in=ids).order_by("pk"):
        accounts[account.refund_id] = _account(account)
    return tuple(_view(row, tuple(legs[row.pk]), accounts.get(row.pk)) for row in rows)


def _view(row: Refund, legs: tuple[LegView, ...], account: AccountView | None) -> RefundView:
    return RefundView(
        id=row.pk,
        store_id=row.store_id,
        order_id=row.order_id,
        order_number=row.order.number if row.order else "",
        buyer_name=row.order.buyer_name if row.order else "",
        case_id=row.case_id,
        subject=row.subject,
        reason=RefundReason(row.reason),
        amount=Money(row.amount_centavos, row.currency),
        state=RefundState(row.state),
        note=row.note,
        words=row.words,
        charge_id=row.charge_id,
        proposal_id=row.proposal_id,
        asked_by=row.asked_by,
        asked_by_buyer=row.asked_by_kind == "buyer",
        asked_at=row.asked_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        instructed_at=row.instructed_at,
        ended_at=row.ended_at,
        legs=legs,
        account=account,
        stopped_parcel=row.stopped_parcel,
        waits_for=row.waits_for,
        keeper=row.keeper,
        due_at=row.due_at,
        late=bool(row.waits_for) and row.keeper != WAITS[Waits(row.waits_for)].keeper,
    )


def _leg(row: RefundLeg) -> LegView:
    card, bank = row.card_refund, row.instruction
    return LegView(
        id=row.pk,
        place=row.place,
        road=Road(row.road),
        amount=Money(row.amount_centavos, card.currency if card else bank.currency if bank else "MXN"),
        state=leg_state(row),
        to=(card.charge.card_label or "la tarjeta") if card else bank.account if bank else "",
        holder=bank.holder if bank else "",
        bank_name=(clabe.institution_name(bank.institution) or bank.institution) if bank else "",
        tracking_key=bank.tracking_key if bank else "",
        bank_ref=card.ref if card else bank.bank_ref if bank else "",
        failure=card.failure if card else bank.reason if bank else "",
        instruction_id=row.instruction_id,
        charge_id=row.charge_id,
        file_id=bank.file_id if bank else None,
        told_at=card.sent_at if card else bank.instructed_at if bank else None,
        ended_at=card.ended_at if card else bank.ended_at if bank else None,
        is_over=row.is_over,
    )


def _account(row: RefundAccount) -> AccountView:
    return AccountView(
        id=row.pk,
        clabe=row.clabe,
        bank_name=clabe.institution_name(row.institution) or row.institution,
        holder=row.holder,
        filename=row.filename,
        state=row.state,
        words=row.words,
        given_by=row.given_by,
        given_at=row.given_at,
    )
