"""The ledger as of any moment, and the exports of deposits, cases and entries by days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from seguripago.foundations.ledger.queries import Place, TrialLine, statement, trial_balance
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.values.calendar import MEXICO
from seguripago.values.money import MXN, Money
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.components.exporting import export
from seguripago.web.monitor import close_words as words
from seguripago.web.monitor.exports import SHEETS
from seguripago.web.monitor.views.close import ROLES, day_of

LONGEST_EXPORT: Final = timedelta(days=366)
PAGE: Final = 50
CURRENCY: Final = re.compile("[A-Z]{3}")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@require_GET
@staff_only(*ROLES)
def ledger(request: StaffRequest) -> HttpResponse:
    """The accounts as they stood at a moment (now, without one), and the entries of one of them."""
    store_id = request.member.store_id
    until = _moment_of(request.GET.get("momento", ""))
    value_date = day_of(request, "fecha", None)
    chosen, currency = request.GET.get("cuenta", Account.BANK.value), request.GET.get("moneda", MXN)
    if chosen not in {each.value for each in Account}:
        raise Http404
    account, currency = Account(chosen), currency if CURRENCY.fullmatch(currency) else MXN
    page = statement(
        store_id, account, currency=currency, until=until, before=_place_of(request.GET.get("antes", "")), limit=PAGE
    )
    lines = trial_balance(store_id, at=until, value_date=value_date)
    kept = {"cuenta": account.value, "moneda": currency, "momento": request.GET.get("momento", "")}
    context = {
        "lines": [(line, words.account_name(line.account)) for line in lines],
        "totals": _totals(lines),
        "account": account.value,
        "account_name": words.account_name(account.value),
        "currency": currency,
        "entries": [
            (entry, words.journal_name(entry.journal), words.deposit_of(entry.journal)) for entry in page.entries
        ],
        "moment": request.GET.get("momento", "") if until else "",
        "value_date": value_date,
        "until": until,
        "older": urlencode({**kept, "antes": _written(page.following)}) if page.following else "",
        "section": "monitor",
    }
    return render(request, "monitor/ledger.html", context)


@require_GET
@staff_only(*ROLES)
def export_days(request: StaffRequest) -> HttpResponseBase:
    """Deposits, cases or the ledger from one day to another, as a table."""
    today = timezone.now().astimezone(MEXICO).date()
    first, last = day_of(request, "desde", today), day_of(request, "hasta", today)
    what = request.GET.get("que", "")
    if last < first or last - first > LONGEST_EXPORT or what not in SHEETS:
        raise Http404
    store_id = request.member.store_id
    name = f"{what}-{store_by_id(store_id).slug}-{first.isoformat()}-{last.isoformat()}"
    return export([SHEETS[what](store_id, first, last)], to=request.GET.get("formato", "csv"), filename=name)


def _totals(lines: Sequence[TrialLine]) -> list[TrialLine]:
    """The sum of each currency; what is left of debits and credits is nought, always."""
    found = []
    for currency in sorted({line.currency for line in lines}):
        here = [line for line in lines if line.currency == currency]
        sums = [
            Money.sum(amounts, currency)
            for amounts in zip(*((x.debits, x.credits, x.balance) for x in here), strict=True)
        ]
        found.append(TrialLine("", currency, *sums))
    return found


def _moment_of(text: str) -> datetime | None:
    """Read a moment as a browser's field gives it, in Mexico's time; None for none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=MEXICO)


def _place_of(text: str) -> Place | None:
    """Read where the page before ended: `microseconds,id`."""
    moment, _comma, number = text.partition(",")
    if not (moment.isascii() and moment.isdigit() and number.isascii() and number.isdigit() and len(text) < 40):
        return None
    return Place(EPOCH + timedelta(microseconds=int(moment)), int(number))


def _written(place: Place) -> str:
    return f"{(place.at - EPOCH) // timedelta(microseconds=1)},{place.id}"
