"""Exceptions: the queue with its filters, one case with everything that can be proposed, several at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from seguripago.journey.bank import sayings
from seguripago.journey.reconciliation.commands import Bulk, propose_many, would_say
from seguripago.journey.reconciliation.queries import CaseView, case_page, open_cases, waiting_by_kind
from seguripago.journey.reconciliation.queries.comprobantes import paper_lines
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import asking, places, words
from seguripago.web.monitor.live_links import live_links

ROLES = ("payments", "supervisor")
PAGE = 40
SOON = timedelta(hours=1)
MOST_AT_ONCE = 100
SPLIT_PLACES = 3
# What a clerk mostly does with money that is no order's; elsewhere the first that can be done.
USUAL = {"excess": "return", "duplicate": "return"}


@require_GET
@staff_only(*ROLES)
def queue(request: StaffRequest) -> HttpResponse:
    """The cases that wait, newest first; its filters stay in the address."""
    return render(request, "monitor/cases.html", _queue(request))


@require_POST
@staff_only(*ROLES)
def propose_several(request: StaffRequest) -> HttpResponse:
    """One action for several cases; each is a proposal of its own, and what cannot be is said."""
    store_id, at = request.member.store_id, timezone.now()
    asked = {int(text) for text in request.POST.getlist("caso")[:MOST_AT_ONCE] if text.isdecimal() and len(text) < 19}
    mine = {row.id for row in open_cases(store_id, limit=1_000) if row.id in asked}
    if asked - mine:
        raise Http404
    reason, action = request.POST.get("reason", "")[:240], request.POST.get("action", "")
    done = propose_many(sorted(mine), action, reason=reason, by=_actor(request), at=at)
    made = len(done.proposed)
    said = ngettext(
        "%(n)s propuesta hecha; espera su segunda aprobación.",
        "%(n)s propuestas hechas; esperan su segunda aprobación.",
        made,
    ) % {"n": made}
    return render(
        request, "monitor/cases.html", {**_queue(request), "done": said if made else "", **_refused(request, done)}
    )


def _refused(request: StaffRequest, done: Bulk) -> dict[str, object]:
    """What could not be proposed, still chosen, with what was typed."""
    if not done.refused:
        return {}
    return {
        "bulk": done,
        "picked": {case_id for case_id, _why in done.refused},
        "bulk_action": request.POST.get("action", ""),
        "bulk_reason": request.POST.get("reason", "")[:240],
    }


@require_GET
@staff_only(*ROLES)
def case(request: StaffRequest, case_id: int) -> HttpResponse:
    """A case: what happened, what it holds, what may be done and by whom it was decided."""
    view = _case(request, case_id)
    if request.GET.get("parte") == "estado":
        return render(request, "monitor/case.html#standing", {"case": view, **_decision(request, view)})
    return _page(request, view)


@require_POST
@staff_only(*ROLES)
def propose(request: StaffRequest, case_id: int) -> HttpResponse:
    """Propose one action; with `probar` it only says what would happen."""
    view, by, at = _case(request, case_id), _actor(request), timezone.now()
    said = request.POST.dict()
    if "probar" in said:
        says: tuple[str, ...] = ()
        trouble = ""
        try:
            says = would_say(view.store_id, lambda: asking.propose(case_id, said, by=by, at=at))
        except Refusal as refusal:
            trouble = words.why_not(refusal)
        return render(request, "monitor/_preview.html", {"says": says, "trouble": trouble})
    try:
        asking.propose(case_id, said, by=by, at=at)
    except Refusal as refusal:
        answer = _page(request, _case(request, case_id), trouble=words.why_not(refusal), said=said)
        answer.status_code = 409
        return answer
    return HttpResponseRedirect(reverse("monitor_case", args=[case_id]))


def _page(
    request: StaffRequest, view: CaseView, *, trouble: str = "", said: dict[str, str] | None = None
) -> HttpResponse:
    can = [each.name for each in view.possible if each.can]
    shares = next((each.shares for each in view.suggestions if each.shares), ())
    usual = "split" if shares else USUAL.get(view.kind, "")
    if usual == "return" and view.charge_id is not None:
        usual = "return_card"
    chosen = (said or {}).get("action") or (usual if usual in can else next(iter(can), ""))
    context = {
        "case": view,
        "trouble": trouble,
        "said": said or {},
        "chosen": chosen,
        "first_number": _likeliest(view),
        "split_rows": _split_rows(said or {}, shares),
        "live": live_links(request.member, _order(view), at=timezone.now()).get(view.order_id or 0),
        **_source(view),
        "evidence": paper_lines(
            _order(view), store_id=view.store_id, deposit_id=view.deposit.id if view.deposit else None
        ),
        "history": [(entry, words.deed(entry.action)) for entry in view.history],
        **_decision(request, view),
        "live_topics": "monitor",
        "section": "monitor",
    }
    return render(request, "monitor/case.html", context)


def _order(view: CaseView) -> dict[int, str]:
    return {} if view.order_id is None else {view.order_id: view.order_number}


def _likeliest(view: CaseView) -> str:
    """The order that the form names at first: nobody's when several are just as likely, or none can take money."""
    still = [each for each in view.suggestions if each.is_open]
    if still:
        return "" if len(still) > 1 and still[0].score == still[1].score else still[0].order_number
    return view.order_number if view.target and not view.target.clause else ""


