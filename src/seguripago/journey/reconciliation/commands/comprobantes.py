"""Give comprobantes their verdict, again whenever the bank said more. Only words come of it: no money is touched here.

Facts are gathered in sets, `rules.comprobantes` alone decides, and what is kept is the verdict, its reasons and when
to look again. A verdict that did not change writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, Sum

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import prefixes
from seguripago.journey.bank.commands import ask_cep_by_itself
from seguripago.journey.bank.queries import DepositView, deposits, deposits_told, seals_at_banxico
from seguripago.journey.evidence.papers import Judgeable, hold_papers
from seguripago.journey.orders.queries import orders_by_id
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.expected import Expected, expected_of
from seguripago.ports.bank_feeds import INSTITUTION_UNSAID
from seguripago.ports.cep_lookup import CepWanted
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import EvidenceJudged, EvidenceUnanswered
from ..models import Allocation, Case, EvidenceVerdict, EvidenceWatch
from ..models import Verdict as DepositVerdict
from ..rules.comprobante_facts import Arrived, OrderMoney, PaperVerdict, VerdictKind
from ..rules.comprobante_reading import Paper, plain_key, said_in
from ..rules.comprobantes import judge_paper
from ..rules.judging import ENDED_ORDER

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60, 180, 360))
"""A deposit that comes is heard of at once; these look again in case that word was lost."""
LEAST_WATCH: Final = timedelta(days=1)
"""So long what a comprobante tells is waited for, also when it was given late."""
MOST_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the orders of some comprobantes."""

    orders: Mapping[int, OrderMoney]
    payments: Mapping[int, Expected]
    deposits: Sequence[DepositView]
    paid: Mapping[int, frozenset[int]]
    open_cases: Mapping[int, int | None]
    judged: frozenset[int]
    seals_at_banxico: frozenset[str]


def judge_evidence(evidence_id: int, *, at: datetime) -> None:
    """Give one comprobante its verdict. It moves no money; the same facts give the same verdict again."""
    judge_papers([evidence_id], at=at)


def judge_papers(ids: Collection[int], *, at: datetime, is_clock: bool = False) -> int:
    """Judge these comprobantes; returns how many got another verdict than before.

    One transaction; locks the comprobantes. One that nobody has read yet waits for its reader.
    """
    with transaction.atomic():
        papers = [paper for paper in hold_papers(ids) if paper.state in {"read", "rejected"}]
        if not papers:
            return 0
        known = _known(papers)
        before = {
            watch.pk: watch
            for watch in EvidenceWatch.objects.filter(pk__in=[paper.id for paper in papers]).select_related("verdict")
        }
        judged = [(paper, _judge(paper, known, at=at)) for paper in papers]
        return _keep(judged, known, before, at=at, is_clock=is_clock)


def judge_again(
    *, deposit_ids: Collection[int] = (), order_ids: Collection[int] = (), clabes: Collection[str] = (), at: datetime
) -> int:
    """Judge the comprobantes that deposits may be told of in, and those of orders and accounts; most have none."""
    told = Q(order_id__in=list(order_ids)) | Q(clabe__in=[each for each in clabes if each])
    if deposit_ids:
        found = deposits(deposit_ids)
        told |= Q(clabe__in={each.clabe for each in found if each.clabe})
        told |= Q(tracking_key__in={plain_key(each.tracking_key) for each in found if each.tracking_key})
    ids = list(EvidenceWatch.objects.filter(told).order_by("pk").values_list("pk", flat=True))
    return judge_papers(ids, at=at) if ids else 0


