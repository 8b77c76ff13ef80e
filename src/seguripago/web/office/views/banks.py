"""Banks: who tells the store of money, with which secrets, and under which accounts it is paid."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.approvals.commands import (
    AlreadyProposed,
    ChangedMeanwhile,
    NothingToChange,
    NotWhatWasSeen,
    NotYourRole,
    ProposalNotOpen,
    ProposalUnknown,
    SamePerson,
    approve_policy,
    approve_prefix,
    propose_policy,
    propose_prefix,
    reject,
)
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.approvals.rules import POLICY_KIND, PREFIX_KIND
from seguripago.foundations.stores.feed_commands import (
    rotate_feed_secret,
    set_feed_addresses,
    set_feed_credentials,
    set_feed_secret,
)
from seguripago.foundations.stores.queries import prefix_room, prefixes, store_by_id
from seguripago.foundations.stores.refusals import (
    AddressNotPossible,
    CredentialNotPossible,
    PrefixNotPossible,
    SecretTooShort,
)
from seguripago.ports.store_secrets import secret_path
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..bank_forms import AddressesForm, CredentialsForm, PrefixForm, SecretForm
from ..bank_screens import FeedScreen, feed_screens, waiting

APPROVING: Final = {POLICY_KIND: approve_policy, PREFIX_KIND: approve_prefix}


@require_GET
@staff_only("owner", "supervisor")
def banks(request: StaffRequest) -> HttpResponse:
    """Every feed of the folder with its state, the accounts and how long they last, and what waits for two people."""
    return _list(request)


@require_GET
@staff_only("owner", "supervisor")
def bank(request: StaffRequest, feed: str) -> HttpResponse:
    """One feed: its hook's address, its secret, who may call, its credentials."""
    return _page(request, _screen(request, feed))


@require_POST
@staff_only("owner")
def keep_credentials(request: StaffRequest, feed: str) -> HttpResponse:
    """Set what is needed to ask the provider; a dash forgets a value."""
    screen = _screen(request, feed)
    form = CredentialsForm(screen.needs, screen.card.given if screen.card else (), request.POST)
    if form.is_valid() and screen.is_test(form.values):
        form.add_error(None, _("Son credenciales de prueba: aquí su dinero nunca cuenta."))
    if form.is_valid():
        try:
            set_feed_credentials(request.member.store_id, feed, form.values, by=_by(request), at=timezone.now())
        except CredentialNotPossible as refused:
            form.add_error(refused.name, _("Ese valor no se puede guardar."))
        else:
            return HttpResponseRedirect(reverse("office_bank", args=[feed]) + "?guardado=1")
    return _page(request, screen, credentials=form)


@require_POST
@staff_only("owner")
def keep_addresses(request: StaffRequest, feed: str) -> HttpResponse:
    """Say from where the provider may call."""
    screen = _screen(request, feed)
    form = AddressesForm(request.POST)
    if form.is_valid():
        try:
            set_feed_addresses(request.member.store_id, feed, form.lines, by=_by(request), at=timezone.now())
        except AddressNotPossible as refused:
            form.add_error(
                "addresses", _("«%(address)s» no es una dirección ni una red.") % {"address": refused.address}
            )
        else:
            return HttpResponseRedirect(reverse("office_bank", args=[feed]) + "?guardado=1")
    return _page(request, screen, addresses=form)


@require_POST
@staff_only("owner")
def change_secret(request: StaffRequest, feed: str) -> HttpResponse:
    """Give the hook a new secret, the provider's or one of ours, which is shown this once."""
    screen = _screen(request, feed)
    form = SecretForm(request.POST)
    if not screen.takes_calls:
        raise Http404
    if form.is_valid():
        typed = form.cleaned_data["secret"].strip()
        secret = typed or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        keep = set_feed_secret if form.cleaned_data["ends_now"] else rotate_feed_secret
        try:
            keep(request.member.store_id, feed, secret, by=_by(request), at=timezone.now())
        except SecretTooShort:
            form.add_error("secret", _("Un secreto necesita al menos 16 caracteres."))
        else:
            if typed:
                return HttpResponseRedirect(reverse("office_bank", args=[feed]) + "?guardado=1")
            return _page(request, _screen(request, feed), new_secret=secret)
    return _page(request, screen, secret=form)


@require_POST
@staff_only("owner", "supervisor")
def propose_unsigned(request: StaffRequest) -> HttpResponse:
    """Propose that unsigned notices move money, or no longer; another person of the store decides."""
    accepted = store_by_id(request.member.store_id).accepts_unsigned_notices
    change = {"accepts_unsigned_notices": int(not accepted)}
    return _proposed(
        request, lambda: propose_policy(request.member.store_id, change, by=_by(request), at=timezone.now())
    )


