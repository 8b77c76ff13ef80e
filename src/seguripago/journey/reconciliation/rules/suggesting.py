"""Score the orders that some money may be for, with the reasons. Pure: a suggestion for a person, never a certainty.

What the payer copied (tracking key, order number, reference, CLABE) weighs most, then the exact amount, then the name
and the time. An amount that many orders share says little, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Final

from seguripago.journey.payments.rules import Lead
from seguripago.values import clabe as clabes
from seguripago.values import order_number
from seguripago.values.money import Money

from .judging import PAID_ORDER, Share, Suggestion
from .names import LEAST, likeness

MOST: Final = 5
WORTH_SHOWING: Final = 15
CLAIMED_KEY, NUMBER, LIKELY_NUMBER, REFERENCE, NEAR_CLABE, SAME_BUYER = 55, 50, 40, 35, 35, 12
EXACT, NEARLY, PART = 30, 12, 4
NAME, CLAIMED_DAY, JUST_SENT, SAME_DAY = 22, 10, 6, 3
NEAR_CENTAVOS: Final = 100
LARGEST_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class Sought:
    """Money that looks for its order: what the bank said of it, and how much of it is to be placed.

    `owner_payment` is the payment whose CLABE it came to, 0 when it is nobody's.
    """

    amount: Money
    payer_name: str
    concept: str
    reference: str
    tracking_key: str
    clabe: str
    bank_name: str
    operation_date: date
    settled_at: datetime
    owner_payment: int = 0
    owner_email: str = ""


@dataclass(frozen=True, slots=True)
class Spellings:
    """The order numbers that the payer wrote, as they stand or as they were probably meant."""

    sure: frozenset[str]
    likely: frozenset[str]

    @property
    def all(self) -> tuple[str, ...]:
        return (*sorted(self.sure), *sorted(self.likely))


def spellings(concept: str, reference: str = "") -> Spellings:
    """Read the order numbers in what the payer wrote."""
    text = f"{concept} {reference}" if any(c.isalpha() for c in reference) else concept
    sure = frozenset(order_number.find_all(text))
    return Spellings(sure, frozenset(order_number.find_likely(text)) - sure)


def near_clabes(number: str, prefix_length: int = 10) -> tuple[str, ...]:
    """The CLABEs that may have been meant: one digit is another, or two neighbours changed places; control right."""
    if not clabes.is_valid(number):
        return ()
    body = number[:-1]
    found: dict[str, None] = {}
    for place in range(prefix_length, len(body)):
        for digit in "0123456789":
            found[body[:place] + digit + body[place + 1 :]] = None
        if place + 1 < len(body):
            found[body[:place] + body[place + 1] + body[place] + body[place + 2 :]] = None
    found.pop(body, None)
    return tuple(clabes.build(each[:prefix_length], int(each[prefix_length:])) for each in found)


def is_near(one: str, other: str) -> bool:
    """Whether two CLABEs differ, before their control digit, in one digit or in two neighbours that changed places."""
    if len(one) != len(other) or one == other:
        return False
    places = [place for place, (mine, his) in enumerate(zip(one[:-1], other[:-1], strict=True)) if mine != his]
    if len(places) == 2:
        first, second = places
        return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return len(places) == 1


def suggest(sought: Sought, leads: Sequence[Lead]) -> tuple[Suggestion, ...]:
    """The orders that it may be for, best first, at most five; one transfer for several orders comes as one."""
    named = spellings(sought.concept, sought.reference)
    others = [lead for lead in leads if lead.payment_id != sought.owner_payment]
    rivals = sum(lead.is_open and lead.missing == sought.amount for lead in others)
    found = [suggestion for lead in others if (suggestion := _scored(sought, lead, named, rivals)) is not None]
    found += _splits(sought, leads, named)
    best = sorted(found, key=lambda each: (-each.score, each.order_number, len(each.shares)))
    return tuple(best[:MOST])


def _scored(sought: Sought, lead: Lead, named: Spellings, rivals: int) -> Suggestion | None:
    marks = list(_marks(sought, lead, named))
    amount = list(_of_amount(sought, lead, rivals, is_marked=bool(marks)))
    person = list(_of_person(sought, lead))
    if not marks and not (amount and amount[0][0] >= EXACT // 3) and not person:
        return None
    told = [*marks, *amount, *person, *_of_time(sought, lead)]
    score = sum(points for points, _ in told)
    reasons = [reason for _, reason in told if reason]
    if not lead.is_open:
        score //= 2
        reasons.append(_why_closed(lead))
    score = max(0, min(score, 99))
    return Suggestion(lead.order_number, score, tuple(reasons)) if score >= WORTH_SHOWING else None


def _marks(sought: Sought, lead: Lead, named: Spellings) -> Iterable[tuple[int, str]]:
    """What the payer or the buyer copied."""
    if sought.tracking_key and any(claim.tracking_key == sought.tracking_key for claim in lead.claims):
        yield CLAIMED_KEY, "El comprador avisó de su transferencia con esta misma clave de rastreo."
    if lead.order_number in named.sure:
        yield NUMBER, "El concepto trae el número de este pedido."
    elif lead.order_number in named.likely:
        yield LIKELY_NUMBER, "El concepto trae el número de este pedido, mal escrito."
    if lead.reference and sought.reference.lstrip("0") == lead.reference.lstrip("0"):
        yield REFERENCE, "La referencia es la de este pedido."
    if lead.clabe and is_near(lead.clabe, sought.clabe):
        yield NEAR_CLABE, f"Su CLABE {clabes.pretty(lead.clabe)} difiere de la del depósito en una cifra."


def _of_amount(sought: Sought, lead: Lead, rivals: int, *, is_marked: bool) -> Iterable[tuple[int, str]]:
    if lead.missing.currency != sought.amount.currency or not lead.is_open:
        return
    short = lead.missing.centavos - sought.amount.centavos
    if short == 0 and rivals > 1:
        yield max(EXACT - 4 * (rivals - 1), EXACT // 3), f"El monto es exacto, pero lo comparten {rivals} pedidos."
    elif short == 0:
        yield EXACT, "El monto es exactamente lo que falta."
    elif abs(short) <= NEAR_CENTAVOS:
        yield NEARLY, f"{'Faltarían' if short > 0 else 'Sobrarían'} {Money(abs(short))}."
    elif is_marked and short > 0:
        yield PART, f"Sería una parte: faltarían {Money(short)}."
    elif is_marked:
        yield 0, f"Sobrarían {Money(-short)}."


def _of_person(sought: Sought, lead: Lead) -> Iterable[tuple[int, str]]:
    if sought.owner_email and sought.owner_email == lead.buyer_email:
        yield SAME_BUYER, "Es del mismo comprador."
    alike = likeness(sought.payer_name, lead.buyer_name)
    if alike >= 90:
        yield NAME, "El ordenante es el comprador."
    elif alike >= LEAST:
        yield NAME * alike // 100, "Ordenante parecido."


def _of_time(sought: Sought, lead: Lead) -> Iterable[tuple[int, str]]:
    said = [claim for claim in lead.claims if claim.date == sought.operation_date]
    if said and not any(claim.tracking_key == sought.tracking_key for claim in said):
        bank = next((claim.bank for claim in said if claim.bank and claim.bank == sought.bank_name), "")
        yield CLAIMED_DAY, f"El comprador avisó ese día que ya transfirió{f' desde {bank}' if bank else ''}."
    if lead.monitored_at is None:
        return
    waited = sought.settled_at - lead.monitored_at
    if waited < -timedelta(minutes=5):
        yield -15, "El pedido recibió sus datos después de este depósito."
    elif waited <= timedelta(hours=2):
        yield JUST_SENT, ""
    elif waited <= timedelta(hours=24):
        yield SAME_DAY, ""


def _why_closed(lead: Lead) -> str:
    if lead.order_state in PAID_ORDER:
        return "Ese pedido ya está pagado."
    if lead.order_state == "cancelled":
        return "Ese pedido se canceló."
    return "A ese pedido se le terminó el plazo."


def _splits(sought: Sought, leads: Sequence[Lead], named: Spellings) -> list[Suggestion]:
    """One transfer for several orders of one buyer: what they miss adds up to it, exactly and in one way only."""
    by_buyer: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        if lead.is_open and lead.missing and lead.missing.currency == sought.amount.currency:
            by_buyer[lead.buyer_email].append(lead)
    found = []
    for own in by_buyer.values():
        mine = [lead for lead in own if lead.payment_id != sought.owner_payment]
        groups = list(_adding_up(mine[:8], sought.amount))
        written = [group for group in groups if {lead.order_number for lead in group} <= named.sure | named.likely]
        if len(written) == 1:
            found.append(_split(sought, written[0], 60, "El concepto trae los números de estos pedidos."))
        elif len(groups) == 1:
            found.append(_split(sought, groups[0], 35, "Son de un mismo comprador."))
    return found


def _adding_up(leads: Sequence[Lead], amount: Money) -> Iterable[tuple[Lead, ...]]:
    for size in range(2, min(LARGEST_GROUP, len(leads)) + 1):
        for group in combinations(leads, size):
            if sum(lead.missing.centavos for lead in group) == amount.centavos:
                yield group


def _split(sought: Sought, group: Collection[Lead], score: int, reason: str) -> Suggestion:
    first, *_ = ordered = sorted(group, key=lambda lead: lead.order_number)
    reasons = [f"La suma de lo que falta de {len(ordered)} pedidos es exactamente {sought.amount}.", reason]
    if likeness(sought.payer_name, first.buyer_name) >= LEAST:
        score += NAME
        reasons.append("Ordenante parecido.")
    shares = tuple(Share(lead.order_number, lead.missing) for lead in ordered)
    return Suggestion(first.order_number, min(score + EXACT, 99), tuple(reasons), shares)
