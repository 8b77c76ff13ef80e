"""Parcels with what is in them and what happened to them, ready to draw."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.evidence.queries import download_headers
from seguripago.journey.evidence.rules import CONTENT_TYPES, EXTENSIONS, EvidenceKind
from seguripago.journey.orders.queries import lines_of
from seguripago.journey.orders.shapes import LineView
from seguripago.ports.carriers import carriers, printing
from seguripago.ports.file_stores import file_store
from seguripago.values.calendar import MEXICO

from ..carrying import usable_carriers
from ..models import Shipment, ShipmentEvent, ShipmentLine, ShipmentProof
from ..rules import BY_HAND, ON_THE_WAY, Happened, Says, ShipmentState
from .labels import LABELS, SAYS_LABELS, STATE_LABELS


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """Pieces of one line of the order, in one parcel."""

    order_line_id: int
    name: str
    sku: str
    picture: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ParcelEvent:
    """Something that happened to a parcel: what, when, where, and whose word it is."""

    kind: str
    label: str
    at: datetime
    place: str
    says: str
    source: str
    source_label: str

    @property
    def one_line(self) -> str:
        """Write what happened and where in one line."""
        return " · ".join(part for part in (self.label, self.place, self.says) if part)


@dataclass(frozen=True, slots=True)
class ParcelProof:
    """A file that shows what became of a parcel."""

    id: int
    filename: str
    kept_at: datetime
    is_picture: bool


@dataclass(frozen=True, slots=True)
class ProofFile:
    """The clean copy of a proof. Compare `order_id` or `store_id` before serving it."""

    id: int
    order_id: int
    store_id: int
    filename: str
    content_type: str
    body: bytes

    @property
    def sha256(self) -> str:
        """Give the digest of the clean copy."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def headers(self) -> dict[str, str]:
        """Answer headers under which no browser runs or draws the file in our name: always a download."""
        return download_headers(self.content_type, self.filename)


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """A parcel of an order; carrier and number are empty until it is sent. In preparation it holds what is left."""

    id: int
    order_id: int
    position: int
    state: str
    state_label: str
    carrier: str
    carrier_label: str
    tracking_number: str
    tracking_url: str
    lines: tuple[ParcelLine, ...]
    events: tuple[ParcelEvent, ...]
    prepared_at: datetime
    ship_by: datetime
    promised_to: date
    shipped_at: datetime | None
    delivered_at: datetime | None
    delivered_says: str
    received_by: str
    returned_at: datetime | None
    return_reason: str
    proofs: tuple[ParcelProof, ...]

    @property
    def is_by_hand(self) -> bool:
        """Say whether the store handed it over itself: there is no parcel and no number."""
        return self.carrier == BY_HAND

    @property
    def is_unsent(self) -> bool:
        """Say whether it is what the store said that it will not send."""
        return self.state == ShipmentState.UNSENT

    @property
    def is_on_the_way(self) -> bool:
        """Say whether it has left and not arrived."""
        return self.state in ON_THE_WAY

    @property
    def pieces(self) -> int:
        """Count what is in it."""
        return sum(line.quantity for line in self.lines)

    @property
    def ship_day(self) -> date:
        """Give the last day on which it may be sent, as a calendar in Mexico shows it."""
        return self.ship_by.astimezone(MEXICO).date()

    @property
    def newest(self) -> ParcelEvent | None:
        """Give what happened last."""
        return self.events[-1] if self.events else None

    @property
    def proof_at(self) -> datetime | None:
        """Say when it ended, if it did: from then on there may be a proof."""
        return self.delivered_at or self.returned_at

    @property
    def delivered_label(self) -> str:
        """Say whose word the delivery is."""
        return str(SAYS_LABELS[Says(self.delivered_says)]) if self.delivered_says else ""

    @property
    def is_asked(self) -> bool:
        """Say whether the buyer was asked if it came, and has not answered."""
        kinds = {event.kind for event in self.events}
        return self.is_on_the_way and Happened.ASKED in kinds and Happened.MISSED not in kinds

    @property
    def is_missed(self) -> bool:
        """Say whether the buyer said that it has not come."""
        return self.is_on_the_way and any(event.kind == Happened.MISSED for event in self.events)

    @property
    def late(self) -> str:
        """Say how it is late now: `to_send`, `to_arrive`, or not."""
        kinds = {event.kind for event in self.events}
        if self.state == ShipmentState.PREPARING and Happened.LATE_TO_SEND in kinds:
            return "to_send"
        return "to_arrive" if self.is_on_the_way and Happened.LATE_TO_ARRIVE in kinds else ""


