"""Read claims, a fixed number of statements however many they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Count

from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders.queries import numbers_of
from seguripago.ports.carriers import carriers
from seguripago.ports.file_stores import file_store
from seguripago.values.money import Money

from ..models import Claim, ClaimDecision, ClaimEvent, ClaimFile, ClaimLine, ClaimOffer
from ..rules import (
    OFFER_LABELS,
    OUTCOME_LABELS,
    REASON_LABELS,
    STATE_LABELS,
    WANTED_LABELS,
    OfferKind,
    Outcome,
    Reason,
    Side,
    State,
    Verb,
    Wanted,
    allows,
    is_late,
    reasons_open,
)
from ..way import parcel_of
from .shapes import (
    ClaimDoor,
    ClaimEventView,
    ClaimFileView,
    ClaimLineView,
    ClaimRow,
    ClaimView,
    DecisionView,
    OfferView,
)


def claim_of(order_id: int) -> ClaimView | None:
    """Answer the order's open claim, or else its last one."""
    row = Claim.objects.filter(order_id=order_id).order_by("-turn").first()
    return None if row is None else _views([row])[0]


def claims_of(order_id: int) -> tuple[ClaimView, ...]:
    """Answer every claim of an order, the first first."""
    return _views(list(Claim.objects.filter(order_id=order_id).order_by("turn")))


def claim(claim_id: int) -> ClaimView | None:
    """Answer one claim."""
    row = Claim.objects.filter(pk=claim_id).first()
    return None if row is None else _views([row])[0]


def claim_page(store_id: int, number: str) -> ClaimView | None:
    """Answer the store's claim with this number («CM-7K3F-92QX-R1»); None for another store's."""
    row = Claim.objects.filter(store_id=store_id, number=number.strip().upper()).first()
    return None if row is None else _views([row])[0]


def open_claims(store_id: int, *, limit: int = 200) -> tuple[ClaimRow, ...]:
    """Answer the store's open claims, the most urgent first."""
    rows = Claim.objects.filter(store_id=store_id).exclude(state=State.CLOSED.value).order_by("due_at", "pk")
    return _rows(list(rows[:limit]))


def closed_claims(store_id: int, *, limit: int = 100) -> tuple[ClaimRow, ...]:
    """Answer the store's last closed claims, the newest first."""
    rows = Claim.objects.filter(store_id=store_id, state=State.CLOSED.value).order_by("-closed_at", "-pk")
    return _rows(list(rows[:limit]))


def claims_by_owner(store_id: int) -> dict[str, int]:
    """Count the store's open claims by whom they wait for."""
    rows = Claim.objects.filter(store_id=store_id).exclude(state=State.CLOSED.value)
    return dict(rows.values_list("owner").annotate(Count("pk")).order_by())


def orders_with_claims(order_ids: Collection[int]) -> frozenset[int]:
    """Answer those of the orders that have an open claim."""
    rows = Claim.objects.filter(order_id__in=list(order_ids)).exclude(state=State.CLOSED.value)
    return frozenset(rows.values_list("order_id", flat=True))


def claim_timeline(claim_id: int, *, is_public: bool = True) -> tuple[ClaimEventView, ...]:
    """Answer what happened to a claim, the first first; without `is_public` also what only the store sees."""
    return claim_timelines([claim_id], is_public=is_public)[claim_id]


def claim_timelines(claim_ids: Collection[int], *, is_public: bool = True) -> dict[int, tuple[ClaimEventView, ...]]:
    """Answer the timeline of each of these claims, in one statement."""
    found: dict[int, list[ClaimEventView]] = {claim_id: [] for claim_id in claim_ids}
    rows = ClaimEvent.objects.filter(claim_id__in=list(claim_ids)).select_related("claim").order_by("pk")
    for row in rows.filter(is_public=True) if is_public else rows:
        found[row.claim_id].append(_event(row))
    return {claim_id: tuple(events) for claim_id, events in found.items()}


def claim_event(event_id: int) -> ClaimEventView | None:
    """Answer one line of a timeline: what a fact was about."""
    row = ClaimEvent.objects.filter(pk=event_id).select_related("claim").first()
    return None if row is None else _event(row)


def claim_door(order_id: int, *, at: datetime) -> ClaimDoor:
    """Say whether the buyer of an order may open a claim now, and with which reasons."""
    promise = guarantee_of(order_id)
    ends_at = promise.inspection_ends_at if promise else None
    is_over = ends_at is not None and ends_at <= at
    if promise is None or promise.state != "held" or is_over:
        return ClaimDoor(False, (), False, ends_at)
    parcel = parcel_of(order_id, ship_by=promise.ship_by, deliver_by=promise.deliver_by)
    possible = reasons_open(parcel, at)
    reasons = tuple((reason.value, label) for reason, label in REASON_LABELS.items() if reason in possible)
    return ClaimDoor(True, reasons, is_late(parcel, at), ends_at)


def claim_file(claim_id: int, file_id: int) -> tuple[ClaimFileView, bytes] | None:
    """Answer a file of the claim with the bytes of its clean copy."""
    row = ClaimFile.objects.filter(claim_id=claim_id, pk=file_id).first()
    return None if row is None else (_file(row), file_store().read(row.clean_name))


