"""Which gateway a store charges through, and its account there. Secrets are opened here and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from seguripago.foundations.stores import keyring
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.ports import card_gateways, registry
from seguripago.ports.card_gateways import CardGateway, GatewayAccount
from seguripago.ports.store_secrets import store_secret

from .models import StoreGateway


@dataclass(frozen=True, slots=True)
class Inside:
    """What is under the seal: values by the names of GatewayAccount, and the webhook's secret before this one."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    previous_webhook_secret: str = field(default="", repr=False)


def seal(inside: Inside, *, slug: str, gateway: str) -> bytes:
    text = json.dumps({"values": dict(inside.values), "previous_webhook_secret": inside.previous_webhook_secret})
    return keyring.seal(text.encode(), belongs_to=owner(slug, gateway))


def unseal(sealed: bytes | memoryview, *, slug: str, gateway: str) -> Inside:
    read = json.loads(keyring.unseal(sealed, belongs_to=owner(slug, gateway)))
    return Inside(dict(read["values"]), str(read["previous_webhook_secret"]))


def owner(slug: str, gateway: str) -> str:
    """What the seal is bound to: a row copied to another store or gateway does not open."""
    return f"store:{slug}:card:{gateway}"


def gateways() -> dict[str, CardGateway]:
    """Every gateway of the folder that may be used here; one that only plays, in the demo alone."""
    found: Mapping[str, CardGateway] = registry.adapters(card_gateways.FAMILY)
    return {slug: each for slug, each in found.items() if settings.SEGURIPAGO.demo or not only_plays(each)}


def gateway(slug: str) -> CardGateway:
    """The gateway that a charge was opened at; raises KeyError for one that may not be used here."""
    return gateways()[slug]


def only_plays(each: CardGateway) -> bool:
    """Whether it is the demo's own: it asks a store for nothing, its secrets are derived."""
    return not each.needs


def active_gateway(store_id: int) -> str:
    """The slug of the gateway that takes the store's new charges; empty for none.

    In the demo a store that has set up nothing charges through the gateway that only plays.
    """
    known = gateways()
    rows = list(StoreGateway.objects.filter(store_id=store_id).values_list("gateway", "is_active"))
    active = next((slug for slug, is_active in rows if is_active), "")
    if active or rows:
        return active if active in known else ""
    return next((slug for slug, each in known.items() if only_plays(each)), "")


def account(store_id: int, slug: str) -> GatewayAccount:
    """The store's account with a gateway, whether or not it takes new charges."""
    store = store_by_id(store_id)
    if only_plays(gateway(slug)):
        return _derived(store, slug)
    row = StoreGateway.objects.filter(store_id=store_id, gateway=slug).first()
    inside = unseal(row.sealed, slug=store.slug, gateway=slug) if row else Inside()
    return _account({**inside.values, **(row.shown if row else {})})


def hook_accounts(store_id: int, slug: str, *, at: datetime) -> tuple[GatewayAccount, ...]:
    """The accounts under which a notice may be signed: now, and with the webhook's secret before this one."""
    now = account(store_id, slug)
    row = StoreGateway.objects.filter(store_id=store_id, gateway=slug, previous_until__gt=at).first()
    if row is None or only_plays(gateway(slug)):
        return (now,)
    inside = unseal(row.sealed, slug=store_by_id(store_id).slug, gateway=slug)
    before = {**inside.values, **row.shown, "webhook_secret": inside.previous_webhook_secret}
    return (now, _account(before))


def _account(values: Mapping[str, str]) -> GatewayAccount:
    return GatewayAccount(
        api_url=values.get("api_url", ""),
        store_key=values.get("store_key", ""),
        secret_key=values.get("secret_key", ""),
        webhook_secret=values.get("webhook_secret", ""),
        public_key=values.get("public_key", ""),
        script_url=values.get("script_url", ""),
    )


def _derived(store: StoreView, slug: str) -> GatewayAccount:
    main_key = settings.SEGURIPAGO.main_key
    return GatewayAccount(
        api_url=settings.SEGURIPAGO.sandbox_url,
        store_key=store.hook_key,
        secret_key=store_secret(main_key, f"card:{slug}", store.hook_key),
        webhook_secret=store_secret(main_key, f"card:{slug}:webhook", store.hook_key),
        public_key=store.hook_key,
    )