@dataclass(frozen=True, slots=True)
class CarrierChoice:
    """A line of the carriers' drop-down."""

    slug: str
    label: str
    gives_number: bool


@dataclass(frozen=True, slots=True)
class ToFollow:
    """A parcel whose carrier is to be asked."""

    id: int
    tracking_number: str
    followed_at: datetime | None


def shipments_of(order_id: int) -> tuple[ShipmentView, ...]:
    """Answer the parcels of an order, the first one first; none before its payment is confirmed."""
    return shipments_of_orders([order_id]).get(order_id, ())


def shipments_of_orders(order_ids: Collection[int]) -> dict[int, tuple[ShipmentView, ...]]:
    """Answer the parcels of orders, in four statements however many they are."""
    of_them = Shipment.objects.filter(order_id__in=order_ids).order_by("order_id", "position")
    rows = list(of_them.prefetch_related("proofs"))
    found: dict[int, list[ShipmentView]] = {}
    for view in _views(rows):
        found.setdefault(view.order_id, []).append(view)
    return {order_id: tuple(views) for order_id, views in found.items()}


def shipment(shipment_id: int) -> ShipmentView | None:
    """Answer one parcel."""
    row = Shipment.objects.filter(pk=shipment_id).first()
    if row is None:
        return None
    return next(view for view in shipments_of(row.order_id) if view.id == shipment_id)


def open_parcels(store_id: int, *, limit: int = 200) -> tuple[ShipmentView, ...]:
    """Answer the parcels of a store that wait to be sent or are on their way, the most urgent first."""
    waiting = Q(state=ShipmentState.PREPARING, order__state__in=("preparing", "shipped"), order__kind="cart")
    rows = Shipment.objects.filter(waiting | Q(state__in=ON_THE_WAY), store_id=store_id)
    in_order = rows.order_by("promised_to", "ship_by", "pk").prefetch_related("proofs")
    return _views(list(in_order[:limit]))


def shipments_to_send(store_id: int, *, limit: int = 200) -> tuple[ShipmentView, ...]:
    """Answer the parcels that wait to be sent, the oldest first."""
    rows = Shipment.objects.filter(store_id=store_id, state=ShipmentState.PREPARING).order_by("prepared_at", "pk")
    return _views(list(rows.prefetch_related("proofs")[:limit]))


def event_of(event_id: int) -> ParcelEvent | None:
    """Answer one thing that happened to a parcel."""
    row = ShipmentEvent.objects.filter(pk=event_id).first()
    return _event(row) if row else None


def proof_file(proof_id: int) -> ProofFile | None:
    """Answer the clean copy of a proof, never the original."""
    row = ShipmentProof.objects.filter(pk=proof_id).select_related("shipment").first()
    if row is None:
        return None
    kind = EvidenceKind(row.clean_kind)
    return ProofFile(
        id=row.pk,
        order_id=row.shipment.order_id,
        store_id=row.shipment.store_id,
        filename=f"entrega-{row.pk}.{EXTENSIONS[kind]}",
        content_type=CONTENT_TYPES[kind],
        body=file_store().read(row.clean_name),
    )


def parcels_to_follow(carrier: str, *, before: datetime, limit: int = 200) -> tuple[ToFollow, ...]:
    """Answer the parcels of a carrier that are on their way and were not asked about since then."""
    rows = (
        Shipment.objects.filter(state__in=ON_THE_WAY, carrier=carrier)
        .filter(Q(followed_at__isnull=True) | Q(followed_at__lte=before))
        .order_by(F("followed_at").asc(nulls_first=True), "pk")
    )
    return tuple(ToFollow(row.pk, row.tracking_number, row.followed_at) for row in rows[:limit])


