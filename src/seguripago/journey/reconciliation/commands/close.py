"""Close a day: the proof becomes a signed row that is chained to the close before it, once, for ever."""

from __future__ import annotations

import base64
import logging
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.queries import first_bank_day, last_booked_id
from seguripago.foundations.stores.commands import sign
from seguripago.foundations.stores.queries import StoreView, store_by_id, stores_all
from seguripago.values.actor import Actor
from seguripago.values.calendar import MEXICO
from seguripago.values.money import MXN
from seguripago.values.refusal import Refusal

from ..closing import DayBooks, body_of, gather, last_close, local_day
from ..facts import DayChecked, DayClosed
from ..models import DayCheck, DayClose, DayCloseEnd
from ..rules import closing as rules

log = logging.getLogger(__name__)

CHECK_FROM = time(0, 30)
"""In Mexico: by then the bank has told yesterday's last movements."""


class DayNotThere(Refusal):
    """A day that has not begun cannot be closed."""

    code: ClassVar[str] = "SP-280"


class DayAlreadyClosed(Refusal):
    """The day, or a later one, is closed: what came after it is an adjustment of the next close."""

    code: ClassVar[str] = "SP-281"


class EarlierDayOpen(Refusal):
    """An earlier day has movements and is not closed yet: days are closed in their order."""

    code: ClassVar[str] = "SP-282"

    def __init__(self, day: date) -> None:
        super().__init__()
        self.day = day


def close_day(store_id: int, day: date, *, by: Actor, at: datetime) -> int:
    """Close the day with what the ledger holds at this moment; returns the close's id.

    Raises DayNotThere, DayAlreadyClosed, EarlierDayOpen. Differences and open cases do not stop it: they are written
    into it, as is that there was no statement.
    """
    if day > local_day(at):
        raise DayNotThere
    with transaction.atomic():
        # A transaction of its own: whoever books waits only for this number, not for the whole proof.
        up_to = last_booked_id()
    with transaction.atomic():
        end = _locked_end(store_id)
        if end.last_day is not None and day <= end.last_day:
            raise DayAlreadyClosed
        earlier = first_bank_day(store_id, after=end.last_day) if end.last_day else None
        if earlier is not None and earlier < day:
            raise EarlierDayOpen(earlier)
        row = _seal(store_by_id(store_id), end, day, up_to=up_to, by=by, at=at)
        said: dict[str, Any] = {
            "day": day.isoformat(),
            "place": row.place,
            "hash": row.hash,
            "standing": row.standing,
            "unexplained_centavos": row.unexplained_centavos,
        }
        record(store_id, by, "day.closed", f"day:{row.pk}", said, at=at)
        publish(DayClosed(store_id=store_id, at=at, close_id=row.pk, unexplained_centavos=row.unexplained_centavos))
    return row.pk


def check_days(*, at: datetime) -> int:
    """Prove yesterday of every store, once, without closing it; returns how many were proved.

    Asked by the clock all day long: nothing happens before half past midnight in Mexico, nor a second time.
    """
    if at.astimezone(MEXICO).time() < CHECK_FROM:
        return 0
    day = local_day(at) - timedelta(days=1)
    checked = set(DayCheck.objects.filter(day=day).values_list("store_id", flat=True))
    closed = set(DayClose.objects.filter(day__gte=day).values_list("store_id", flat=True))
    proved = 0
    for store in stores_all():
        if store.id in checked | closed:
            continue
        try:
            proved += _check(store, day, at=at)
        except Exception:
            log.exception("the day %s of store %s was not proved", day, store.id)
    return proved


def _check(store: StoreView, day: date, *, at: datetime) -> int:
    with transaction.atomic():
        up_to = last_booked_id()
    with transaction.atomic():
        _locked_end(store.id)
        if DayCheck.objects.filter(store_id=store.id, day=day).exists():
            return 0
        books = gather(store.id, day, after=last_close(store.id), up_to=up_to)
        row = DayCheck.objects.create(
            store_id=store.id,
            day=day,
            standing=books.proof.standing.value,
            unexplained_centavos=books.proof.unexplained[MXN].centavos,
            body=rules.canonical(body_of(books, place=0, store=_who(store), at=at, by=Actor.system().name)),
            at=at,
        )
        publish(DayChecked(store_id=store.id, at=at, check_id=row.pk, unexplained_centavos=row.unexplained_centavos))
    return 1


def _seal(store: StoreView, end: DayCloseEnd, day: date, *, up_to: int, by: Actor, at: datetime) -> DayClose:
    books: DayBooks = gather(store.id, day, after=last_close(store.id), up_to=up_to)
    place = end.last_place + 1
    body = rules.canonical(body_of(books, place=place, store=_who(store), at=at, by=by.name))
    digest = rules.link(end.last_hash, body)
    row = DayClose.objects.create(
        store_id=store.id,
        place=place,
        day=day,
        standing=books.proof.standing.value,
        unexplained_centavos=books.proof.unexplained[MXN].centavos,
        booked_up_to=up_to,
        body=body,
        prev_hash=end.last_hash,
        hash=digest,
        signature=base64.b64encode(sign(store.id, rules.message(digest))).decode(),
        closed_by_id=by.id or 0,
        closed_by=by.name,
        at=at,
    )
    end.last_place, end.last_day, end.last_hash = place, day, digest
    end.save(update_fields=["last_place", "last_day", "last_hash"])
    return row


def _who(store: StoreView) -> dict[str, str]:
    return {"slug": store.slug, "name": store.name, "legal_name": store.legal_name, "rfc": store.rfc}


def _locked_end(store_id: int) -> DayCloseEnd:
    DayCloseEnd.objects.bulk_create([DayCloseEnd(store_id=store_id, last_hash=rules.FIRST)], ignore_conflicts=True)
    return DayCloseEnd.objects.select_for_update().get(store_id=store_id)