def look_again(*, at: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Judge again what is due, the longest due first; returns how many were looked at."""
    due = EvidenceWatch.objects.filter(next_at__lte=at).order_by("next_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    if ids:
        judge_papers(ids, at=at, is_clock=True)
    return len(ids)


def _judge(paper: Judgeable, known: Known, *, at: datetime) -> PaperVerdict:
    order = known.orders[paper.order_id]
    payment = known.payments.get(paper.order_id)
    read = Paper(
        given_at=paper.kept_at,
        is_data=paper.seal != "none",
        seal=paper.seal,
        fields=paper.fields,
        confidences=paper.confidences,
        doubts=paper.doubts,
        shown=paper.shown,
        is_rejected=paper.state == "rejected",
        is_at_banxico=paper.seal_digest in known.seals_at_banxico,
    )
    key = plain_key(paper.fields.get("tracking_key", ""))
    arrived = [
        _arrived(each, order, payment, known)
        for each in known.deposits
        if each.store_id == paper.store_id
        and (each.clabe == order.clabe or plain_key(each.tracking_key) == key or _pays(each, payment, known))
    ]
    return judge_paper(read, order, arrived, at=at)


def _known(papers: Sequence[Judgeable]) -> Known:
    order_ids = {paper.order_id for paper in papers}
    payments = expected_of(order_ids)
    stores = {paper.store_id for paper in papers}
    accounts = {store_id: tuple(each.prefix for each in prefixes(store_id)) for store_id in stores}
    orders = {
        order_id: _order(order, payments.get(order_id), accounts[order.store_id])
        for order_id, order in orders_by_id(order_ids).items()
    }
    given = Allocation.objects.filter(payment_id__in=[each.payment_id for each in payments.values()])
    found = {
        each.id: each
        for each in (
            *deposits_told(
                {order.clabe for order in orders.values()},
                store_ids=stores,
                keys={plain_key(paper.fields.get("tracking_key", "")) for paper in papers},
            ),
            *deposits(set(given.values_list("deposit_id", flat=True))),
        )
    }
    ids = list(found)
    paid: dict[int, set[int]] = defaultdict(set)
    sums = Allocation.objects.filter(deposit_id__in=ids, payment__isnull=False).values("deposit_id", "payment_id")
    for row in sums.annotate(left=Sum("centavos")).filter(left__gt=0):
        paid[row["deposit_id"]].add(row["payment_id"])
    cases = Case.objects.filter(deposit_id__in=ids).exclude(state="done").order_by("pk")
    return Known(
        orders=orders,
        payments=payments,
        deposits=tuple(found[pk] for pk in sorted(found)),
        paid={pk: frozenset(some) for pk, some in paid.items()},
        open_cases={pk: payment_id for pk, payment_id in cases.values_list("deposit_id", "payment_id") if pk},
        judged=frozenset(DepositVerdict.objects.filter(pk__in=ids).values_list("pk", flat=True)),
        seals_at_banxico=seals_at_banxico({each.fields.get("clabe", "") for each in papers if _is_unchecked(each)}),
    )


def _is_unchecked(paper: Judgeable) -> bool:
    return paper.seal == "not_verifiable"


def _order(order: OrderView, payment: Expected | None, accounts: tuple[str, ...]) -> OrderMoney:
    by_card = payment is not None and payment.by_card
    if payment is None:
        return OrderMoney(order.number, order.total, Money.zero(), "", order.placed_at, prefixes=accounts)
    return OrderMoney(
        number=order.number,
        amount=payment.amount,
        received=payment.received,
        clabe=payment.clabe,
        placed_at=order.placed_at,
        expires_at=payment.expires_at,
        watch_until=payment.watch_until,
        beneficiary=payment.beneficiary,
        concept=payment.concept,
        prefixes=accounts,
        asked=payment.asked,
        is_settled=payment.is_settled,
        is_ended=order.state in ENDED_ORDER,
        is_by_card=by_card,
    )


def _pays(deposit: DepositView, payment: Expected | None, known: Known) -> bool:
    return payment is not None and payment.payment_id in known.paid.get(deposit.id, ())


def _arrived(deposit: DepositView, order: OrderMoney, payment: Expected | None, known: Known) -> Arrived:
    return Arrived(
        id=deposit.id,
        amount=deposit.amount,
        clabe=deposit.clabe,
        tracking_key=deposit.tracking_key,
        bank="" if deposit.sending_institution == INSTITUTION_UNSAID else deposit.sending_institution,
        bank_name=deposit.bank_name,
        operation_date=deposit.operation_date,
        settled_at=deposit.settled_at,
        place=_place(deposit, order, payment, known),
        is_returned=deposit.is_returned,
    )


def _place(deposit: DepositView, order: OrderMoney, payment: Expected | None, known: Known) -> str:
    """Where the money is now, as far as this order may know."""
    if _pays(deposit, payment, known):
        return "order"
    is_ours = bool(order.clabe) and deposit.clabe == order.clabe
    if known.paid.get(deposit.id):
        return "other"
    if deposit.id in known.open_cases:
        owner = known.open_cases[deposit.id]
        return "case" if is_ours or owner is None or (payment and owner == payment.payment_id) else "other"
    if not is_ours:
        return "other"
    return "sent_back" if deposit.id in known.judged else "new"


def _keep(
    judged: Sequence[tuple[Judgeable, PaperVerdict]],
    known: Known,
    before: Mapping[int, EvidenceWatch],
    *,
    at: datetime,
    is_clock: bool,
) -> int:
    fresh: dict[int, EvidenceVerdict] = {}
    for paper, verdict in judged:
        row = _row(paper, verdict, at=at)
        last = before.get(paper.id)
        if last is None or _told(last.verdict) != _told(row):
            fresh[paper.id] = row
    EvidenceVerdict.objects.bulk_create(fresh.values())
    watches = [
        _watch(paper, verdict, fresh.get(paper.id), known, before.get(paper.id), at=at, is_clock=is_clock)
        for paper, verdict in judged
    ]
    EvidenceWatch.objects.bulk_create(
        watches,
        update_conflicts=True,
        unique_fields=["evidence"],
        update_fields=["verdict", "clabe", "tracking_key", "tries", "next_at", "until", "told_at"],
    )
    _announce(fresh.values(), watches, before, at=at)
    for paper, verdict in judged:
        if paper.id not in before and verdict.kind is VerdictKind.WAITING and _is_unchecked(paper):
            _ask_banxico(paper, at=at)
    return len(fresh)


def _ask_banxico(paper: Judgeable, *, at: datetime) -> None:
    """Have a CEP that nobody can check here looked up, once, where that road is open."""
    fields = paper.fields
    said = said_in(Paper(paper.kept_at, True, paper.seal, fields, {}))
    if said.amount is None or said.day is None:
        return
    wanted = CepWanted(
        tracking_key=fields.get("tracking_key", ""),
        operation_date=said.day,
        sending_institution=said.bank,
        receiving_institution=fields.get("receiving_institution", ""),
        account=said.clabe,
        amount=said.amount,
    )
    ask_cep_by_itself(paper.store_id, wanted, at=at)


def _announce(
    fresh: Iterable[EvidenceVerdict],
    watches: Iterable[EvidenceWatch],
    before: Mapping[int, EvidenceWatch],
    *,
    at: datetime,
) -> None:
    for row in fresh:
        said = {"evidence": row.evidence_id, "verdict": row.kind, "reasons": [each["code"] for each in row.reasons]}
        record(row.store_id, Actor.system(), "evidence.judged", f"order:{row.order_id}", said, at=at)
        publish(
            EvidenceJudged(
                store_id=row.store_id,
                at=at,
                order_id=row.order_id,
                evidence_id=row.evidence_id,
                verdict_id=row.pk,
                verdict=row.kind,
            )
        )
    for watch in watches:
        last = before.get(watch.evidence_id)
        if watch.told_at is not None and (last is None or last.told_at is None):
            publish(
                EvidenceUnanswered(
                    store_id=watch.store_id, at=at, order_id=watch.order_id, evidence_id=watch.evidence_id
                )
            )


def _row(paper: Judgeable, verdict: PaperVerdict, *, at: datetime) -> EvidenceVerdict:
    return EvidenceVerdict(
        evidence_id=paper.id,
        store_id=paper.store_id,
        order_id=paper.order_id,
        kind=verdict.kind.value,
        reasons=[{"code": reason.code, "data": dict(reason.data)} for reason in verdict.reasons],
        compared=[asdict(each) for each in verdict.compared],
        deposit_id=verdict.deposit_id,
        at=at,
    )


def _told(row: EvidenceVerdict) -> tuple[str, Any, Any, int | None]:
    return row.kind, row.reasons, row.compared, row.deposit_id


def _watch(
    paper: Judgeable,
    verdict: PaperVerdict,
    fresh: EvidenceVerdict | None,
    known: Known,
    last: EvidenceWatch | None,
    *,
    at: datetime,
    is_clock: bool,
) -> EvidenceWatch:
    order = known.orders[paper.order_id]
    until = max(filter(None, (order.watch_until, paper.kept_at + LEAST_WATCH)))
    tries = (last.tries if last else 0) + is_clock
    watch = EvidenceWatch(
        evidence_id=paper.id,
        verdict=fresh or (last.verdict if last else None),
        store_id=paper.store_id,
        order_id=paper.order_id,
        clabe=order.clabe,
        tracking_key=plain_key(paper.fields.get("tracking_key", ""))[:40],
        tries=min(tries, 1_000),
        until=until,
        told_at=last.told_at if last else None,
    )
    if not verdict.asks_again:
        return watch
    if at >= until:
        watch.told_at = watch.told_at or at
    else:
        watch.next_at = min(until, at + PAUSES[min(tries, len(PAUSES) - 1)])
    return watch
