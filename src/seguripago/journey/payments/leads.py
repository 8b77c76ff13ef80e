"""Which payments may some money be for? Looked up for many at once, by indexes; whoever asks decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.db import connection

from seguripago.journey.orders.queries import unpaid_of_buyers, unpaid_of_name
from seguripago.values.money import Money

from .models import Payment, TransferClaim
from .rules import Claim, Lead, Marks, State

BY_CLABE: Final = "SELECT clabe, payment_id FROM transfer_instructions WHERE clabe = ANY(%s)"
BY_REFERENCE: Final = """
    SELECT asked.reference, i.payment_id FROM unnest(%s::text[]) AS asked(reference)
    JOIN LATERAL (SELECT payment_id FROM transfer_instructions WHERE reference = asked.reference LIMIT %s) i ON true
"""
BY_CLAIM: Final = """
    SELECT asked.key, c.payment_id FROM unnest(%s::text[]) AS asked(key)
    JOIN LATERAL (
        SELECT payment_id FROM transfer_claim WHERE tracking_key = asked.key AND tracking_key <> '' LIMIT %s
    ) c ON true
"""
# The words of the condition are those of the index payment_by_missing.
BY_AMOUNT: Final = """
    SELECT asked.store_id, asked.centavos, asked.currency, p.id
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS asked(store_id, centavos, currency)
    JOIN LATERAL (
        SELECT id FROM payment
        WHERE store_id = asked.store_id AND amount_centavos - received_centavos = asked.centavos
          AND currency = asked.currency AND rail = 'transfer' AND state IN ('awaiting', 'monitored', 'partly_paid')
        ORDER BY expires_at DESC LIMIT %s
    ) p ON true
