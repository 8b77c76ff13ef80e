"""A case with its whole story, for the person who decides; and the returns that wait for the bank."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of, policy
from seguripago.foundations.audit.queries import EntryView, history
from seguripago.journey.bank.queries import DepositView, deposits
from seguripago.journey.cards.queries import RefundView
from seguripago.journey.cards.queries.apart import apart_refunds
from seguripago.journey.payments.queries import orders_of_payments
from seguripago.values.clabe import institution_name
from seguripago.values.money import Money

from ..holdings import charge_of, holding_of, targets_of
from ..models import Case, CasePart, ReturnFile, ReturnInstruction
from ..rules import DEFAULTS, CaseKind
from ..rules.actions import Account, Target
from ..rules.defaults import default_words
from ..rules.plans import Possible, possible
from ..rules.returns import RETURN_LABELS
from .cases import LABELS, is_still_open

PART_LABELS = {
    "payment": "Aplicado al pedido",
    "moved": "Aplicado al pedido",
    "difference": "Diferencia que asumió la tienda",
    "return": "Devolución",
    "write_off": "Cerrado dentro de la tolerancia",
    "not_ours": "Nunca llegó a una cuenta de la tienda",
    "card": "Devolución a la tarjeta",
    "card_back": "La devolución a la tarjeta no se hizo",
}


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """An order that the money may be for; `score` of 100 with its reasons. `target` is how it stands now.

    `shares` says how the money would pay several orders, this one first: (order number, amount).
    """

    order_number: str
    score: int
    reasons: tuple[str, ...]
    target: Target | None
    shares: tuple[tuple[str, Money], ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class PartView:
    """Where a part of the case went."""

    kind: str
    label: str
    amount: Money
    order_number: str
    return_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return on its way; `state` is approved, instructed, confirmed or failed. Of a case's money or a payment's."""

    id: int
    case_id: int | None
    payment_id: int | None
    deposit_id: int | None
    proposal_id: int
    amount: Money
    account: str
    bank_name: str
    holder: str
    proof: str
    state: str
    state_label: str
    road: str
    file_id: int | None
    tracking_key: str
    bank_ref: str
    reason: str
    asked_at: datetime
    approved_at: datetime
    instructed_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReturnFileView:
    """A file of returns, as it was handed to the bank."""

    id: int
    layout: str
    body: str
    sha256: str
    count: int
    total: Money
    made_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case: what it is, what it holds, what may be done with it and what was decided so far.

    `owner` is the role that answers until `due_at`; `by_itself` says what happens then. `cause` names what opened it:
    ("deposit", 12), ("notice", 7), ("announcement", 3), ("statement_row", 40), …
    """

    id: int
    store_id: int
    kind: str
    cause: tuple[str, int]
    label: str
    tone: str
    state: str
    says: tuple[str, ...]
    amount: Money
    held: Money
    opened_at: datetime
    due_at: datetime
    owner: str
    by_itself: str
    deposit: DepositView | None
    payer: Account | None
    target: Target | None
    order_number: str
    order_id: int | None
    suggestions: tuple[SuggestionView, ...]
    possible: tuple[Possible, ...]
    proposal: ProposalView | None
    history: tuple[EntryView, ...]
    parts: tuple[PartView, ...]
    returns: tuple[ReturnView, ...]
    charge_id: int | None
    card_returns: tuple[RefundView, ...]


def case_page(store_id: int, case_id: int) -> CaseView | None:
    """The case with its whole story; None for another store's."""
    row = Case.objects.filter(store_id=store_id, pk=case_id).first()
    if row is None:
        return None
    holding, decided = holding_of(row), policy(store_id)
    order = orders_of_payments([row.payment_id]).get(row.payment_id) if row.payment_id else None
    wanted = {number for each in row.suggestions for number in (each["order_number"], *_shared(each))}
    targets = targets_of(store_id, [*wanted, *([order.number] if order else [])])
    target = targets.get(order.number) if order else None
    label, tone = LABELS[CaseKind(row.kind)]
    charge_id = charge_of(row)
    subject = f"case:{case_id}"
    return CaseView(
        id=row.pk,
        store_id=store_id,
        kind=row.kind,
        cause=_cause(row.cause),
        label=label,
        tone=tone,
        state=row.state,
        says=tuple(row.reasons),
        amount=Money(row.amount_centavos, row.currency),
        held=holding.held,
        opened_at=row.opened_at,
        due_at=row.due_at,
        owner=row.owner or DEFAULTS[holding.kind].owner,
        by_itself=default_words(holding, decided),
        deposit=next(iter(deposits([row.deposit_id])), None) if row.deposit_id else None,
        payer=holding.payer,
        target=target,
        order_number=order.number if order else "",
        order_id=order.order_id if order else None,
        suggestions=tuple(
            sorted(
                (_suggestion(each, targets, row.currency) for each in row.suggestions),
                key=lambda each: not each.is_open,
            )
        ),
        possible=possible(holding, target, tolerance=Money(decided.tolerance_centavos, row.currency)),
        proposal=open_proposals_of(store_id, [subject]).get(subject),
        history=history(store_id, subject),
        parts=_parts(row.pk),
        returns=_views(ReturnInstruction.objects.filter(case=row).order_by("pk")),
        charge_id=charge_id,
        card_returns=apart_refunds(charge_id) if charge_id else (),
    )


