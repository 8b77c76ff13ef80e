"""The buyer's personal data beside the conversation: masked, one press and a reason from being read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seguripago.foundations.people.queries import Member
from seguripago.journey.assistance import queries as chat
from seguripago.journey.assistance.queries import DeskPanel
from seguripago.journey.assistance.rules import leads

REASONS: Final = (
    ("addresses", gettext_lazy("Verificar direcciones")),
    ("call", gettext_lazy("Llamar al comprador")),
    ("correct", gettext_lazy("Corregir datos")),
    ("other", gettext_lazy("Otro motivo")),
)


@dataclass(frozen=True, slots=True)
class Personal:
    """One line: its kind, what it says now, and whether it is still masked."""

    what: str
    label: str
    says: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looked at one, in words."""

    name: str
    what: str
    reason: str
    at: datetime


def personal_of(panel: DeskPanel) -> tuple[Personal, ...]:
    """The lines of «Cliente y envío», and before an order is verified those of «Comprador»."""
    order, talk = panel.order, panel.conversation
    said = [("contact", " · ".join(filter(None, (talk.buyer_phone, talk.buyer_email))))]
    if order is not None:
        said = [
            ("contact", " · ".join(filter(None, (order.buyer.phone, order.buyer.email)))),
            ("tax", order.billing.rfc if order.billing.wants_invoice else ""),
            ("address", order.shipping.one_line),
        ]
    return tuple(Personal(what, label_of(what), says, what not in panel.revealed) for what, says in said if says)


def looked_at(panel: DeskPanel, member: Member) -> tuple[Looked, ...]:
    """Who looked at what of this conversation: for supervisors."""
    if not leads(member.role):
        return ()
    reasons = dict(REASONS)
    return tuple(
        Looked(each.name, label_of(each.what), str(reasons.get(each.reason, each.reason)), each.at)
        for each in chat.reveals_of(panel.conversation.id)
    )


def label_of(what: str) -> str:
    return {"contact": _("Teléfono y correo"), "tax": _("RFC"), "address": _("Dirección de envío")}.get(what, what)
