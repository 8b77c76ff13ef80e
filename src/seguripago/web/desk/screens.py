"""What the desk's templates draw: the page's context, the quick actions with their reasons, the canned replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import Member
from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.assistance import queries as chat
from seguripago.journey.assistance.queries import ConversationView, DeskPanel
from seguripago.values.calendar import MEXICO
from seguripago.values.steps import Preference, Step
from seguripago.web.components.templatetags.sp import clock, money

ROLES: Final = ("analyst", "supervisor", "owner")
SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Action:
    """A quick action: whether it may be done now, and in words why not."""

    url: str
    label: str
    icon: str
    reason: str
    is_next: bool = False

    @property
    def allowed(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class Canned:
    """A saved reply with its variables already filled."""

    command: str
    label: str
    text: str


def presence_of(request: HttpRequest, member: Member) -> str:
    """What this person chose last; an analyst who opens the desk is available."""
    chosen = str(request.session.get("desk_presence", ""))
    return chosen or ("available" if member.role == "analyst" else "away")


def start_of_day(at: datetime) -> datetime:
    """The first moment of today in central Mexico."""
    return timezone.localtime(at, MEXICO).replace(hour=0, minute=0, second=0, microsecond=0)


def queue_context(member: Member, open_id: int, *, at: datetime) -> dict[str, Any]:
    """The queue's groups, for one person."""
    view = chat.queue(member.store_id, member.user_id, at=at, sees_team=member.role != "analyst")
    groups = [
        ("mine", _("Mías"), view.mine),
        ("unassigned", _("Sin asignar"), view.unassigned),
        ("waiting", _("En espera"), view.waiting),
        ("team", _("Del equipo"), view.team),
    ]
    return {
        "groups": [group for group in groups if group[2]],
        "open_id": open_id,
        "unassigned": len(view.unassigned),
        "waiting": len(view.waiting),
    }


def panel_context(panel: DeskPanel, store: StoreView) -> dict[str, Any]:
    """The order panel: the next step and the quick actions."""
    return {
        "panel": panel,
        "conversation": panel.conversation,
        "order": panel.order,
        "payment": panel.payment,
        "store": store,
        "actions": _actions(panel),
        "preferences": [(preference.value, preference.label) for preference in Preference],
        "steps": [(step.label, _standing(step, panel.step)) for step in Step],
        "can_change_preference": panel.order is not None and panel.order.is_open,
    }


def conversation_context(view: ConversationView, panel: DeskPanel, member: Member, store: StoreView) -> dict[str, Any]:
    """Timeline and composer of one conversation."""
    after = max(0, view.seq - SHOWN)
    return {
        "conversation": view,
        "entries": chat.entries(view.id, after, audience="desk", limit=SHOWN),
        "has_older": after > 0,
        "is_mine": view.analyst_id == member.user_id and view.state == "assigned",
        "canned": canned_replies(panel, member, store),
    }


def canned_replies(panel: DeskPanel, member: Member, store: StoreView) -> tuple[Canned, ...]:
    """Saved replies with the buyer's name, the order and the amount filled in."""
    name = panel.conversation.buyer_name.split()[0]
    order = panel.order
    replies = [
        Canned(
            "hola",
            _("Saludo y No. de Pedido"),
            _(
                "Hola, %(name)s. Soy %(analyst)s, de %(store)s. Te acompaño hasta que tu pago esté confirmado."
                " ¿Me compartes tu No. de Pedido o tu PRE-FACTURA?"
            )
            % {"name": name, "analyst": member.name, "store": store.name},
        ),
        Canned(
            "gracias",
            _("Seguimos tu transferencia"),
            _("Gracias, %(name)s. Ya estamos monitoreando tu transferencia y te avisamos aquí en cuanto llegue.")
            % {"name": name},
        ),
        Canned("espera", _("Un momento"), _("Dame un momento, %(name)s; lo estoy revisando.") % {"name": name}),
        Canned(
            "comprobante",
            _("Sube tu comprobante"),
            _("Cuando puedas, sube tu comprobante aquí mismo para respaldar la operación."),
        ),
    ]
    if order is not None:
        replies.append(
            Canned(
                "monto",
                _("Pedido y monto"),
                _("Tu pedido %(number)s es de %(total)s, con IVA incluido.")
                % {"number": order.number, "total": money(order.total)},
            )
        )
    return tuple(replies)


def _standing(step: Step, now: Step) -> str:
    order = list(Step)
    if step is now:
        return "now"
    return "done" if order.index(step) < order.index(now) else ""


def _actions(panel: DeskPanel) -> tuple[Action, ...]:
    details, link = _why_no_details(panel), _why_no_link(panel)
    wants_link = panel.order is not None and panel.order.preference is Preference.LINK
    return (
        Action(
            "desk_send_details", _("Enviar datos bancarios"), "bank", details, is_next=not details and not wants_link
        ),
        Action("desk_send_link", _("Enviar link encriptado"), "link", link, is_next=not link and wants_link),
        Action(
            "desk_ask_evidence",
            _("Solicitar comprobante"),
            "receipt",
            _why_no_evidence(panel),
            is_next=panel.step is Step.COMPROBANTE,
        ),
    )


def _why_not_payable(panel: DeskPanel) -> str:
    order = panel.order
    if order is None:
        return _("Primero verifica el pedido.")
    if order.paid_at is not None:
        return _("El pago ya está confirmado.")
    if order.state in ("cancelled", "expired"):
        return _("El pedido ya no está vigente.")
    if panel.missing:
        return _("Falta confirmar: %(items)s.") % {"items": ", ".join(panel.missing)}
    if order.accepted_at is None:
        return _("Falta que el comprador acepte la confirmación.")
    return ""


def _why_no_details(panel: DeskPanel) -> str:
    if reason := _why_not_payable(panel):
        return reason
    payment = panel.payment
    if payment is not None and payment.is_open and payment.channel == "spei" and payment.instructions is not None:
        return _("Enviados a las %(time)s.") % {"time": clock(payment.instructions.sent_at)}
    return ""


def _why_no_link(panel: DeskPanel) -> str:
    if reason := _why_not_payable(panel):
        return reason
    payment = panel.payment
    if payment is not None and payment.is_open and payment.channel == "link" and payment.link_token:
        return _("Ya tiene un link vigente.")
    return ""


def _why_no_evidence(panel: DeskPanel) -> str:
    if panel.order is None:
        return _("Primero verifica el pedido.")
    if panel.payment is None:
        return _("Todavía no hay un pago que respaldar.")
    return ""
