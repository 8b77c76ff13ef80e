"""Say on which sites a store's assistant may be embedded, and whether it is there at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.values.actor import Actor

from .models import Store, StoreSite
from .origins import MOST_SITES, site_origin
from .refusals import SiteNotPossible


def add_site(store_id: int, site: str, *, by: Actor, at: datetime) -> str:
    """Let a site embed the store's assistant and return its origin; a known one stays. Raises SiteNotPossible."""
    origin = site_origin(site)
    if origin is None:
        raise SiteNotPossible(site[:200])
    with transaction.atomic():
        store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
        known = set(store.sites.values_list("origin", flat=True))
        if origin in known:
            return origin
        if len(known) >= MOST_SITES:
            raise SiteNotPossible(origin)
        StoreSite.objects.create(store=store, origin=origin, added_at=at)
        record(store_id, by, "assistant.site_added", f"store:{store_id}", {"site": origin}, at=at)
    return origin


def remove_site(store_id: int, origin: str, *, by: Actor, at: datetime) -> None:
    """Let a site embed the assistant no longer; browsers refuse it from their next look on."""
    with transaction.atomic():
        removed, _ = StoreSite.objects.filter(store_id=store_id, origin=origin).delete()
        if removed:
            record(store_id, by, "assistant.site_removed", f"store:{store_id}", {"site": origin}, at=at)


def switch_assistant(store_id: int, *, is_on: bool, by: Actor, at: datetime) -> None:
    """Take the store's assistant from every site, its own shop too, or bring it back."""
    with transaction.atomic():
        changed = Store.objects.filter(pk=store_id, assistant_is_on=not is_on).update(assistant_is_on=is_on)
        if changed:
            action = "assistant.switched_on" if is_on else "assistant.switched_off"
            record(store_id, by, action, f"store:{store_id}", {}, at=at)
