"""Saved replies as one conversation reads them: the variables' values, and in words why one cannot be inserted."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import Member
from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.assistance import queries as chat
from seguripago.journey.assistance.queries import DeskPanel
from seguripago.web.components.templatetags.sp import day, money


@dataclass(frozen=True, slots=True)
class Canned:
    """A saved reply as it would be inserted now; with a `reason` it cannot be."""

    command: str
    label: str
    text: str
    reason: str


def canned_for(panel: DeskPanel, member: Member, store: StoreView) -> tuple[Canned, ...]:
    """The store's replies in use, filled for this conversation."""
    filled = chat.filled_replies(store.id, values_of(panel, member, store))
    return tuple(Canned(reply.command, reply.title, reply.text, _why_not(reply.missing)) for reply in filled)


def values_of(panel: DeskPanel, member: Member, store: StoreView) -> dict[str, str]:
    """What each variable says here; an empty text where there is nothing to say."""
    order, words = panel.order, panel.conversation.buyer_name.split()
    values = {"nombre": words[0] if words else "", "analista": member.name, "tienda": store.name}
    if order is None:
        return values
    promised = (
        _("según lo acordado")
        if order.is_quick
        else _("entre el %(first)s y el %(last)s")
        % {
            "first": day(order.promised_from),
            "last": day(order.promised_to),
        }
    )
    return values | {"pedido": order.number, "monto": money(order.total), "entrega": promised}


def _why_not(missing: tuple[str, ...]) -> str:
    if not missing:
        return ""
    names = ", ".join(f"{{{name}}}" for name in missing)
    if set(missing) <= {"pedido", "monto", "entrega"}:
        return _("Falta %(names)s: primero verifica el pedido.") % {"names": names}
    return _("Falta %(names)s.") % {"names": names}