def _split_rows(said: dict[str, str], shares: tuple[tuple[str, Money], ...]) -> list[tuple[int, str, str]]:
    """(place, order, amount) of the split form: as it was typed, else as it was suggested, and room for more."""
    places = range(1, asking.MOST_SHARES + 1)
    rows = [(said.get(f"number_{place}", ""), said.get(f"amount_{place}", "")) for place in places]
    if not any(number or amount for number, amount in rows):
        rows = [(number, amount.plain) for number, amount in shares][: asking.MOST_SHARES]
    while rows and not any(rows[-1]):
        rows.pop()
    rows += [("", "")] * (min(max(len(rows) + 1, SPLIT_PLACES), asking.MOST_SHARES) - len(rows))
    return [(place, *row) for place, row in enumerate(rows, start=1)]


def _source(view: CaseView) -> dict[str, object]:
    """What a case without a deposit came from: the notice itself, an announcement, a line of a statement."""
    what, number = view.cause
    match what:
        case "notice":
            return {"notice": sayings.notice(view.store_id, number)}
        case "announcement":
            return {"announced_id": number}
        case "statement_row":
            return {"statement_id": sayings.statement_of_line(view.store_id, number)}
    return {}


def _decision(request: StaffRequest, view: CaseView) -> dict[str, object]:
    proposal = view.proposal
    is_own = proposal is not None and proposal.proposed_by_id == request.member.user_id
    is_at_gateway = view.state == "approved" and view.charge_id is not None
    return {
        "state_label": words.AT_GATEWAY if is_at_gateway else words.CASE_STATES[view.state],
        "proposal": proposal,
        "kind_label": words.KINDS.get(proposal.kind, proposal.kind) if proposal else "",
        "is_own": is_own,
        "may_decide": proposal is not None and not is_own and request.member.role == "supervisor",
        "figures": _figures(view),
    }


def _figures(view: CaseView) -> list[tuple[str, str, bool]]:
    """Three amounts that a checker compares at a glance: (label, amount, whether it is the one that is decided)."""
    if view.target is None:
        return [(_("Recibido"), _said(view.amount), False), (_("Por aclarar"), _said(view.held), True)]
    return [
        (_("Esperado"), _said(view.target.amount), False),
        (_("Recibido"), _said(view.target.received), False),
        (_("Por aclarar"), _said(view.held), True),
    ]


def _said(amount: Money) -> str:
    return str(amount) if amount.currency == "MXN" else f"{amount} {amount.currency}"


def _queue(request: StaffRequest) -> dict[str, object]:
    store_id, at = request.member.store_id, timezone.now()
    chosen = {
        "tipo": request.GET.get("tipo", ""),
        "estado": request.GET.get("estado", ""),
        "vence": request.GET.get("vence", ""),
    }
    kinds = [chosen["tipo"]] if chosen["tipo"] in words.CASE_KINDS else []
    states = [chosen["estado"]] if chosen["estado"] in words.CASE_STATES else []
    due_before: datetime | None = at + SOON if chosen["vence"] == "1" else None
    place = places.read(request.GET.get("antes", ""))
    rows = open_cases(store_id, kinds=kinds, states=states, due_before=due_before, before=place, limit=PAGE + 1)
    shown = rows[:PAGE]
    following = ""
    if len(rows) > PAGE:
        wanted = {name: value for name, value in chosen.items() if value}
        following = urlencode({**wanted, "antes": places.write(shown[-1].opened_at, shown[-1].id)})
    counts = waiting_by_kind(store_id)
    return {
        "cases": shown,
        "chosen": chosen,
        "kinds": [(slug, label, counts.get(slug, 0)) for slug, label in words.CASE_KINDS.items()],
        "states": [(slug, label) for slug, label in words.CASE_STATES.items() if slug != "done"],
        "total": sum(counts.values()),
        "following": following,
        "actions": [(name, words.KINDS[f"case.{name}"]) for name in asking.BULK],
        "live_topics": "monitor",
        "section": "monitor",
    }


def _case(request: StaffRequest, case_id: int) -> CaseView:
    view = case_page(request.member.store_id, case_id)
    if view is None:
        raise Http404
    return view


def _actor(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)