def _views(rows: Sequence[Claim]) -> tuple[ClaimView, ...]:
    ids = [row.pk for row in rows]
    lines: dict[int, list[ClaimLineView]] = {}
    for line in ClaimLine.objects.filter(claim_id__in=ids).select_related("line").order_by("line__position"):
        lines.setdefault(line.claim_id, []).append(ClaimLineView(line.line_id, line.line.name, line.pieces))
    offers: dict[int, list[OfferView]] = {}
    for offer in ClaimOffer.objects.filter(claim_id__in=ids).order_by("turn"):
        offers.setdefault(offer.claim_id, []).append(_offer(offer))
    decisions: dict[int, list[DecisionView]] = {}
    for decision in ClaimDecision.objects.filter(claim_id__in=ids).order_by("turn"):
        decisions.setdefault(decision.claim_id, []).append(_decision(decision))
    files: dict[int, list[ClaimFileView]] = {}
    for file in ClaimFile.objects.filter(claim_id__in=ids).order_by("side", "place"):
        files.setdefault(file.claim_id, []).append(_file(file))
    return tuple(
        _view(
            row,
            lines=tuple(lines.get(row.pk, ())),
            offers=tuple(offers.get(row.pk, ())),
            decisions=tuple(decisions.get(row.pk, ())),
            files=tuple(files.get(row.pk, ())),
        )
        for row in rows
    )


def _view(
    row: Claim,
    *,
    lines: tuple[ClaimLineView, ...],
    offers: tuple[OfferView, ...],
    decisions: tuple[DecisionView, ...],
    files: tuple[ClaimFileView, ...],
) -> ClaimView:
    label, url = _carrier(row.carrier, row.tracking_number)
    return ClaimView(
        id=row.pk,
        store_id=row.store_id,
        order_id=row.order_id,
        number=row.number,
        state=row.state,
        state_label=STATE_LABELS[State(row.state)],
        reason=row.reason,
        reason_label=REASON_LABELS[Reason(row.reason)],
        wanted=row.wanted,
        wanted_label=WANTED_LABELS[Wanted(row.wanted)],
        details=row.details,
        amount=Money(row.of_centavos, row.currency),
        owner=row.owner,
        due_at=row.due_at,
        opened_at=row.opened_at,
        lines=lines,
        offers=offers,
        decisions=decisions,
        files=files,
        appealed_at=row.appealed_at,
        appealed_by=row.appealed_by,
        carrier_label=label,
        tracking_number=row.tracking_number,
        tracking_url=url,
        outcome=row.outcome,
        outcome_label=OUTCOME_LABELS[Outcome(row.outcome)] if row.outcome else "",
        to_store=Money(row.to_store_centavos, row.currency),
        to_buyer=Money(row.to_buyer_centavos, row.currency),
        refund=Money(row.refund_centavos, row.currency),
        closed_at=row.closed_at,
        may=_may(row),
    )


def _may(row: Claim) -> frozenset[str]:
    """What can be done now; what could not be carried out when the days to appeal were over is appealed no more."""
    found = {verb.value for verb in Verb if allows(row.state, verb)}
    return frozenset(found if row.owner == Side.BUYER else found - {Verb.APPEAL.value})


def _rows(rows: Sequence[Claim]) -> tuple[ClaimRow, ...]:
    numbers = numbers_of([row.order_id for row in rows])
    return tuple(
        ClaimRow(
            id=row.pk,
            order_id=row.order_id,
            order_number=numbers[row.order_id],
            number=row.number,
            reason_label=REASON_LABELS[Reason(row.reason)],
            wanted_label=WANTED_LABELS[Wanted(row.wanted)],
            state=row.state,
            state_label=STATE_LABELS[State(row.state)],
            owner=row.owner,
            due_at=row.due_at,
            amount=Money(row.of_centavos, row.currency),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
        )
        for row in rows
    )


def _offer(row: ClaimOffer) -> OfferView:
    label, url = _carrier(row.carrier, row.label_number)
    return OfferView(
        id=row.pk,
        turn=row.turn,
        kind=row.kind,
        label=OFFER_LABELS[OfferKind(row.kind)],
        amount=Money(row.centavos, row.currency),
        words=row.words,
        carrier_label=label,
        label_number=row.label_number,
        label_url=url,
        made_by=row.made_by,
        made_at=row.made_at,
        state=row.state,
    )


def _decision(row: ClaimDecision) -> DecisionView:
    return DecisionView(
        id=row.pk,
        turn=row.turn,
        way=row.way,
        to_store=Money(row.to_store_centavos, row.currency),
        to_buyer=Money(row.to_buyer_centavos, row.currency),
        is_replacement=row.is_replacement,
        reason=row.reason,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        at=row.at,
    )


def _file(row: ClaimFile) -> ClaimFileView:
    return ClaimFileView(
        row.pk, row.side, row.place, row.filename, row.clean_kind, row.size, row.by_name, row.kept_at, row.clean_sha256
    )


def _event(row: ClaimEvent) -> ClaimEventView:
    amount = Money(row.centavos, row.claim.currency) if row.centavos else None
    return ClaimEventView(row.pk, row.kind, row.at, row.side, row.actor_name, row.words, amount, row.is_public)


def _carrier(slug: str, number: str) -> tuple[str, str]:
    carrier = carriers().get(slug) if slug else None
    return (carrier.label, carrier.tracking_url(number)) if carrier else (slug, "")