def case_of_charge(store_id: int, charge_id: int) -> int | None:
    """The newest case that holds what no payment could take of a charge."""
    rows = Case.objects.filter(store_id=store_id, cause__startswith=f"charge:{charge_id}:")
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def returns(
    store_id: int, *, states: Collection[str] = (), before: int | None = None, limit: int = 50
) -> tuple[ReturnView, ...]:
    """The store's returns in these states (all when none is named), newest first; `before` is the last id seen."""
    rows = ReturnInstruction.objects.filter(store_id=store_id)
    if states:
        rows = rows.filter(state__in=list(states))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _views(rows.order_by("-pk")[:limit])


def return_view(store_id: int, return_id: int) -> ReturnView | None:
    """A return of this store, None for another store's."""
    return next(iter(_views(ReturnInstruction.objects.filter(store_id=store_id, pk=return_id))), None)


def return_file(store_id: int, file_id: int) -> ReturnFileView | None:
    """A file of this store exactly as it was made; None for another store's."""
    row = ReturnFile.objects.filter(store_id=store_id, pk=file_id).first()
    return None if row is None else _file(row)


def return_files(store_id: int, *, limit: int = 20) -> tuple[ReturnFileView, ...]:
    """The store's newest files."""
    return tuple(_file(row) for row in ReturnFile.objects.filter(store_id=store_id).order_by("-pk")[:limit])


def _suggestion(said: Mapping[str, Any], targets: Mapping[str, Target], currency: str) -> SuggestionView:
    """What was suggested, as it stands now; shares are left out as soon as one of their orders takes less than its."""
    target = targets.get(said["order_number"])
    shares = tuple((number, Money(centavos, currency)) for number, centavos in _shared(said).items())
    fits = all(
        is_still_open(to) and to is not None and amount.currency == to.amount.currency and amount <= to.missing
        for to, amount in ((targets.get(number), amount) for number, amount in shares)
    )
    return SuggestionView(
        order_number=said["order_number"],
        score=said["score"],
        reasons=tuple(said["reasons"]),
        target=target,
        shares=shares if fits else (),
        is_open=is_still_open(target),
    )


def _cause(cause: str) -> tuple[str, int]:
    what, _, rest = cause.partition(":")
    number = rest.partition(":")[0]
    return what, int(number) if number.isdecimal() else 0


def _shared(said: Mapping[str, Any]) -> dict[str, int]:
    return {share["order_number"]: share["centavos"] for share in said.get("shares", ())}


def _parts(case_id: int) -> tuple[PartView, ...]:
    rows = list(CasePart.objects.filter(case_id=case_id).select_related("case").order_by("part"))
    orders = orders_of_payments({row.payment_id for row in rows if row.payment_id})
    return tuple(
        PartView(
            kind=row.kind,
            label=PART_LABELS[row.kind],
            amount=Money(row.centavos, row.case.currency),
            order_number=orders[row.payment_id].number if row.payment_id else "",
            return_id=row.instruction_id,
            at=row.at,
        )
        for row in rows
    )


def _views(rows: Collection[ReturnInstruction]) -> tuple[ReturnView, ...]:
    return tuple(
        ReturnView(
            id=row.pk,
            case_id=row.case_id,
            payment_id=row.payment_id,
            deposit_id=row.deposit_id,
            proposal_id=row.proposal_id,
            amount=Money(row.amount_centavos, row.currency),
            account=row.account,
            bank_name=institution_name(row.institution) or row.institution,
            holder=row.holder,
            proof=row.proof,
            state=row.state,
            state_label=RETURN_LABELS[row.state],
            road=row.road,
            file_id=row.file_id,
            tracking_key=row.tracking_key,
            bank_ref=row.bank_ref,
            reason=row.reason,
            asked_at=row.asked_at,
            approved_at=row.approved_at,
            instructed_at=row.instructed_at,
            ended_at=row.ended_at,
        )
        for row in rows
    )


def _file(row: ReturnFile) -> ReturnFileView:
    total = Money(row.total_centavos)
    return ReturnFileView(row.pk, row.layout, row.body, row.sha256, row.count, total, row.made_by, row.at)
