"""What a person can do at the desk now: the palette's deeds, each with its reason while it is paused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import Member
from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.assistance.queries import DeskPanel
from seguripago.journey.assistance.rules import plain

from .canned import canned_for
from .screens import quick_actions


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the palette; `does` and `value` are what the desk's script is asked to do."""

    label: str
    icon: str
    does: str
    value: str = ""
    reason: str = ""
    key: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do with the open conversation."""

    take: bool = False
    answer: bool = False


def deeds(panel: DeskPanel | None, member: Member, store: StoreView, *, may: Rights) -> tuple[Deed, ...]:
    """Everything that can be done now, the open conversation's deeds first."""
    of_talk = _of_conversation(panel, member, store, may) if panel is not None else ()
    return (*of_talk, *_of_desk(), *_ways(member))


def that_fit(said: str, found: Iterable[Deed]) -> tuple[Deed, ...]:
    """The deeds that hold every word of what was typed, accents and capitals aside."""
    words = plain(said.removeprefix("/")).split()
    return tuple(deed for deed in found if all(word in plain(f"{deed.label} {deed.hint}") for word in words))


def _of_conversation(panel: DeskPanel, member: Member, store: StoreView, may: Rights) -> tuple[Deed, ...]:
    view = panel.conversation
    is_led = view.analyst_id == member.user_id and view.led_by == "assistant"
    take = (Deed(_("Tomar conversación"), "user", "press", "#take-this"),) if may.take or is_led else ()
    if not may.answer:
        return take
    if view.state == "resolved":
        return (Deed(_("Abrir de nuevo"), "refresh", "press", "#reopen", key="E"),)
    quick = tuple(
        Deed(action.label, action.icon, "press", f"#act-{place}", action.reason)
        for place, action in enumerate(quick_actions(panel), start=1)
    )
    replies = tuple(
        Deed(f"/{reply.command} · {reply.label}", "bolt", "canned", reply.command, reply.reason, hint=reply.text[:90])
        for reply in canned_for(panel, member, store)
    )
    order = panel.order
    checks = (Deed(_("Confirmar todo"), "shield-check", "press", "#confirm-all"),)
    is_open = order is not None and order.state == "placed" and not order.all_checked
    return (
        *take,
        *(checks if is_open else ()),
        Deed(_("Responder"), "chat", "reply", key="R"),
        Deed(_("Nota privada"), "lock", "note", key="O"),
        *quick,
        Deed(_("Transferir a otra persona o equipo"), "transfer", "press", "#open-transfer", key="A"),
        Deed(_("Resolver"), "check", "press", "#open-resolve", key="E"),
        Deed(_("Adjuntar un archivo"), "clip", "attach"),
        *replies,
    )


def _of_desk() -> tuple[Deed, ...]:
    return (
        Deed(_("Tomar siguiente"), "inbox", "press", "#take-next", key="N"),
        Deed(_("Presencia: automática"), "refresh", "presence", "auto"),
        Deed(_("Presencia: disponible"), "user-check", "presence", "available"),
        Deed(_("Presencia: ocupado"), "clock", "presence", "busy"),
        Deed(_("Presencia: ausente"), "moon", "presence", "away"),
        Deed(_("Avisos y sonidos"), "bell", "dialog", "alerts"),
        Deed(_("Atajos del teclado"), "help", "dialog", "keys", key="?"),
    )


def _ways(member: Member) -> tuple[Deed, ...]:
    leads = member.role in ("supervisor", "owner")
    ways = [
        Deed(_("Ir a la mesa, sin conversación abierta"), "inbox", "go", "/mesa/", key="G M"),
        Deed(_("Ir a Pedidos sin pagar"), "hourglass", "go", "/mesa/pedidos-sin-pagar/"),
    ]
    if leads:
        ways.append(Deed(_("Ir a Supervisión"), "users", "go", "/mesa/supervision/"))
        ways.append(Deed(_("Ir a Informes"), "file", "go", "/mesa/informes/"))
    if member.role == "supervisor":
        ways.append(Deed(_("Ir a Medios de pago"), "pulse", "go", "/medios-de-pago/", key="G P"))
    if leads:
        ways.append(Deed(_("Ir a la Oficina"), "settings", "go", "/oficina/", key="G O"))
        ways.append(Deed(_("Ir a Respuestas guardadas"), "bolt", "go", "/oficina/respuestas/"))
    return tuple(ways)
