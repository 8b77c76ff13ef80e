"""Make a link, and end links: by their money, their clock, a person, or because something else is asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from seguripago.foundations.audit.commands import Change, record_all
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import StoreView
from seguripago.ports.store_secrets import store_secret
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import PaymentLinkEnded, PaymentLinkSent
from ..models import Link, Payment
from ..refusals import AlreadyPaid, DepositOutOfPlace
from ..rules import LinkState, NoSuchAsk, Purpose, WrongMove, ask, phrase

REACH: Final = """
    UPDATE payment_link l SET state = 'paid', ended_at = %s, ended_why = 'paid'
    FROM payment p
    WHERE p.id = l.payment_id AND l.payment_id = ANY(%s) AND l.state IN ('active', 'opened')
      AND p.received_centavos >= l.target_centavos
    RETURNING l.id, l.store_id, p.order_id, l.payment_id, l.purpose, l.handle, l.amount_centavos
"""
END: Final = """
    UPDATE payment_link l SET state = %s, ended_at = %s, ended_why = %s
    FROM payment p
    WHERE p.id = l.payment_id AND l.payment_id = ANY(%s) AND l.state IN ('active', 'opened')
    RETURNING l.id, l.store_id, p.order_id, l.payment_id
"""
# Money that the bank took back had paid them, or had been there before them: neither asks for the right amount now.
RETURN: Final = """
    UPDATE payment_link l SET state = CASE l.state WHEN 'paid' THEN 'revoked' ELSE 'superseded' END,
        ended_at = coalesce(l.ended_at, %s), ended_why = 'returned'
    FROM payment p
    WHERE p.id = l.payment_id AND l.payment_id = ANY(%s)
      AND ((l.state = 'paid' AND p.received_centavos < l.target_centavos)
        OR (l.state IN ('active', 'opened') AND p.received_centavos < l.target_centavos - l.amount_centavos))
    RETURNING l.id, l.store_id, p.order_id, l.payment_id, l.state
"""


class LinkSpent(WrongMove):
    """A link was used that had been paid: what came by it is somebody's second payment."""


@dataclass(frozen=True, slots=True)
class ReachedLink:
    """A link whose money has come."""

    id: int
    store_id: int
    order_id: int
    payment_id: int
    purpose: Purpose
    handle: str
    amount_centavos: int


def make_link(
    payment: Payment,
    store: StoreView,
    *,
    purpose: Purpose,
    deposit: Money | None,
    handle: str,
    expires_at: datetime,
    by: Actor,
    at: datetime,
) -> Link:
    """Ask for a locked payment by a new link; the one before is superseded. Raises DepositOutOfPlace, AlreadyPaid."""
    whole = Money(payment.amount_centavos, payment.currency)
    received = Money(payment.received_centavos, payment.currency)
    try:
        asked = ask(purpose, whole=whole, received=received, deposit=deposit)
    except NoSuchAsk:
        if received == whole:
            raise AlreadyPaid from None
        raise DepositOutOfPlace(whole - received) from None
    end_links([payment.pk], LinkState.SUPERSEDED, why="another_link", by=by, at=at)
    seed = store_secret(settings.SEGURIPAGO.main_key, "link:phrase", store.hook_key)
    link = Link.objects.create(
        payment=payment,
        store_id=payment.store_id,
        handle=handle,
        purpose=asked.purpose.value,
        amount_centavos=asked.amount.centavos,
        target_centavos=asked.target.centavos,
        order_version=Payment.objects.values_list("order__pre_invoice_version", flat=True).get(pk=payment.pk),
        phrase=phrase(seed.encode(), handle),
        made_at=at,
        made_by=by.name[:120],
        expires_at=expires_at,
    )
    said = {
        "payment": payment.pk,
        "link": link.pk,
        "purpose": link.purpose,
        "amount": asked.amount.plain,
        "until": expires_at.isoformat(),
    }
    record_all([Change(payment.store_id, by, "payment.link_sent", f"order:{payment.order_id}", said, at)])
    publish(
        PaymentLinkSent(
            store_id=payment.store_id,
            at=at,
            order_id=payment.order_id,
            payment_id=payment.pk,
            link_id=link.pk,
            purpose=link.purpose,
        )
    )
    return link


def end_links(payment_ids: Collection[int], state: LinkState, *, why: str, by: Actor, at: datetime) -> int:
    """End the live links of locked payments; returns how many."""
    if not payment_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(END, [state.value, at, why, list(payment_ids)])
        ended = [(*row, state.value) for row in cursor.fetchall()]
    say_ended(ended, why=why, by=by, at=at)
    return len(ended)


def pay_links(payment_ids: Collection[int], *, by: Actor, at: datetime) -> tuple[list[ReachedLink], list[Change]]:
    """Mark the live links paid whose payments have received what they lead to; gives the audit of it."""
    with connection.cursor() as cursor:
        cursor.execute(REACH, [at, list(payment_ids)])
        reached = [
            ReachedLink(pk, store_id, order_id, payment_id, Purpose(purpose), handle, centavos)
            for pk, store_id, order_id, payment_id, purpose, handle, centavos in cursor.fetchall()
        ]
    return reached, [
        Change(
            each.store_id,
            by,
            "payment.link_paid",
            f"order:{each.order_id}",
            {"payment": each.payment_id, "link": each.id, "purpose": each.purpose.value},
            at,
        )
        for each in reached
    ]


def refuse_spent(link_ids: Sequence[int]) -> None:
    """Raise LinkSpent if one of these links of locked payments was paid, or is used twice at once."""
    if not link_ids:
        return
    if len(set(link_ids)) < len(link_ids) or link_is_spent(link_ids):
        raise LinkSpent(link_ids)


def link_is_spent(link_ids: Sequence[int]) -> bool:
    """Whether one of these links was paid: it takes no second payment."""
    return Link.objects.filter(pk__in=link_ids, state=LinkState.PAID.value).exists()


def return_links(payment_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Undo what money had paid that the bank took back, and end the links that counted on it."""
    with connection.cursor() as cursor:
        cursor.execute(RETURN, [at, list(payment_ids)])
        ended = cursor.fetchall()
    say_ended(ended, why="returned", by=by, at=at)


def say_ended(rows: Sequence[Sequence[Any]], *, why: str, by: Actor, at: datetime) -> None:
    """Audit and announce links that ended; each row is (link, store, order, payment, state)."""
    record_all(
        [
            Change(
                store_id,
                by,
                "payment.link_ended",
                f"order:{order_id}",
                {"payment": payment_id, "link": pk, "state": state, "why": why},
                at,
            )
            for pk, store_id, order_id, payment_id, state in rows
        ]
    )
    publish(
        *(
            PaymentLinkEnded(
                store_id=store_id,
                at=at,
                order_id=order_id,
                payment_id=payment_id,
                link_id=pk,
                state=state,
                why=why,
            )
            for pk, store_id, order_id, payment_id, state in rows
        )
    )
