"""«Banco de pruebas»: the page where a person plays the payer's bank. It exists in the demo only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from seguripago.foundations.stores import queries as stores
from seguripago.journey.payments.queries import expected_transfers
from seguripago.ports.store_secrets import store_secret
from seguripago.values.money import Money
from seguripago.values.order_number import bare
from seguripago.web.sandbox.forms import TransferForm
from seguripago.web.sandbox.transfers import MOST_IN_A_BURST

WAIT_S: Final = 2
PREFILLED: Final = {
    "clabe": "clabe",
    "monto": "amount",
    "concepto": "concept",
    "nombre": "payer_name",
    "banco": "institution",
}


class BankAway(Exception):
    """The sandbox bank does not answer."""


class BankSaysNo(Exception):
    """The sandbox bank refused a field."""


class NobodyWaits(Exception):
    """No order waits for a transfer."""


@dataclass(frozen=True, slots=True)
class SentNotice:
    """One notice as it went, and what the site answered."""

    kind: str
    amount: str
    clabe: str
    tracking_key: str
    state: str
    attempts: int
    status: int
    is_signed: bool
    number: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page says of a transfer that went out."""

    amount: Money
    tracking_key: str
    operation_date: date
    says: str
    transfers: int
    notices: tuple[SentNotice, ...]


@require_http_methods(["GET", "POST"])
def bank_page(request: HttpRequest) -> HttpResponse:
    """Show the form, prefilled by `?clabe=&monto=&concepto=&nombre=&banco=&volver=`, and play what is typed."""
    if not settings.SEGURIPAGO.demo:
        raise Http404
    back = _way_back(request, request.POST.get("back") or request.GET.get("volver") or _came_from(request))
    context: dict[str, Any] = {"back": back, "statement_url": f"{settings.SEGURIPAGO.sandbox_url}/estado-de-cuenta/"}
    if request.method != "POST":
        prefilled = {field: request.GET[name] for name, field in PREFILLED.items() if request.GET.get(name)}
        return render(request, "sandbox/bank.html", {**context, "form": TransferForm(initial=prefilled)})
    form, status = TransferForm(request.POST), 200
    if form.is_valid():
        try:
            context["sent"] = _play(form.cleaned_data)
        except BankAway:
            context["trouble"], status = _("El Banco de pruebas no responde. Arráncalo con «make up»."), 503
        except NobodyWaits:
            context["trouble"], status = _("Ningún pedido espera una transferencia ahora."), 422
        except BankSaysNo as trouble:
            context["trouble"], status = _("El Banco de pruebas no aceptó: %(field)s.") % {"field": trouble}, 422
    else:
        status = 422
    return render(request, "sandbox/bank.html", {**context, "form": form}, status=status)


def _play(asked: dict[str, Any]) -> Sent:
    """Ask the sandbox bank to play it; raises BankAway, BankSaysNo, NobodyWaits."""
    store = _store_of(asked["clabe"])
    known = stores.feed_secrets(store.id)
    targets = _everyone(store.id) if asked["to_everyone"] else []
    first = targets[0] if targets else {"clabe": asked["clabe"], "amount": asked["amount"].plain}
    body = {
        "store_key": store.hook_key,
        "secret": known["sandbox"],
        "stp_secret": known.get("stp", ""),
        "targets": targets,
        "clabe": first["clabe"],
        "amount": first["amount"],
        "institution": asked["institution"],
        "payer_name": asked["payer_name"],
        "beneficiary_name": store.legal_name,
        "concept": asked["concept"],
        "tracking_key": asked["tracking_key"],
        "times": asked["times"],
        "delay_s": asked["delay_s"],
        "burst": asked["burst"],
        "shuffled": asked["shuffled"],
        "behaviour": asked["behaviour"],
        "operation_date": asked["operation_date"].isoformat() if asked["operation_date"] else "",
        "wait_s": WAIT_S,
    }
    headers = {"authorization": f"Bearer {store_secret(settings.SEGURIPAGO.main_key, 'sandbox-bank', '')}"}
    try:
        url = f"{settings.SEGURIPAGO.sandbox_url}/transfers"
        answer = httpx.post(url, json=body, headers=headers, timeout=WAIT_S + 5, trust_env=False)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as trouble:
        raise BankAway from trouble
    if answer.status_code != 200:
        raise BankSaysNo(said.get("error", str(answer.status_code)))
    played = said["transfers"][0]
    day = date.fromisoformat(played["operation_date"])
    total = Money.sum(Money.parse(each["amount"]) for each in said["transfers"])
    says = _outcome(said, asked["delay_s"])
    return Sent(total, played["tracking_key"], day, says, len(said["transfers"]), _notices(said["notices"]))


def _everyone(store_id: int) -> list[dict[str, str]]:
    """Where a transfer to every waiting order goes, with the amount that each still lacks."""
    waiting = expected_transfers(store_id, at=timezone.now(), limit=MOST_IN_A_BURST)
    if not waiting:
        raise NobodyWaits
    return [{"clabe": one.clabe, "amount": one.missing.plain, "concept": bare(one.number)} for one in waiting]


def _notices(said: list[dict[str, Any]]) -> tuple[SentNotice, ...]:
    """Every notice in its order; one that goes again is told as such."""
    seen: dict[tuple[str, str], int] = {}
    found = []
    for one in said:
        key = (one["tracking_key"], one["kind"])
        seen[key] = seen.get(key, 0) + 1
        found.append(
            SentNotice(
                kind=one["kind"] if seen[key] == 1 else "repeat",
                amount=f"{one['amount']} USD" if one["behaviour"] == "dollars" else one["amount"],
                clabe=one["clabe"],
                tracking_key=one["tracking_key"],
                state=one["state"],
                attempts=one["attempts"],
                status=one["last_status"],
                is_signed=one["road"] == "signed",
                number=seen[key],
            )
        )
    return tuple(found)


def _outcome(said: dict[str, Any], delay_s: int) -> str:
    """Say how the site answered, by the first hundred notices."""
    if delay_s:
        return ngettext("Sale en %(n)s segundo", "Salen en %(n)s segundos", delay_s) % {"n": delay_s}
    states = [notice["state"] for notice in said["notices"]]
    delivered, refused = states.count("delivered"), states.count("refused")
    if refused:
        return _("La tienda lo rechazó: la firma no es buena.")
    if delivered and delivered == len(states):
        return ngettext("La tienda lo recibió", "La tienda los recibió: %(n)s", delivered) % {"n": delivered}
    return _("En camino: el banco insiste hasta que la tienda responda.")


def _store_of(clabe: str) -> stores.StoreView:
    """Find the demo store that keeps this CLABE; a stranger's goes to the first, which will not know it."""
    demo = [store for store in stores.stores_all() if store.is_demo]
    if not demo:
        raise Http404
    ours = (s for s in demo if any(clabe.startswith(prefix.prefix) for prefix in stores.prefixes(s.id)))
    return next(ours, demo[0])


def _came_from(request: HttpRequest) -> str:
    """Give the path of the order or link from which the buyer came, where the browser says it."""
    came = urlsplit(request.headers.get("Referer", ""))
    ours = came.netloc == request.get_host() and came.path.startswith(("/pedido/", "/pago/"))
    return came.path if ours else ""


def _way_back(request: HttpRequest, asked: str) -> str:
    """Give the address to go back to, only when it is of this very site."""
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""