@require_POST
@staff_only("owner", "supervisor")
def propose_account(request: StaffRequest) -> HttpResponse:
    """Propose another account prefix; another person of the store decides."""
    form = PrefixForm(request.POST)
    if not form.is_valid():
        return _list(request, prefix=form)
    wish = form.cleaned_data
    try:
        return _proposed(
            request,
            lambda: propose_prefix(
                request.member.store_id,
                institution=wish["institution"],
                bank_label=wish["bank_label"],
                prefix=wish["digits"],
                by=_by(request),
                at=timezone.now(),
            ),
        )
    except PrefixNotPossible as refused:
        words = {
            "digits": _("Son de 10 a 13 dígitos."),
            "institution": _("Ese banco no participa en SPEI."),
            "other_bank": _("Los tres primeros dígitos son de otro banco: el dinero llegaría a otra parte."),
            "taken": _("Ese prefijo, o uno que lo contiene, ya está en uso."),
        }
        form.add_error("digits", words[refused.reason])
        return _list(request, prefix=form)


@require_POST
@staff_only("owner", "supervisor")
def decide(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """Approve or reject what another person proposed, as it was seen on this page."""
    found = proposal(request.member.store_id, proposal_id)
    if found is None or found.kind not in APPROVING:
        raise Http404
    at, by = timezone.now(), _by(request)
    try:
        if request.POST.get("decision") == "reject":
            reject(proposal_id, reason=request.POST.get("reason", "").strip()[:200] or _("Sin motivo"), by=by, at=at)
        else:
            APPROVING[found.kind](proposal_id, seen=request.POST.get("seen", "")[:64], by=by, at=at)
    except SamePerson:
        return _list(request, problem=_("Lo propusiste tú: lo decide otra persona de la tienda."))
    except (ChangedMeanwhile, NotWhatWasSeen):
        return _list(request, problem=_("Algo cambió desde que lo viste: revísalo y vuelve a proponerlo."))
    except (ProposalNotOpen, ProposalUnknown):
        return _list(request, problem=_("Esa propuesta ya se decidió o venció."))
    except NotYourRole:
        return _list(request, problem=_("Tu papel en la tienda no decide esto."))
    page = "office_policies" if request.POST.get("back") == "reglas" else "office_banks"
    return HttpResponseRedirect(reverse(page) + "?decidido=1")


def _proposed(request: StaffRequest, propose: Callable[[], int]) -> HttpResponse:
    try:
        propose()
    except AlreadyProposed:
        return _list(request, problem=_("Ya hay una propuesta que espera: primero hay que decidirla."))
    except NothingToChange:
        return _list(request, problem=_("Así está ya."))
    except NotYourRole:
        return _list(request, problem=_("Tu papel en la tienda no propone esto."))
    return HttpResponseRedirect(reverse("office_banks") + "?propuesto=1")


def _list(request: StaffRequest, *, prefix: PrefixForm | None = None, problem: str = "") -> HttpResponse:
    store_id = request.member.store_id
    room = prefix_room(store_id)
    context = {
        "section": "banks",
        "feeds": [(each, *each.state) for each in feed_screens(store_id, at=timezone.now())],
        "accounts": prefixes(store_id),
        "room": room,
        "room_left": f"{room.left:,}",
        "room_tone": {"ok": "ok", "low": "warn"}.get(room.level, "bad"),
        "accepts_unsigned": store_by_id(store_id).accepts_unsigned_notices,
        "waiting": waiting(request.member),
        "form": prefix or PrefixForm(),
        "problem": problem,
        "is_proposed": request.GET.get("propuesto") == "1",
        "is_decided": request.GET.get("decidido") == "1",
    }
    is_wrong = bool(problem) or (prefix is not None and prefix.errors)
    return render(request, "office/banks.html", context, status=422 if is_wrong else 200)


def _page(
    request: StaffRequest,
    screen: FeedScreen,
    *,
    credentials: CredentialsForm | None = None,
    addresses: AddressesForm | None = None,
    secret: SecretForm | None = None,
    new_secret: str = "",
) -> HttpResponse:
    card = screen.card
    allowed = "\n".join(card.allowed_addresses) if card else ""
    context = {
        "section": "banks",
        "feed": screen,
        "card": card,
        "may_change": request.member.role == "owner",
        "credentials": credentials or CredentialsForm(screen.needs, card.given if card else ()),
        "addresses": addresses or AddressesForm(initial={"addresses": allowed}),
        "secret": secret or SecretForm(),
        "new_secret": new_secret,
        "new_address": f"{screen.hook_address}{secret_path(new_secret)}/" if new_secret and not screen.signs else "",
        "is_kept": request.GET.get("guardado") == "1",
    }
    is_wrong = any(form is not None and form.errors for form in (credentials, addresses, secret))
    return render(request, "office/bank.html", context, status=422 if is_wrong else 200)


def _screen(request: StaffRequest, slug: str) -> FeedScreen:
    for each in feed_screens(request.member.store_id, at=timezone.now()):
        if each.slug == slug:
            return each
    raise Http404


def _by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)
