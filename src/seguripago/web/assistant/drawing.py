"""A conversation as the frame draws it: its entries, its six steps, who attends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from seguripago.journey.assistance import queries as assistance
from seguripago.journey.assistance.queries import ConversationView, EntryView
from seguripago.journey.reconciliation.queries.comprobantes import BACKING
from seguripago.values.steps import Step
from seguripago.web.live.tickets import topic_of
from seguripago.web.shop.cookies import order_tokens

from . import remembering
from .frame import FrameRequest
from .waiting import wait_of

PAGE: Final = 200
BACKED_BEFORE: Final = frozenset({"verified", "not_verifiable"})
"""What cards of before a comprobante was compared with deposits called one that nothing spoke against."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the bar."""

    label: str
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation of this browser, with the secret that opens it."""

    token: str
    view: ConversationView


def own_talk(request: HttpRequest, store_id: int, code: str) -> Talk:
    """Answer the conversation with this code if it is this browser's in this store; otherwise there is none (404)."""
    token = remembering.talks(request).get(code.upper(), "") or begun_by_store(request).get(code.upper(), "")
    view = assistance.conversation_by_token(token)
    if view is None or view.store_id != store_id:
        raise Http404
    return Talk(token, view)


def begun_by_store(request: HttpRequest) -> dict[str, str]:
    """Answer the conversations that stores began about this browser's orders: the order's secret opens them."""
    return assistance.talks_of_orders(order_tokens(request))


def all_entries(conversation_id: int) -> tuple[EntryView, ...]:
    """Answer every entry, page by page; a card drawn again by a later page replaces its earlier drawing."""
    found: dict[int, EntryView] = {}
    after = 0
    while True:
        page = assistance.entries(conversation_id, after, limit=PAGE)
        found |= {entry.seq: entry for entry in page}
        if sum(entry.seq > after for entry in page) < PAGE:
            return tuple(found[seq] for seq in sorted(found))
        after = page[-1].seq


def steps(view: ConversationView, entries: Iterable[EntryView]) -> tuple[StepView, ...]:
    """Tell the six steps from the cards that were shown; the first one that is not done is the current one."""
    entries = tuple(entries)
    cards = {entry.card for entry in entries if entry.kind == "card"}
    accepted = any(entry.card == "confirmation" and entry.closed_as == "accepted" for entry in entries)
    details = bool(cards & {"bank_details", "link", "card_payment"})
    paid = "payment_confirmed" in cards
    has_evidence = _is_backed(entries) or "card_charged" in cards or (paid and "card_payment" in cards)
    done = {
        Step.PEDIDO: view.order_id is not None,
        Step.CONFIRMACION: accepted or details or paid,
        Step.DATOS_BANCARIOS: details or paid,
        Step.TRANSFERENCIA: paid,
        Step.COMPROBANTE: has_evidence,
        Step.LISTO: paid and has_evidence,
    }
    current = next((step for step in Step if not done[step]), None)
    return tuple(StepView(_(step.label), done[step], step is current) for step in Step)


def _is_backed(entries: Iterable[EntryView]) -> bool:
    """Whether a comprobante was given that nothing speaks against; one in doubt leaves the step open and says why."""
    given: dict[object, bool] = {}
    for entry in entries:
        if entry.card == "evidence_received":
            given.setdefault(entry.body.get("evidence_id"), True)
        elif entry.card == "evidence_verdict":
            given[entry.body.get("evidence_id")] = entry.body.get("verdict") in BACKING | BACKED_BEFORE
    return any(given.values())


def end_of(view: ConversationView) -> dict[str, Any]:
    """What the closed conversation's panel draws: the words of each rating, and whether it may still be changed."""
    if view.state != "resolved":
        return {}
    words = (_("Muy mala"), _("Mala"), _("Regular"), _("Buena"), _("Muy buena"))
    return {
        "ratings": list(enumerate(words, 1)),
        "rated": words[view.rating - 1] if view.rating else "",
        "is_changeable": assistance.may_still_rate(view, at=timezone.now()),
        "mailbox": masked_mail(view.buyer_email),
    }


def masked_mail(mailbox: str) -> str:
    """Show whose mailbox it is to whoever knows it: `l•••@correo.mx`."""
    name, _at, host = mailbox.partition("@")
    return f"{name[:1]}•••@{host}" if host else ""


def page_of(request: FrameRequest, talk: Talk, *, error: str = "", typed: str = "") -> dict[str, Any]:
    """Answer what the chat's page draws. It follows the conversation from the last entry that it already shows."""
    entries = all_entries(talk.view.id)
    last = entries[-1].seq if entries else 0
    return {
        "store": request.store,
        "talk": talk.view,
        "entries": entries,
        "steps": steps(talk.view, entries),
        "wait": wait_of(talk.view),
        **end_of(talk.view),
        "live_topic": f"{topic_of(talk.view.id, at=timezone.now())}@{last}",
        "client_id": uuid.uuid4(),
        "error": error,
        "typed": typed,
    }