"""
MOST_OF_A_MARK: Final = 8
"""More payments than this share no mark worth looking at."""


def find_leads(asked: Sequence[Marks], *, per_amount: int) -> dict[int, tuple[Lead, ...]]:
    """The payments that share a mark with what is asked, by its key; at most `per_amount` by the amount alone.

    The number of statements does not grow with what is asked, but for names, which are asked one by one: ask for few.
    """
    found: dict[int, set[int]] = defaultdict(set)
    for lookup in (_by_number, _by_clabe, _by_reference, _by_claim):
        for key, payment_id in lookup(asked):
            found[key].add(payment_id)
    for marks in asked:
        found[marks.key].update(marks.payments)
    strong = {key: set(payments) for key, payments in found.items()}
    for key, payment_id in _by_name(asked):
        found[key].add(payment_id)
        strong.setdefault(key, set()).add(payment_id)
    for key, payment_id in _by_amount(asked, per_amount):
        found[key].add(payment_id)
    leads = _leads({payment_id for payments in found.values() for payment_id in payments})
    siblings = _siblings(asked, strong, leads)
    for key, payment_ids in siblings.items():
        found[key].update(payment_ids)
    leads.update(_leads({pk for payments in siblings.values() for pk in payments} - leads.keys()))
    stores = {marks.key: marks.store_id for marks in asked}
    own: dict[int, tuple[Lead, ...]] = {}
    for key, payments in found.items():
        known = (leads[pk] for pk in sorted(payments) if pk in leads)
        own[key] = tuple(lead for store_id, lead in known if store_id == stores[key])
    return own


def _by_number(asked: Sequence[Marks]) -> Iterable[tuple[int, int]]:
    keys: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for marks in asked:
        for number in marks.numbers:
            keys[marks.store_id][number].append(marks.key)
    for store_id, numbers in keys.items():
        rows = Payment.objects.filter(rail="transfer", order__store_id=store_id, order__number__in=list(numbers))
        for payment_id, number in rows.values_list("pk", "order__number"):
            yield from ((key, payment_id) for key in numbers[number])


def _by_clabe(asked: Sequence[Marks]) -> Iterable[tuple[int, int]]:
    keys: dict[str, list[int]] = defaultdict(list)
    for marks in asked:
        for clabe in marks.clabes:
            keys[clabe].append(marks.key)
    return _looked_up(BY_CLABE, keys)


def _by_reference(asked: Sequence[Marks]) -> Iterable[tuple[int, int]]:
    keys: dict[str, list[int]] = defaultdict(list)
    for marks in asked:
        if marks.reference:
            keys[marks.reference].append(marks.key)
    return _looked_up(BY_REFERENCE, keys, MOST_OF_A_MARK)


def _by_claim(asked: Sequence[Marks]) -> Iterable[tuple[int, int]]:
    keys: dict[str, list[int]] = defaultdict(list)
    for marks in asked:
        if marks.tracking_key:
            keys[marks.tracking_key].append(marks.key)
    return _looked_up(BY_CLAIM, keys, MOST_OF_A_MARK)


def _looked_up(statement: str, keys: Mapping[str, Sequence[int]], *more: int) -> Iterable[tuple[int, int]]:
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(keys), *more])
        rows = cursor.fetchall()
    for mark, payment_id in rows:
        yield from ((key, payment_id) for key in keys[mark])


def _by_amount(asked: Sequence[Marks], per_amount: int) -> Iterable[tuple[int, int]]:
    keys: dict[tuple[int, int, str], list[int]] = defaultdict(list)
    for marks in asked:
        keys[marks.store_id, marks.amount.centavos, marks.amount.currency].append(marks.key)
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(BY_AMOUNT, [*(list(column) for column in zip(*keys, strict=True)), per_amount])
        rows = cursor.fetchall()
    for store_id, centavos, currency, payment_id in rows:
        yield from ((key, payment_id) for key in keys[store_id, centavos, currency])


def _by_name(asked: Sequence[Marks]) -> Iterable[tuple[int, int]]:
    orders_of = {
        marks.key: unpaid_of_name(marks.store_id, marks.names, limit=MOST_OF_A_MARK) for marks in asked if marks.names
    }
    payments = _payments_of_orders({order_id for found in orders_of.values() for order_id in found})
    for key, order_ids in orders_of.items():
        yield from ((key, payments[order_id]) for order_id in order_ids if order_id in payments)


def _siblings(
    asked: Sequence[Marks], strong: Mapping[int, Collection[int]], leads: Mapping[int, tuple[int, Lead]]
) -> dict[int, list[int]]:
    """The other unpaid orders of the buyers whom a strong mark points at: one transfer may be for several."""
    wanted: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for marks in asked:
        for payment_id in strong.get(marks.key, ()):
            known = leads.get(payment_id)
            if known is not None and known[0] == marks.store_id and known[1].buyer_email:
                wanted[marks.store_id][known[1].buyer_email].append(marks.key)
    found: dict[int, list[int]] = defaultdict(list)
    for store_id, emails in wanted.items():
        orders_of = unpaid_of_buyers(store_id, emails, each=MOST_OF_A_MARK)
        payments = _payments_of_orders({order_id for ids in orders_of.values() for order_id in ids})
        for email, order_ids in orders_of.items():
            for key in emails[email]:
                found[key] += [payments[order_id] for order_id in order_ids if order_id in payments]
    return found


def _payments_of_orders(order_ids: Collection[int]) -> dict[int, int]:
    if not order_ids:
        return {}
    rows = Payment.objects.filter(rail="transfer", order_id__in=list(order_ids))
    return dict(rows.values_list("order_id", "pk"))


def _leads(payment_ids: Collection[int]) -> dict[int, tuple[int, Lead]]:
    """The payments by id, each with its store."""
    if not payment_ids:
        return {}
    claims: dict[int, list[Claim]] = defaultdict(list)
    for row in TransferClaim.objects.filter(payment_id__in=list(payment_ids)).order_by("pk"):
        claims[row.payment_id].append(Claim(row.bank, row.transfer_date, row.tracking_key))
    rows = Payment.objects.filter(pk__in=list(payment_ids), rail="transfer").values_list(
        "pk",
        "store_id",
        "order__number",
        "order__state",
        "state",
        "amount_centavos",
        "received_centavos",
        "currency",
        "order__buyer_name",
        "order__buyer_email",
        "instructions__clabe",
        "instructions__reference",
        "monitored_at",
        "expires_at",
    )
    return {
        pk: (
            store_id,
            Lead(
                payment_id=pk,
                order_number=number,
                order_state=order_state,
                state=State(state),
                missing=Money(amount - received, currency),
                buyer_name=name,
                buyer_email=email,
                clabe=clabe or "",
                reference=reference or "",
                monitored_at=monitored_at,
                expires_at=expires_at,
                claims=tuple(claims[pk]),
            ),
        )
        for (
            pk, store_id, number, order_state, state, amount, received, currency, name, email, clabe, reference,
            monitored_at, expires_at,
        ) in rows
    }  # fmt: skip
