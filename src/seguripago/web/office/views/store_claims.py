"""Reclamaciones: what is due first, and one page each, for the store's people. Two decide what moves money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.foundations.approvals.queries import proposal as proposal_of
from seguripago.foundations.people.queries import Member
from seguripago.journey.assistance.queries.of_order import is_attended, orders_attended
from seguripago.journey.claims import commands
from seguripago.journey.claims.commands import MoneyOffer, Verdict
from seguripago.journey.claims.queries import (
    ClaimView,
    claim_page,
    claim_timeline,
    closed_claims,
    open_claims,
)
from seguripago.journey.claims.refusals import OfferNotPossible
from seguripago.journey.claims.rules import OFFER_LABELS, OfferKind
from seguripago.journey.delivery.queries import carrier_choices, shipments_of
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.refunds.queries import refunds_of
from seguripago.values.actor import Actor
from seguripago.values.money import Money, UnreadableAmount
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.claiming import detail, title, why_not
from seguripago.web.handing import hand_over
from seguripago.web.monitor import approving, words
from seguripago.web.uploads import taken, told

READERS: Final = ("analyst", "payments", "supervisor", "owner")
ACTORS: Final = ("analyst", "supervisor", "owner")
DECIDERS: Final = ("supervisor", "owner")
FRAMES: Final = {"analyst": "desk/base_wide.html", "payments": "monitor/base.html"}
SIDES: Final = {"store": "warn", "supervisor": "warn", "owner": "bad", "buyer": "info"}


@require_GET
@staff_only(*READERS)
def claim_list(request: StaffRequest) -> HttpResponse:
    """Open claims, what is due first on top; an analyst sees those of his conversations."""
    who, is_over = request.member, request.GET.get("ver") == "concluidas"
    rows = closed_claims(who.store_id) if is_over else open_claims(who.store_id)
    if who.role == "analyst":
        mine = orders_attended(who.store_id, who.user_id)
        rows = tuple(row for row in rows if row.order_id in mine)
    at = timezone.now()
    context = {
        **_frame(who),
        "rows": [(row, row.due_at is not None and row.due_at <= at, SIDES.get(row.owner, "")) for row in rows],
        "is_over": is_over,
    }
    template = "office/claim_list.html" + ("#rows" if request.headers.get("HX-Request") else "")
    return render(request, template, context)


@require_GET
@staff_only(*READERS)
def claim_one(request: StaffRequest, number: str) -> HttpResponse:
    """One claim: what each side says and shows, the parcels, and what can be done now."""
    return _page(request, _claim(request, number))


@require_POST
@staff_only(*ACTORS)
def act(request: StaffRequest, number: str, what: str) -> HttpResponse:
    """Answer, offer, send, hand up, propose; what could not be done is said with the words as typed."""
    found, deed = _claim(request, number), DEEDS.get(what)
    if deed is None or (what == "decidir" and request.member.role not in DECIDERS):
        raise Http404
    try:
        deed(request, found, _by(request), timezone.now())
    except Refusal as refusal:
        said = {name: text[:4000] for name, text in request.POST.items() if isinstance(text, str)}
        said |= {"what": what, "error": why_not(refusal) or words.why_not(refusal)}
        return _page(request, _claim(request, number), said=said, status=422)
    return _back(found)


@require_POST
@staff_only(*ACTORS)
def decide(request: StaffRequest, number: str, proposal_id: int) -> HttpResponse:
    """Approve exactly what was seen, reject it, or take back what one proposed oneself."""
    found = _claim(request, number)
    asked = proposal_of(request.member.store_id, proposal_id)
    if asked is None or asked.subject != f"claim:{found.id}":
        raise Http404
    try:
        decision = request.POST.get("decision", "")
        approving.decide(asked, decision, request.POST, by=_by(request), at=timezone.now())
    except Refusal as refusal:
        why = request.POST.get("reason", "")[:240]
        said = {"what": "propuesta", "error": why_not(refusal) or words.why_not(refusal), "words": why}
        return _page(request, _claim(request, number), said=said, status=409)
    return _back(found)


@require_POST
@staff_only(*ACTORS)
def upload(request: StaffRequest, number: str) -> HttpResponse:
    """Keep a file of the store's side."""
    found = _claim(request, number)

    def keep(name: str, body: bytes) -> None:
        commands.keep_claim_file(found.id, filename=name, body=body, by=_by(request), at=timezone.now())

    error = taken(request, keep, nothing=_("Elige un archivo."), why=why_not)
    said = {"what": "archivo", "error": error}
    return told(request, error, page=lambda: _page(request, found, said=said, status=422) if error else _back(found))


@require_safe
@staff_only(*READERS)
def file(request: StaffRequest, number: str, file_id: int) -> HttpResponse:
    """A clean copy of a file of either side, as a download."""
    found = _claim(request, number)
    kept = next((each for each in found.files if each.id == file_id), None)
    if kept is None:
        raise Http404
    return hand_over("claim", file_id, kept.sha256, part=found.id, at=timezone.now())


def _claim(request: StaffRequest, number: str) -> ClaimView:
    who = request.member
    found = claim_page(who.store_id, number[:20])
    if found is None or (who.role == "analyst" and not is_attended(who.store_id, found.order_id, who.user_id)):
        raise Http404
    return found


