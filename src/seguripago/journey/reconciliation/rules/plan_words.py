"""A plan in the Spanish lines that the checker reads. Pure."""

from __future__ import annotations

from seguripago.values import clabe
from seguripago.values.money import Money

from .plans import Pay, Plan, Return


def says(plan: Plan, *, reason: str = "") -> tuple[str, ...]:
    """Every line of what will happen, in the order in which it happens."""
    currency = plan.holding.currency
    lines: list[str] = []
    if plan.takes_back:
        taken = Money(sum(source.centavos for source in plan.takes_back), currency)
        lines.append(f"Deja de contar {taken} para el pedido {plan.holding.order_number}: no se completó a tiempo.")
    for pay in plan.pays:
        lines += _pay_lines(pay, currency)
    lines += [_return_line(each, currency) for each in plan.returns]
    if plan.to_card and (card := plan.holding.card):
        lines.append(f"Devuelve {Money(plan.to_card, currency)} a {card.name} por {card.gateway}.")
    if plan.write_off:
        amount = Money(plan.write_off, currency)
        lines.append(f"Cierra {amount} dentro de la tolerancia: la tienda los conserva.")
    if plan.not_ours:
        why = "ya los trajo otro depósito" if plan.holding.may_be_twin else "nunca llegaron a una cuenta de la tienda"
        lines.append(f"Da de baja {Money(plan.not_ours, currency)}: {why}.")
    if plan.reason:
        lines.append(f"Se revisó: {plan.reason}")
    if plan.rest:
        lines.append(f"Quedan {Money(plan.rest, currency)} en el caso.")
    elif plan.to_card:
        lines.append("El caso se resuelve cuando la pasarela confirme la devolución.")
    elif plan.returns:
        lines.append("El caso se resuelve cuando el banco confirme la devolución.")
    else:
        lines.append("El caso queda resuelto.")
    if reason:
        lines.append(f"Motivo: {reason}")
    return tuple(lines)


def _pay_lines(pay: Pay, currency: str) -> list[str]:
    number = pay.target.order_number
    lines = []
    if pay.target.has_ended:
        was = "cancelado" if pay.target.order_state == "cancelled" else "vencido"
        lines.append(f"El pedido {number} estaba {was}: se vuelven a apartar sus existencias.")
    if pay.centavos:
        lines.append(f"Aplica {Money(pay.centavos, currency)} al pedido {number}.")
    if pay.difference:
        lines.append(f"La tienda asume {Money(pay.difference, currency)} que faltan del pedido {number}.")
    left = pay.target.missing - Money(pay.centavos + pay.difference, currency)
    if pay.completes:
        lines.append(f"El pedido {number} queda pagado por {pay.target.amount}.")
    elif pay.extend_hours:
        lines.append(f"El comprador tiene {pay.extend_hours} horas más para pagar {left} a la misma CLABE.")
    else:
        lines.append(f"Al pedido {number} le faltarán {left}.")
    return lines


def _return_line(each: Return, currency: str) -> str:
    bank = clabe.institution_name(each.to.institution) or each.to.institution
    line = f"Devuelve {Money(each.centavos, currency)} a la cuenta {each.to.number} ({bank}) de {each.to.holder}."
    return f"{line} Prueba: {each.to.proof}" if each.to.proof else line
