"""What the desk's templates draw: the page's context, the quick actions with their reasons."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import Member
from seguripago.foundations.staffing.queries import DESK_ROLES
from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.assistance import queries as chat
from seguripago.journey.assistance.queries import ConversationView, DeskPanel
from seguripago.journey.cards.queries import ChargeView, charges_of_order
from seguripago.journey.payments.rules.asked_deposit import LEAST
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money
from seguripago.values.steps import Preference, Step
from seguripago.web.charging import ChargeForm
from seguripago.web.components.templatetags.sp import clock
from seguripago.web.sharing import link_box

from .canned import canned_for
from .lines import draw_entries, draw_lines
from .personal import REASONS, looked_at, personal_of

ROLES: Final = DESK_ROLES
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


def start_of_day(at: datetime) -> datetime:
    """The first moment of today in central Mexico."""
    return timezone.localtime(at, MEXICO).replace(hour=0, minute=0, second=0, microsecond=0)


def queue_context(member: Member, open_id: int, *, at: datetime) -> dict[str, Any]:
    """The queue's groups, for one person, and the mark of all that they say."""
    view = chat.queue(member.store_id, member.user_id, at=at, sees_team=member.role != "analyst")
    named = [
        ("mine", _("Mías"), view.mine),
        ("unassigned", _("Sin asignar"), view.unassigned),
        ("waiting", _("En espera"), view.waiting),
        ("team", _("Del equipo"), view.team),
    ]
    groups = [(label, len(rows), draw_lines(key, rows, open_id)) for key, label, rows in named if rows]
    return {
        "groups": groups,
        "open_id": open_id,
        "now_s": int(at.timestamp()),
        "unassigned": len(view.unassigned),
        "waiting": len(view.waiting),
        "queue_mark": hashlib.sha256(repr(groups).encode()).hexdigest()[:12],
    }


def panel_context(panel: DeskPanel, store: StoreView, member: Member, *, at: datetime) -> dict[str, Any]:
    """The order panel: the next step, the quick actions and the payment link."""
    return {
        **_link_context(panel, member, at=at),
        "member": member,
        "panel": panel,
        "personal": personal_of(panel),
        "reasons": REASONS,
        "looked": looked_at(panel, member),
        "conversation": panel.conversation,
        "order": panel.order,
        "payment": panel.payment,
        "charges": _charges(panel),
        "store": store,
        "actions": quick_actions(panel),
        "preferences": [(preference.value, preference.label) for preference in Preference],
        "steps": [(step.label, _standing(step, panel.step)) for step in Step],
        "can_change_preference": panel.order is not None and panel.order.is_open,
    }


def charge_key(conversation_id: int) -> str:
    """Name the charge that a conversation may make."""
    return hashlib.sha256(f"desk-charge:{conversation_id}".encode()).hexdigest()[:40]


def _charges(panel: DeskPanel) -> tuple[ChargeView, ...]:
    """The newest tries to charge a card, where the buyer may have given one."""
    order, payment = panel.order, panel.payment
    if order is None or payment is None or (payment.channel == "spei" and order.preference != Preference.CARD):
        return ()
    return charges_of_order(order.id)[:3]


def _link_context(panel: DeskPanel, member: Member, *, at: datetime) -> dict[str, Any]:
    """The newest link, and whether another one may be asked for a part now."""
    order, payment = panel.order, panel.payment
    if order is None:
        talk = panel.conversation
        return {
            "may_charge": talk.state != "resolved" and chat.may_answer(member, talk, at=at),
            # One conversation, one charge: its key follows from it, and pressed twice it is one.
            "charge_form": ChargeForm(initial={"key": charge_key(talk.id)}),
            "needs_phone": not talk.buyer_phone,
        }
    missing = payment.missing if payment is not None and payment.is_open else order.total
    was_asked = payment is not None and (payment.channel == "link" or payment.by_deposit or payment.link_id)
    return {
        "link_box": link_box(order.id, at=at) if was_asked else None,
        "may_answer_link": chat.may_answer(member, panel.conversation, at=at),
        "can_ask_part": not _why_not_payable(panel) and missing.centavos > LEAST.centavos,
        "deposit_least": LEAST,
        "deposit_most": Money(missing.centavos - 1, missing.currency),
    }


def conversation_context(
    view: ConversationView, panel: DeskPanel, member: Member, store: StoreView, *, at: datetime
) -> dict[str, Any]:
    """Timeline and composer of one conversation."""
    after = max(0, view.seq - SHOWN)
    return {
        "conversation": view,
        "entries": draw_entries(chat.entries(view.id, after, audience="desk", limit=SHOWN)),
        "has_older": after > 0,
        **_rights(view, member, at=at),
        "canned": canned_for(panel, member, store),
    }


def _rights(view: ConversationView, member: Member, *, at: datetime) -> dict[str, Any]:
    """What this person may do here, and how many seconds a claim has left for its first answer."""
    is_mine = view.analyst_id == member.user_id and view.state == "assigned"
    ends_at = chat.claim_ends_at(view) if is_mine else None
    return {
        "is_mine": is_mine,
        "may_take": not is_mine and chat.may_take(member, view, at=at),
        "may_answer": is_mine or chat.may_answer(member, view, at=at),
        "claim_left_s": None if ends_at is None else max(0, int((ends_at - at).total_seconds())),
    }


def _standing(step: Step, now: Step) -> str:
    order = list(Step)
    if step is now:
        return "now"
    return "done" if order.index(step) < order.index(now) else ""


def quick_actions(panel: DeskPanel) -> tuple[Action, ...]:
    """What goes out with one press, each with its reason while it is paused."""
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


def _why_not_payable(panel: DeskPanel, *, is_link: bool = False) -> str:
    order = panel.order
    if panel.conversation.state == "resolved":
        return _("La conversación está cerrada.")
    if order is None:
        return _("Primero verifica el pedido.")
    if order.paid_at is not None:
        return _("El pago ya está confirmado.")
    if order.state in ("cancelled", "expired"):
        return _("El pedido ya no está vigente.")
    if is_link and order.is_quick:
        # Whoever made the charge ticked its checks; its buyer says yes where the link leads.
        return ""
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
    if reason := _why_not_payable(panel, is_link=True):
        return reason
    payment = panel.payment
    if payment is not None and payment.is_open and payment.link_id is not None:
        return _("Ya tiene un link vigente.")
    return ""


def _why_no_evidence(panel: DeskPanel) -> str:
    if panel.conversation.state == "resolved":
        return _("La conversación está cerrada.")
    if panel.order is None:
        return _("Primero verifica el pedido.")
    if panel.payment is None:
        return _("Todavía no hay un pago que respaldar.")
    return ""
