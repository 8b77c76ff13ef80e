"""The kinds of the labelled set: each draws one play, with what is right for its deposits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.db import connection

from seguripago.values.clabe import build
from seguripago.values.money import Money
from tests.judging import labelled as lay
from tests.judging.labelled import Label, Play, Scene, certain, doubtful, told, unknown
from tests.judging.movements import Dollars, Listed, Signed, Unsigned, returned

type Draw = Callable[[Scene], Play]
CENTAVO: Final = Money(1)


def exact(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    return told(said, certain("exact", said, target, target.total))


def a_part(scene: Scene) -> Play:
    target = scene.target()
    part = Money(scene.dice.randrange(1, target.total.centavos))
    said = scene.said(target, part)
    return told(said, certain("a_part", said, target, part))


def two_for_one(scene: Scene) -> Play:
    target = scene.target()
    first = Money(scene.dice.randrange(1, target.total.centavos))
    one, other = scene.said(target, first), scene.said(target, target.total - first)
    labels = certain("two_for_one", one, target, first), certain("two_for_one", other, target, target.total - first)
    return Play((Signed(one), Signed(other)), labels)


def a_centavo_more(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total + CENTAVO)
    return told(said, certain("a_centavo_more", said, target, target.total, "excess"))


def a_centavo_less(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total - CENTAVO)
    return told(said, certain("a_centavo_less", said, target, target.total - CENTAVO))


def huge(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, Money(99_999_999_999_999))
    return told(said, certain("huge", said, target, target.total, "excess"))


def tiny(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, CENTAVO)
    return told(said, certain("tiny", said, target, CENTAVO))


def paid_twice(scene: Scene) -> Play:
    target = scene.target()
    # The first to settle is the one that counts.
    one = scene.said(target, target.total, settled_at=scene.at - timedelta(minutes=1))
    other = scene.said(target, target.total)
    labels = certain("paid_twice", one, target, target.total), doubtful("paid_twice", other, "duplicate")
    return Play((Signed(one), Signed(other)), labels)


def one_for_two(scene: Scene) -> Play:
    """Both orders' sum to the CLABE of the first: the rest is exactly what the same buyer's other order misses."""
    first, second = scene.target(), scene.target()
    same_buyer(first, second)
    said = scene.said(first, first.total + second.total, payer=lay.as_bank_writes(first.buyer))
    return told(said, certain("one_for_two", said, first, first.total, "excess", meant=second.number))


def other_number_in_concept(scene: Scene) -> Play:
    target, named = scene.target(), scene.target()
    said = scene.said(target, target.total, concept=named.number)
    return told(said, certain("other_number_in_concept", said, target, target.total))


def shared_key(scene: Scene) -> Play:
    one, other = scene.target(), scene.target()
    first = scene.said(one, one.total, sending_institution="40012")
    second = scene.said(other, other.total, tracking_key=first.tracking_key, sending_institution="40072")
    labels = certain("shared_key", first, one, one.total), certain("shared_key", second, other, other.total)
    return Play((Signed(first), Signed(second)), labels)


def sent_again(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    return Play((*[Signed(said)] * 4, Listed(said)), (certain("sent_again", said, target, target.total),))


def unsigned_first(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    return Play((Unsigned(said), Signed(said)), (certain("unsigned_first", said, target, target.total),))


def only_unsigned(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    label = Label("only_unsigned", said.tracking_key, said.sending_institution, "none")
    return Play((Unsigned(said),), (label,))


def contradicted(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    tellings = (Signed(said), Listed(said.saying("77.77")))
    return Play(tellings, (certain("contradicted", said, target, target.total, "contradiction"),))


def returned_after(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    label = replace(certain("returned_after", said, target, Money.zero()), case="reversed")
    return Play((Signed(said),), (label,), later=(returned(said),))


def returned_before(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    return Play((returned(said), Signed(said)), (doubtful("returned_before", said, "reversed"),))


def in_dollars(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total)
    return Play((Dollars(said),), (doubtful("in_dollars", said, "contradiction"),))


def after_the_watch(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total, settled_at=scene.at + timedelta(days=lay.LATE_DAYS))
    return told(said, doubtful("after_the_watch", said, "late"))


def early_notice_of_late_money(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total, settled_at=scene.at + timedelta(days=3))
    return told(said, certain("early_notice_of_late_money", said, target, target.total))


def other_stores_clabe(scene: Scene) -> Play:
    said = scene.said(scene.target(), scene.other.total, clabe=scene.other.clabe)
    return told(said, unknown("other_stores_clabe", said, case="wrong_account"))


def not_our_account(scene: Scene) -> Play:
    said = scene.said(scene.target(), Money(50_000), clabe=build("0121800150", scene.dice.randrange(10**7)))
    return told(said, unknown("not_our_account", said, case="wrong_account"))


def never_given_out(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, Money(scene.dice.randrange(1, 90_000)), clabe=scene.nobodys_clabe(target))
    return told(said, unknown("never_given_out", said))


def one_digit_off(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, target.total, clabe=lay.one_digit_off(target.clabe, scene.dice))
    return told(said, unknown("one_digit_off", said, target))


def number_in_concept(scene: Scene) -> Play:
    target = scene.target()
    amount = scene.dice.choice((target.total, Money(target.total.centavos // 2)))
    said = scene.said(target, amount, clabe=scene.nobodys_clabe(target), concept=f"pedido {target.number}")
    return told(said, unknown("number_in_concept", said, target))


def number_mistyped(scene: Scene) -> Play:
    target = scene.target()
    concept = lay.mistyped(target.number, scene.dice)
    amount = scene.dice.choice((target.total, target.total + Money(1_000)))
    said = scene.said(target, amount, clabe=scene.nobodys_clabe(target), concept=concept)
    return told(said, unknown("number_mistyped", said, target))


def other_stores_number(scene: Scene) -> Play:
    target = scene.target()
    number = order_number_of(scene.other.order_id)
    said = scene.said(target, Money(123), clabe=scene.nobodys_clabe(target), concept=number)
    return told(said, unknown("other_stores_number", said))


def by_reference(scene: Scene) -> Play:
    target = scene.target()
    clabe = scene.nobodys_clabe(target)
    said = scene.said(target, target.total, clabe=clabe, reference=int(target.clabe[10:17]))
    return told(said, unknown("by_reference", said, target))


def by_claim(scene: Scene) -> Play:
    target = scene.target()
    said = scene.said(target, Money(target.total.centavos // 3), clabe=scene.nobodys_clabe(target))
    lay.claimed(scene, target, said)
    return told(said, unknown("by_claim", said, target))


def same_amount(scene: Scene) -> Play:
    """Several orders miss the same; the payer's name tells which."""
    targets = [scene.target() for _ in range(scene.dice.choice((2, 3, 6)))]
    for other in targets[1:]:
        same_total(targets[0], other)
    said = scene.said(
        targets[0],
        targets[0].total,
        clabe=scene.nobodys_clabe(targets[0]),
        payer=lay.as_bank_writes(targets[0].buyer),
    )
    return told(said, unknown("same_amount", said, targets[0]))


