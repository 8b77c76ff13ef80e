"""Find deposits by anything, newest first, a page at a time: no query reads much more than it shows.

Every meaning of the text is asked on its own index and gives at most a page; the pages are merged. A page goes on
after the last row of the one before (moment, id): no row is counted or skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import connection

from seguripago.journey.bank.queries import AnnouncementView, announcements, deposits
from seguripago.journey.payments.queries import TransferStanding, transfers_of
from seguripago.values.clabe import LENGTH
from seguripago.values.money import Money

from ..rules.searching import ACCENTED, PLAIN, Meanings, meanings
from .deposits import DepositRow, deposit_rows

STATES: Final = ("confirmado", "parcial", "por_aclarar", "aclarado", "validando")
# The index's own expression; the planner takes the index only for the very same.
WORDS: Final = f"to_tsvector('simple', translate(lower(d.payer_name || ' ' || d.concept), '{ACCENTED}', '{PLAIN}'))"
HEAD: Final = "SELECT id, received_at FROM"
ORDER: Final = "ORDER BY received_at DESC, id DESC"
TAIL: Final = f"{ORDER} LIMIT %(limit)s"
SPOKEN: Final = f"{WORDS} @@ to_tsquery('simple', %(words)s)"
NAMED: Final = "SELECT d.id, d.received_at, d.payer_name, d.concept FROM deposit d WHERE"
MOST_ANNOUNCED: Final = 20
LOOKED_THROUGH: Final = 3_000
"""Deposits that are read one by one for a name before the index of words is asked."""
_STATES: Final = {
    "confirmado": "EXISTS (SELECT FROM verdict v WHERE v.deposit_id = d.id AND v.kind = 'certain' AND v.completes)"
    " AND NOT EXISTS (SELECT FROM reconciliation_case c WHERE c.deposit_id = d.id)",
    "parcial": "EXISTS (SELECT FROM verdict v WHERE v.deposit_id = d.id AND v.kind = 'certain' AND NOT v.completes)"
    " AND NOT EXISTS (SELECT FROM reconciliation_case c WHERE c.deposit_id = d.id)",
    "por_aclarar": "d.id IN (SELECT c.deposit_id FROM reconciliation_case c WHERE c.store_id = %(store)s"
    " AND c.state <> 'done')",
    "aclarado": "d.id IN (SELECT c.deposit_id FROM reconciliation_case c WHERE c.store_id = %(store)s"
    " AND c.state = 'done' AND c.opened_at >= %(since)s)",
    "validando": "NOT EXISTS (SELECT FROM verdict v WHERE v.deposit_id = d.id)",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, from `since` until before `until`. `kind` is a kind of case, `state` one of STATES."""

    since: datetime
    until: datetime
    text: str = ""
    state: str = ""
    kind: str = ""
    bank: str = ""
    least: Money | None = None
    most: Money | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: the next page is what comes before it in time."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of deposits; `next` is where the following one goes on, None at the end.

    `announced` is what only unsigned notices speak of: with the first page, of what has no state and no case.
    """

    rows: tuple[DepositRow, ...]
    next: Place | None
    meanings: Meanings
    orders: tuple[TransferStanding, ...]
    announced: tuple[AnnouncementView, ...] = ()


def find_deposits(store_id: int, wanted: Wanted, *, before: Place | None = None, limit: int = 50) -> FoundPage:
    """A page of what the store received and matches, newest first."""
    read = meanings(wanted.text)
    orders = transfers_of(store_id, numbers=read.numbers) if read.numbers else ()
    if wanted.text.strip() and read.is_empty:
        return FoundPage((), None, read, ())
    places = _found(store_id, wanted, read, orders, before=before, limit=limit + 1)
    read_now = [place.id for place in places[:limit]]
    by_id = {deposit.id: deposit for deposit in deposits(read_now)} if read_now else {}
    rows = deposit_rows([by_id[place.id] for place in places[:limit]])
    announced = () if before or wanted.state or wanted.kind else _announced(store_id, wanted, read, orders)
    return FoundPage(rows, places[limit - 1] if len(places) > limit else None, read, orders, announced)


def _announced(
    store_id: int, wanted: Wanted, read: Meanings, orders: Sequence[TransferStanding]
) -> tuple[AnnouncementView, ...]:
    """Among the newest announcements, those that match; few are open, for what nobody confirms becomes a case."""
    clabes = {each.clabe for each in orders}
    found = (
        each
        for each in announcements(store_id, limit=LOOKED_THROUGH)
        if wanted.since <= each.received_at < wanted.until
        and wanted.bank in ("", each.sending_institution)
        and (wanted.least is None or wanted.least.centavos <= each.amount.centavos)
        and (wanted.most is None or each.amount.centavos <= wanted.most.centavos)
        and (read.is_empty or each.clabe in clabes or _is_meant(read, each))
    )
    return tuple(islice(found, MOST_ANNOUNCED))


def _is_meant(read: Meanings, told: AnnouncementView) -> bool:
    """Whether a text may mean this announcement; the same as for deposits."""
    said = (*meanings(told.payer_name).words, *meanings(told.concept).words)
    return (
        (read.amount is not None and read.amount.centavos == told.amount.centavos)
        or bool(read.clabe_end and told.clabe.endswith(read.clabe_end))
        or bool(read.key_start and told.tracking_key.upper().startswith(read.key_start))
        or bool(read.words and all(any(word.startswith(asked) for word in said) for asked in read.words))
    )


def _found(
    store_id: int,
    wanted: Wanted,
    read: Meanings,
    orders: Sequence[TransferStanding],
    *,
    before: Place | None,
    limit: int,
) -> list[Place]:
    """The first places of every meaning together."""
    common, given = _conditions(store_id, wanted, before=before, limit=limit)
    if read.is_empty:
        return _places(_page(common), given)
    pages = [_page([*common, way]) for way in _ways(read, orders, given)]
    found: set[Place] = set()
    if read.words:
        given["words"] = " & ".join(f"{word}:*" for word in read.words)
        # A common name is among the newest; for a rare one the index gives all there are, which are few.
        newest = _places(f"{HEAD} {_among(common)} d WHERE {SPOKEN} {TAIL}", given)
        found.update(newest)
        if len(newest) < limit:
            pages.append(f"({HEAD} ({HEAD} deposit d WHERE {' AND '.join([*common, SPOKEN])} OFFSET 0) d {TAIL})")
    if pages:
        found.update(_places(f"{HEAD} ({' UNION '.join(pages)}) hit {TAIL}", given))
    return sorted(found, key=lambda place: (place.at, place.id), reverse=True)[:limit]


def _places(sql: str, given: dict[str, Any]) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [Place(at, pk) for pk, at in cursor.fetchall()]


def _conditions(store_id: int, wanted: Wanted, *, before: Place | None, limit: int) -> tuple[list[str], dict[str, Any]]:
    """What every meaning shares: the store, the time, the filters, the place."""
    given: dict[str, Any] = {"store": store_id, "since": wanted.since, "until": wanted.until, "limit": limit}
    common = ["d.store_id = %(store)s", "d.received_at >= %(since)s", "d.received_at < %(until)s"]
    if before is not None:
        # The first condition is for the index; the second is the place.
        common += ["d.received_at <= %(at)s", "(d.received_at, d.id) < (%(at)s, %(id)s)"]
        given |= {"at": before.at, "id": before.id}
    if wanted.bank:
        common.append("d.sending_institution = %(bank)s")
        given["bank"] = wanted.bank
    for name, sign, amount in (("least", ">=", wanted.least), ("most", "<=", wanted.most)):
        if amount is not None:
            common.append(f"d.amount_centavos {sign} %({name})s")
            given[name] = amount.centavos
    if wanted.state in _STATES:
        common.append(_STATES[wanted.state])
    if wanted.kind:
        common.append(
            "d.id IN (SELECT c.deposit_id FROM reconciliation_case c WHERE c.store_id = %(store)s"
            " AND c.kind = %(kind)s AND c.opened_at >= %(since)s)"
        )
        given["kind"] = wanted.kind
    return common, given


def _page(conditions: Sequence[str], limit: str = "%(limit)s") -> str:
    # Only conditions of our own are put together; whatever a person typed is a parameter.
    return f"({HEAD} deposit d WHERE {' AND '.join(conditions)} {ORDER} LIMIT {limit})"


def _among(conditions: Sequence[str]) -> str:
    """The newest of all, with what a name is looked for in."""
    return f"({NAMED} {' AND '.join(conditions)} {ORDER} LIMIT {LOOKED_THROUGH})"


def _ways(read: Meanings, orders: Sequence[TransferStanding], given: dict[str, Any]) -> list[str]:
    """One condition for each meaning, each answered by its own index."""
    ways = []
    if orders:
        given["payments"] = [each.payment_id for each in orders]
        ways.append(
            "d.id = ANY (ARRAY(SELECT a.deposit_id FROM allocation a WHERE a.payment_id = ANY (%(payments)s)"
            " UNION SELECT v.deposit_id FROM verdict v WHERE v.payment_id = ANY (%(payments)s)))"
        )
    if read.amount is not None:
        given["amount"] = read.amount.centavos
        ways.append("d.amount_centavos = %(amount)s")
    if read.clabe_end:
        whole = len(read.clabe_end) == LENGTH
        given["clabe"] = read.clabe_end[::-1] + ("" if whole else "%")
        ways.append("reverse(d.clabe) = %(clabe)s" if whole else "reverse(d.clabe) LIKE %(clabe)s")
    if read.key_start:
        given["key"] = f"{read.key_start}%"
        ways.append("d.tracking_key LIKE %(key)s")
    return ways