def count_on_the_way(carrier: str) -> int:
    """Count the parcels of a carrier that are on their way, in any store."""
    return Shipment.objects.filter(state__in=ON_THE_WAY, carrier=carrier).count()


def carrier_choices(store_id: int) -> tuple[CarrierChoice, ...]:
    """Answer the carriers that a store may send with, the one without a tracking page last."""
    known = usable_carriers(store_by_id(store_id)).values()
    in_order = sorted(known, key=lambda carrier: (carrier.slug == "manual", carrier.label.casefold()))
    return tuple(CarrierChoice(carrier.slug, carrier.label, printing(carrier) is not None) for carrier in in_order)


def _views(rows: Sequence[Shipment]) -> tuple[ShipmentView, ...]:
    if not rows:
        return ()
    order_ids = {row.order_id for row in rows}
    ordered = lines_of(sorted(order_ids))
    sent: dict[int, dict[int, int]] = {}
    gone: dict[int, int] = {}
    for line in ShipmentLine.objects.filter(shipment__order_id__in=order_ids).select_related("shipment"):
        sent.setdefault(line.shipment_id, {})[line.order_line_id] = line.quantity
        if line.shipment.state != ShipmentState.RETURNED:
            gone[line.order_line_id] = gone.get(line.order_line_id, 0) + line.quantity
    events: dict[int, list[ShipmentEvent]] = {}
    for event in ShipmentEvent.objects.filter(shipment__in=[row.pk for row in rows]).order_by("at", "pk"):
        events.setdefault(event.shipment_id, []).append(event)
    return tuple(
        _view(row, _packed(row, ordered[row.order_id], sent.get(row.pk, {}), gone), events.get(row.pk, ()))
        for row in rows
    )


def _packed(
    row: Shipment, ordered: Sequence[LineView], sent: dict[int, int], gone: dict[int, int]
) -> tuple[ParcelLine, ...]:
    is_waiting = row.state == ShipmentState.PREPARING
    counted = ((line, line.quantity - gone.get(line.id, 0) if is_waiting else sent.get(line.id, 0)) for line in ordered)
    return tuple(
        ParcelLine(line.id, line.name, line.sku, line.picture, quantity) for line, quantity in counted if quantity > 0
    )


def _view(row: Shipment, lines: tuple[ParcelLine, ...], events: Sequence[ShipmentEvent]) -> ShipmentView:
    carrier = carriers().get(row.carrier) if row.carrier else None
    own_page = carrier.tracking_url(row.tracking_number) if carrier else ""
    return ShipmentView(
        id=row.pk,
        order_id=row.order_id,
        position=row.position,
        state=row.state,
        state_label=str(STATE_LABELS[ShipmentState(row.state)]),
        carrier=row.carrier,
        carrier_label=carrier.label if carrier else row.carrier,
        tracking_number=row.tracking_number,
        tracking_url=own_page or row.tracking_link,
        lines=lines,
        events=tuple(_event(one) for one in events),
        prepared_at=row.prepared_at,
        ship_by=row.ship_by,
        promised_to=row.promised_to,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        delivered_says=row.delivered_says,
        received_by=row.received_by,
        returned_at=row.returned_at,
        return_reason=row.return_reason,
        proofs=tuple(
            ParcelProof(one.pk, one.filename, one.kept_at, one.clean_kind != EvidenceKind.PDF)
            for one in sorted(row.proofs.all(), key=lambda one: one.pk)
        ),
    )


def _event(row: ShipmentEvent) -> ParcelEvent:
    return ParcelEvent(
        kind=row.kind,
        label=str(LABELS[Happened(row.kind)]),
        at=row.at,
        place=row.place,
        says=row.says,
        source=row.source,
        source_label=str(SAYS_LABELS[Says(row.source)]),
    )