def _page(
    request: StaffRequest, found: ClaimView, *, said: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    who, subject = request.member, f"claim:{found.id}"
    asked = open_proposals_of(who.store_id, [subject]).get(subject)
    is_own = asked is not None and asked.proposed_by_id == who.user_id
    order = read_order(found.order_id)
    timeline = claim_timeline(found.id, is_public=False)
    may_act = who.role in ACTORS and found.is_open
    context = {
        **_frame(who),
        "claim": found,
        "order": order,
        "is_late": found.due_at is not None and found.due_at <= timezone.now(),
        "steps": [
            {"event": each, "title": title(each, is_buyer=False), "detail": detail(each, is_buyer=False)}
            for each in reversed(timeline)
        ],
        "theirs": [each for each in found.files if each.side == "buyer"],
        "ours": [each for each in found.files if each.side != "buyer"],
        "parcels": shipments_of(found.order_id),
        "refunds": [each for each in refunds_of(found.order_id) if each.subject == subject],
        "kinds": [(kind.value, label) for kind, label in OFFER_LABELS.items()],
        "carriers": carrier_choices(who.store_id),
        "asked": asked,
        "is_own": is_own,
        "may_approve": asked is not None and not is_own and who.role in DECIDERS,
        "may_act": may_act,
        "may_decide": who.role in DECIDERS and "propose" in found.may and asked is None,
        "is_office": who.role in DECIDERS,
        "said": said or {},
        "placed": _placed(found, is_asked=asked is not None) if may_act else frozenset(),
        # What the others did is told to whoever is writing; his own deeds he knows.
        "mark": f"{found.state}-{asked.id if asked else 0}-{sum(each.actor_name != who.name for each in timeline)}",
    }
    template = "office/claim.html" + ("#live" if request.headers.get("HX-Request") else "")
    return render(request, template, context, status=status)


def _placed(found: ClaimView, *, is_asked: bool) -> frozenset[str]:
    """The deeds whose form the page shows: what was typed for another one is shown beside its refusal."""
    shown = {
        "propuesta": is_asked,
        "oferta": "offer" in found.may and not is_asked,
        "decidir": "propose" in found.may and not is_asked,
        "enviar-cambio": "send_replacement" in found.may,
        "apelar": found.may_appeal,
    }
    return frozenset({"archivo", "responder"} | {what for what, is_shown in shown.items() if is_shown})


def _frame(who: Member) -> dict[str, Any]:
    topic = "monitor" if who.role == "payments" else "desk"
    return {"frame": FRAMES.get(who.role, "office/base.html"), "section": "claims", "live_topics": topic}


def _answer(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    if "answer" in found.may:
        commands.answer(found.id, words=_text(request, "words"), by=by, at=at)
    else:
        commands.add_words(found.id, words=_text(request, "words"), by=by, at=at)


def _offer(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    typed = request.POST.get("kind", "")
    if typed not in {each.value for each in OfferKind}:
        raise OfferNotPossible(found.amount, found.amount)
    kind = OfferKind(typed)
    if kind is OfferKind.REPLACE:
        commands.offer_replacement(found.id, words=_text(request, "words"), by=by, at=at)
        return
    whole = kind is OfferKind.REFUND
    offer = MoneyOffer(
        kind,
        found.amount if whole else _money(request, "amount", found),
        _text(request, "words"),
        request.POST.get("carrier", "")[:32] if kind is OfferKind.RETURN else "",
        request.POST.get("label_number", "")[:60] if kind is OfferKind.RETURN else "",
    )
    commands.propose_offer(found.id, offer, by=by, at=at)


def _send(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    carrier, number = request.POST.get("carrier", "")[:32], request.POST.get("tracking_number", "")[:60]
    commands.send_replacement(found.id, carrier=carrier, tracking_number=number, by=by, at=at)


def _came_back(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.goods_came_back(found.id, by=by, at=at)


def _hand_up(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.escalate(found.id, words=_text(request, "words"), by=by, at=at)


def _appeal(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.appeal(found.id, words=_text(request, "words"), by=by, at=at)


def _propose(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    is_replacement = request.POST.get("is_replacement") == "si"
    nothing = Money.zero(found.amount.currency)
    to_store = nothing if is_replacement else _money(request, "to_store", found)
    to_buyer = nothing if is_replacement else _money(request, "to_buyer", found)
    verdict = Verdict(to_store, to_buyer, _text(request, "reason"), is_replacement)
    commands.propose_decision(found.id, verdict, by=by, at=at)


DEEDS: Final[dict[str, Callable[[HttpRequest, ClaimView, Actor, datetime], None]]] = {
    "responder": _answer,
    "oferta": _offer,
    "enviar-cambio": _send,
    "llego": _came_back,
    "supervisor": _hand_up,
    "apelar": _appeal,
    "decidir": _propose,
}


def _money(request: HttpRequest, name: str, found: ClaimView) -> Money:
    try:
        return Money.parse(request.POST.get(name, "").strip()[:20], found.amount.currency)
    except UnreadableAmount:
        raise OfferNotPossible(found.amount, found.amount) from None


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:4000]


def _by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)


def _back(found: ClaimView) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("office_claim", args=[found.number]))