def same_amount_stranger(scene: Scene) -> Play:
    """Nothing but an amount that three orders share, from a payer whom nobody knows: no more than a guess."""
    targets = [scene.target() for _ in range(3)]
    for other in targets[1:]:
        same_total(targets[0], other)
    said = scene.said(targets[0], targets[0].total, clabe=scene.nobodys_clabe(targets[0]))
    return told(said, unknown("same_amount_stranger", said, targets[scene.dice.randrange(3)]))


def number_broken(scene: Scene) -> Play:
    """A number with one wrong character that looks like no other: its check character refuses it as it stands."""
    target = scene.target()
    place = scene.dice.randrange(3, 7)
    wrong = scene.dice.choice([c for c in "CDEFHJKMNPRTWXY" if c != target.number[place]])
    number = target.number[:place] + wrong + target.number[place + 1 :]
    amount = scene.dice.choice((target.total, target.total - Money(50), Money(target.total.centavos // 2)))
    payer = lay.as_bank_writes(target.buyer)
    said = scene.said(target, amount, clabe=scene.nobodys_clabe(target), concept=number, payer=payer)
    return told(said, unknown("number_broken", said, target))


def sum_of_several(scene: Scene) -> Play:
    targets = [scene.target() for _ in range(scene.dice.choice((2, 3)))]
    same_buyer(*targets)
    total = Money(sum(target.total.centavos for target in targets))
    concept = " ".join(target.number.replace("-", "") for target in targets[: scene.dice.choice((1, len(targets)))])
    payer, clabe = lay.as_bank_writes(targets[0].buyer), scene.nobodys_clabe(targets[0])
    said = scene.said(targets[0], total, clabe=clabe, concept=concept, payer=payer)
    return told(said, unknown("sum_of_several", said, *targets))


def expired_plays(scene: Scene, count: int) -> Iterator[Play]:
    """Money for orders whose time ended: whole, a part, or settled in time and heard of late."""
    targets = lay.expired(scene, count)
    for place, target in enumerate(targets):
        if place % 4 == 0:
            part = Money(target.total.centavos // 2)
            said = scene.said(target, part)
            yield told(said, doubtful("expired_part", said, "part_expired"))
        elif place % 4 == 1:
            said = scene.said(target, target.total, settled_at=scene.at - timedelta(hours=3))
            yield told(said, certain("settled_in_time_heard_late", said, target, target.total))
        else:
            said = scene.said(target, target.total)
            yield told(said, certain("expired_whole", said, target, target.total))


def cancelled_plays(scene: Scene, count: int) -> Iterator[Play]:
    for target in lay.cancelled(scene, count):
        said = scene.said(target, target.total)
        yield told(said, doubtful("cancelled", said, "late"))


def same_buyer(*targets: lay.Target) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shop_order o SET buyer_email = f.buyer_email, buyer_name = f.buyer_name"
            " FROM shop_order f WHERE f.id = %s AND o.id = ANY(%s)",
            [targets[0].order_id, [target.order_id for target in targets]],
        )


def same_total(model: lay.Target, other: lay.Target) -> None:
    """Let the other order cost what the model costs, line and all."""
    more = model.total.centavos - other.total.centavos
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shop_order SET subtotal_centavos = subtotal_centavos + %s, total_centavos = total_centavos + %s"
            " WHERE id = %s",
            [more, more, other.order_id],
        )
        cursor.execute(
            "UPDATE shop_order_line SET unit_centavos = unit_centavos + %s, subtotal_centavos = subtotal_centavos + %s"
            " WHERE order_id = %s",
            [more, more, other.order_id],
        )
        cursor.execute(
            "UPDATE payment SET amount_centavos = amount_centavos + %s WHERE id = %s", [more, other.payment_id]
        )


def order_number_of(order_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM shop_order WHERE id = %s", [order_id])
        return str(cursor.fetchone()[0])


DRAWN: Final[dict[Draw, int]] = {
    exact: 380, a_part: 120, two_for_one: 120, a_centavo_more: 90, a_centavo_less: 90, huge: 25, tiny: 30,
    paid_twice: 100, one_for_two: 60, other_number_in_concept: 100, shared_key: 50, sent_again: 60, unsigned_first: 60,
    only_unsigned: 40, contradicted: 30, returned_after: 40, returned_before: 40,
    in_dollars: 30, after_the_watch: 60,
    early_notice_of_late_money: 60, other_stores_clabe: 60, not_our_account: 60, never_given_out: 80,
    one_digit_off: 120, number_in_concept: 140, number_mistyped: 160, other_stores_number: 50, by_reference: 80,
    by_claim: 80, same_amount: 100, sum_of_several: 80,
    same_amount_stranger: 50, number_broken: 60,
}  # fmt: skip
EXPIRED, CANCELLED = 240, 80
ORDERS: Final = 3_800
