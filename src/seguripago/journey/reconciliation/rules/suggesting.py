from __future__ import annotations

from collections.abc import Sequence

from seguripago.values import order_number
from seguripago.values.money import Money

from .judging import DepositFacts, Suggestion


def suggest(deposit: DepositFacts, alike: Sequence[tuple[str, Money]]) -> tuple[Suggestion, ...]:
    """Score open payments (order number, what they miss) that look like the deposit's, best first."""
    named = set(order_number.find_all(deposit.concept))
    found = []
    for number, missing in alike:
        reasons: list[str] = []
        score = 0
        if number in named:
            score += 70
            reasons.append("El concepto trae el número de pedido.")
        if deposit.amount == missing:
            score += 25
            reasons.append("El monto es exactamente lo que falta.")
        if reasons:
            found.append(Suggestion(number, score, tuple(reasons)))
    return tuple(sorted(found, key=lambda each: (-each.score, each.order_number))[:5])
