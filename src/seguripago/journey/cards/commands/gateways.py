"""Set up a store's gateways. Every change is in the audit; no secret ever is, nor is one shown again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores import keyring
from seguripago.foundations.stores.queries import store_by_id
from seguripago.foundations.stores.reaching import may_be_called
from seguripago.ports import card_gateways
from seguripago.ports.card_gateways import CardGateway, Need
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..accounts import Inside, account, gateway, gateways, only_plays, seal, unseal
from ..models import StoreGateway
from ..refusals import GatewayNotReady, GatewayUnknown, MonthsNotPossible, OnlyTestMoney, ValueNotPossible
from ..rules.charges import MONTHS

LONGEST_VALUE: Final = 4000
OVERLAP: Final = timedelta(days=3)
"""How long notices signed with the webhook's secret before a new one are still believed."""
PROBE: Final = "seguripago-prueba-de-conexion"
"""A key that no charge has: a gateway that answers «there is none» has understood who asks."""


def set_gateway_values(store_id: int, slug: str, values: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Set values of an account by name; an empty one forgets it, what is not named stays.

    A new webhook secret lets the one before open for three days. Raises GatewayUnknown, ValueNotPossible, and for an
    account that takes charges OnlyTestMoney.
    """
    needs: dict[str, Need] = {need.name: need for need in _known(slug).needs}
    for name, value in values.items():
        if name not in needs or len(value) > LONGEST_VALUE or "\x00" in value:
            raise ValueNotPossible(name)
        if needs[name].hosts and value.strip() and not may_be_called(value.strip(), needs[name].hosts):
            raise ValueNotPossible(name)
    typed = {str(name): value.strip() for name, value in values.items()}
    with transaction.atomic():
        row, inside = _locked(store_id, slug, at=at)
        sealed = _merged(inside.values, {name: text for name, text in typed.items() if needs[name].is_secret})
        row.shown = _merged(row.shown, {name: text for name, text in typed.items() if not needs[name].is_secret})
        before = inside.values.get("webhook_secret", "")
        previous = inside.previous_webhook_secret
        if "webhook_secret" in typed and before and sealed.get("webhook_secret") != before:
            previous, row.previous_until = before, at + OVERLAP
        row.sealed = seal(Inside(sealed, previous), slug=store_by_id(store_id).slug, gateway=slug)
        row.given = sorted({*sealed, *row.shown})
        row.changed_at, row.tested_at, row.test_said = at, None, ""
        row.save()
        if row.is_active:
            _refuse_test_keys(store_id, slug)
        said = {
            "set": sorted(name for name, text in typed.items() if text),
            "forgotten": sorted(name for name, text in typed.items() if not text),
        }
        _record(row, "card_gateway.values_changed", said, by=by, at=at)


def set_months(store_id: int, slug: str, plan: Mapping[int, Money], *, by: Actor, at: datetime) -> None:
    """Say which months without interest the store offers, each from which amount on; none ends the offer.

    Raises GatewayUnknown, MonthsNotPossible.
    """
    is_possible = not plan or "msi" in _known(slug).capabilities
    if not is_possible or any(count not in MONTHS or least.centavos < 0 for count, least in plan.items()):
        raise MonthsNotPossible
    with transaction.atomic():
        row, _ = _locked(store_id, slug, at=at)
        row.months = {str(count): plan[count].centavos for count in sorted(plan)}
        row.changed_at = at
        row.save(update_fields=["months", "changed_at"])
        _record(row, "card_gateway.months_changed", {"months": row.months}, by=by, at=at)


def use_gateway(store_id: int, slug: str, *, by: Actor, at: datetime) -> None:
    """Take new charges through this gateway alone; those in flight stay with theirs. An empty slug takes no cards.

    Raises GatewayUnknown, GatewayNotReady, OnlyTestMoney.
    """
    with transaction.atomic():
        StoreGateway.objects.select_for_update().filter(store_id=store_id).count()
        if slug:
            row, _ = _locked(store_id, slug, at=at)
            needs = _known(slug).needs
            missing = tuple(need.label for need in needs if need.is_required and need.name not in row.given)
            if missing:
                raise GatewayNotReady(missing)
            _refuse_test_keys(store_id, slug)
        else:
            # A store that takes no cards has said so: also where a demo would let it.
            _locked(store_id, next(iter(gateways())), at=at)
        before = list(StoreGateway.objects.filter(store_id=store_id, is_active=True))
        StoreGateway.objects.filter(store_id=store_id, is_active=True).update(is_active=False, changed_at=at)
        if slug:
            StoreGateway.objects.filter(store_id=store_id, gateway=slug).update(is_active=True, changed_at=at)
        said = {"from": before[0].gateway if before else "", "to": slug}
        record(store_id, by, "card_gateway.chosen", f"store:{store_id}", said, at=at)


def try_gateway(store_id: int, slug: str, *, by: Actor, at: datetime) -> str:
    """Ask the gateway for a charge that is not there: an answer proves address and keys. Empty: it answered well.

    Raises GatewayUnknown, GatewayNotReady.
    """
    found = _known(slug)
    with transaction.atomic():
        row, _ = _locked(store_id, slug, at=at)
        missing = tuple(need.label for need in found.needs if need.is_required and need.name not in row.given)
    if missing:
        raise GatewayNotReady(missing)
    said = ""
    try:
        found.fetch_by_key(PROBE, account(store_id, slug))
    except card_gateways.ChargeMissing:
        pass
    except card_gateways.GatewayTrouble as trouble:
        said = str(trouble)[:120] or type(trouble).__name__
    with transaction.atomic():
        row, _ = _locked(store_id, slug, at=at)
        row.tested_at, row.test_said = at, said
        row.save(update_fields=["tested_at", "test_said"])
        _record(row, "card_gateway.tested", {"answered": not said}, by=by, at=at)
    return said


def seal_gateways_again(*, limit: int = 100) -> int:
    """Seal up to `limit` accounts again that another main key sealed; returns how many. Harmless when killed."""
    done = 0
    with transaction.atomic():
        for row in StoreGateway.objects.select_for_update(skip_locked=True).order_by("pk"):
            if done >= limit:
                break
            if not keyring.is_current(row.sealed):
                slug = store_by_id(row.store_id).slug
                row.sealed = seal(unseal(row.sealed, slug=slug, gateway=row.gateway), slug=slug, gateway=row.gateway)
                row.save(update_fields=["sealed"])
                done += 1
    return done


def _refuse_test_keys(store_id: int, slug: str) -> None:
    """Outside the demo no order is paid with money that is none."""
    if not settings.SEGURIPAGO.demo and gateway(slug).is_test(account(store_id, slug)):
        raise OnlyTestMoney


def _known(slug: str) -> CardGateway:
    if slug not in gateways():
        raise GatewayUnknown
    return gateway(slug)


def _locked(store_id: int, slug: str, *, at: datetime) -> tuple[StoreGateway, Inside]:
    """The account's row under its lock, made where there was none, and what is under its seal.

    A store's first row says which gateway the demo let it use without one: setting up another changes nothing yet.
    """
    if slug not in gateways():
        raise GatewayUnknown
    name = store_by_id(store_id).slug
    is_first = not StoreGateway.objects.filter(store_id=store_id).exists()
    playing = next((each for each, found in gateways().items() if only_plays(found)), "")
    wanted = {slug, playing} if is_first and playing else {slug}
    StoreGateway.objects.bulk_create(
        [
            StoreGateway(
                store_id=store_id,
                gateway=each,
                sealed=seal(Inside(), slug=name, gateway=each),
                is_active=is_first and each == playing,
                changed_at=at,
            )
            for each in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
    row = StoreGateway.objects.select_for_update().get(store_id=store_id, gateway=slug)
    return row, unseal(row.sealed, slug=name, gateway=slug)


def _merged(before: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in {**before, **typed}.items() if text}


def _record(row: StoreGateway, action: str, said: Mapping[str, object], *, by: Actor, at: datetime) -> None:
    record(row.store_id, by, action, f"card_gateway:{row.gateway}", {"gateway": row.gateway, **said}, at=at)
