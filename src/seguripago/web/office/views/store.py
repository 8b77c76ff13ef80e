"""The store itself: its data, its bank accounts, its clocks, its team."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seguripago.foundations.people.commands import dismiss
from seguripago.foundations.people.queries import members
from seguripago.foundations.people.refusals import MemberUnknown, OnlyAnotherOwner
from seguripago.foundations.stores.commands import change_clocks, change_days, keep_chats_for, set_guarantee_mode
from seguripago.foundations.stores.queries import prefixes, store_by_id
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..forms import ChatsForm, ClaimDaysForm, ClocksForm, GuaranteeForm, SendingForm

CLOCKS: Final = ("transfer_hours", "watch_days", "ship_days", "deliver_days", "inspection_days")
SENDING: Final = ("cutoff_hour", "near_days", "national_days", "remote_days", "arrival_days")
GUARANTEE: Final = tuple(GuaranteeForm.base_fields)
CLAIMS: Final = tuple(ClaimDaysForm.base_fields)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("owner", "supervisor")
def store_page(request: StaffRequest) -> HttpResponse:
    """The store's data and accounts to read; its clocks to change, by the owner only."""
    is_sent = request.method == "POST" and request.member.role == "owner"
    clocks = ClocksForm(request.POST) if is_sent else None
    if clocks is not None and clocks.is_valid():
        change_clocks(request.member.store_id, **{name: clocks.cleaned_data[name] for name in CLOCKS})
        return HttpResponseRedirect(reverse("office_store") + "?guardado=1")
    return _page(request, clocks=clocks)


@require_POST
@staff_only("owner")
def keep_chats(request: StaffRequest) -> HttpResponse:
    """Set how long conversations are kept."""
    form, member = ChatsForm(request.POST), request.member
    if not form.is_valid():
        return _page(request, chats=form)
    by = Actor.staff(member.user_id, member.name)
    keep_chats_for(member.store_id, form.cleaned_data["chat_months"], by=by, at=timezone.now())
    return HttpResponseRedirect(reverse("office_store") + "?guardado=meses")


@require_POST
@staff_only("owner")
def set_sending(request: StaffRequest) -> HttpResponse:
    """Set the cut-off hour and the days that each destination adds."""
    form, member = SendingForm(request.POST), request.member
    if not form.is_valid():
        return _page(request, sending=form)
    days = {name: form.cleaned_data[name] for name in SENDING}
    change_days(member.store_id, days, by=Actor.staff(member.user_id, member.name), at=timezone.now())
    return HttpResponseRedirect(reverse("office_store") + "?guardado=1#entregas")


@require_POST
@staff_only("owner")
def set_claim_days(request: StaffRequest) -> HttpResponse:
    """Set how long everybody has in a claim."""
    form, member = ClaimDaysForm(request.POST), request.member
    if not form.is_valid():
        return _page(request, claims=form)
    days = {name: form.cleaned_data[name] for name in CLAIMS}
    change_days(member.store_id, days, by=Actor.staff(member.user_id, member.name), at=timezone.now())
    return HttpResponseRedirect(reverse("office_store") + "?guardado=1#reclamaciones")


@require_POST
@staff_only("owner")
def set_guarantee(request: StaffRequest) -> HttpResponse:
    """Set whose obligation the guarantee is."""
    form, member = GuaranteeForm(request.POST), request.member
    if not form.is_valid():
        return _page(request, guarantee=form)
    mode, partner = (form.cleaned_data[name] for name in GUARANTEE)
    set_guarantee_mode(member.store_id, mode, partner, by=Actor.staff(member.user_id, member.name), at=timezone.now())
    return HttpResponseRedirect(reverse("office_store") + "?guardado=garantia#garantia")


def _page(
    request: StaffRequest,
    *,
    clocks: ClocksForm | None = None,
    chats: ChatsForm | None = None,
    sending: SendingForm | None = None,
    claims: ClaimDaysForm | None = None,
    guarantee: GuaranteeForm | None = None,
) -> HttpResponse:
    store = store_by_id(request.member.store_id)
    errors = [form.errors for form in (clocks, chats, sending, claims, guarantee) if form is not None and form.errors]
    context = {
        "section": "store",
        "store": store,
        "accounts": prefixes(store.id),
        "form": clocks or ClocksForm(initial={name: getattr(store, name) for name in CLOCKS}),
        "chats": chats or ChatsForm(initial={"chat_months": store.chat_months}),
        "sending": sending or SendingForm(initial={name: getattr(store, name) for name in SENDING}),
        "claims": claims or ClaimDaysForm(initial={name: getattr(store, name) for name in CLAIMS}),
        "guarantee": guarantee or GuaranteeForm(initial={name: getattr(store, name) for name in GUARANTEE}),
        "may_change": request.member.role == "owner",
        "is_kept": request.GET.get("guardado") == "1" and not errors,
        "keeps_guarantee": request.GET.get("guardado") == "garantia" and not errors,
        "keeps_chats": request.GET.get("guardado") == "meses" and not errors,
    }
    return render(request, "office/store.html", context, status=422 if errors else 200)


@require_GET
@staff_only("owner", "supervisor")
def team_page(request: StaffRequest) -> HttpResponse:
    """Who works in the store, and as what."""
    return _team(request)


@require_POST
@staff_only("owner")
def dismiss_person(request: StaffRequest, user_id: int) -> HttpResponse:
    """End somebody's work at the store, sessions and open screens too."""
    by = Actor.staff(request.member.user_id, request.member.name)
    try:
        dismiss(request.member.store_id, user_id, by=by, at=timezone.now())
    except MemberUnknown as refused:
        raise Http404 from refused
    except OnlyAnotherOwner:
        return _team(request, is_refused=True)
    return HttpResponseRedirect(reverse("office_team") + "?baja=1")


def _team(request: StaffRequest, *, is_refused: bool = False) -> HttpResponse:
    words = {
        "analyst": _("Analista"),
        "payments": _("Medios de pago"),
        "supervisor": _("Supervisor"),
        "owner": _("Dueño de la tienda"),
    }
    team = [(person, words.get(person.role, person.role)) for person in members(request.member.store_id)]
    context = {
        "section": "team",
        "team": team,
        "may_dismiss": request.member.role == "owner",
        "me": request.member.user_id,
        "is_gone": request.GET.get("baja") == "1",
        "is_refused": is_refused,
    }
    return render(request, "office/team.html", context, status=409 if is_refused else 200)
