"""Change what a store shares with its providers of bank notices. Every change is in the audit; no secret ever is."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.values.actor import Actor

from . import keyring
from .feed_settings import Inside, seal, unseal
from .models import Store, StoreFeed
from .refusals import AddressNotPossible, CredentialNotPossible, FeedUnknown, SecretTooShort

SHORTEST_SECRET: Final = 16
LONGEST_VALUE: Final = 20_000
MOST_ADDRESSES: Final = 50
OVERLAP: Final = timedelta(days=3)
"""How long the secret before a new one still opens, unless somebody says otherwise."""


def set_feed_secret(store_id: int, feed: str, secret: str, *, by: Actor, at: datetime) -> None:
    """Give a feed its hook secret (text, or a provider's public key in PEM); one that was there stops opening at once.

    Raises SecretTooShort.
    """
    _keep_secret(store_id, feed, secret, overlap=None, by=by, at=at)


def rotate_feed_secret(
    store_id: int, feed: str, secret: str, *, overlap: timedelta = OVERLAP, by: Actor, at: datetime
) -> None:
    """Give a feed a new hook secret; the one before it opens until `overlap` has passed. Raises SecretTooShort."""
    _keep_secret(store_id, feed, secret, overlap=overlap, by=by, at=at)


def retire_feed_secrets(*, at: datetime) -> int:
    """End the overlap of secrets whose time has come; returns how many stopped opening."""
    with transaction.atomic():
        due = list(
            StoreFeed.objects.select_for_update(of=("self",))
            .select_related("store")
            .filter(previous_until__lte=at)
            .order_by("pk")
        )
        for row in due:
            inside = unseal(row.sealed, slug=row.store.slug, feed=row.feed)
            _write(row, Inside(inside.secrets[:1], inside.credentials), previous_until=None, at=at)
            _record(row, "feed.secret_retired", {}, by=Actor.system(), at=at)
    return len(due)


def set_feed_addresses(store_id: int, feed: str, addresses: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Say from which addresses and networks a feed's provider may call; none lets everybody call.

    Raises AddressNotPossible.
    """
    wanted = tuple(dict.fromkeys(_network(each) for each in addresses if each.strip()))
    if len(wanted) > MOST_ADDRESSES:
        raise AddressNotPossible(str(len(wanted)))
    with transaction.atomic():
        row = _locked(store_id, feed, at=at)
        before, row.allowed_addresses = tuple(row.allowed_addresses), list(wanted)
        row.changed_at = at
        row.save(update_fields=["allowed_addresses", "changed_at"])
        if before != wanted:
            _record(row, "feed.addresses_changed", {"from": list(before), "to": list(wanted)}, by=by, at=at)


def set_feed_credentials(store_id: int, feed: str, values: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Set credentials by name; an empty value forgets that one, what is not named stays.

    Raises CredentialNotPossible.
    """
    for name, value in values.items():
        if len(value) > LONGEST_VALUE or "\x00" in value:
            raise CredentialNotPossible(name)
    with transaction.atomic():
        row = _locked(store_id, feed, at=at)
        inside = unseal(row.sealed, slug=row.store.slug, feed=feed)
        merged = {**inside.credentials, **{name: value.strip() for name, value in values.items()}}
        kept = {name: value for name, value in merged.items() if value}
        _write(row, Inside(inside.secrets, kept), previous_until=row.previous_until, at=at)
        said = {
            "set": sorted(name for name, value in values.items() if value.strip()),
            "forgotten": sorted(name for name in inside.credentials if name not in kept),
        }
        _record(row, "feed.credentials_changed", said, by=by, at=at)


def seal_again(*, limit: int = 100) -> int:
    """Seal up to `limit` feeds and signing keys again that another main key sealed; returns how many were sealed.

    Each call is one transaction: it may be killed anywhere and called again.
    """
    done = 0
    with transaction.atomic():
        for store in Store.objects.select_for_update(skip_locked=True).order_by("pk"):
            if done >= limit:
                return done
            if not keyring.is_current(store.signing_key):
                owner = f"store:{store.slug}:signing"
                store.signing_key = keyring.seal(keyring.unseal(store.signing_key, belongs_to=owner), belongs_to=owner)
                store.save(update_fields=["signing_key"])
                done += 1
        rows = StoreFeed.objects.select_for_update(skip_locked=True, of=("self",)).select_related("store")
        for row in rows.order_by("pk"):
            if done >= limit:
                return done
            if not keyring.is_current(row.sealed):
                row.sealed = seal(
                    unseal(row.sealed, slug=row.store.slug, feed=row.feed), slug=row.store.slug, feed=row.feed
                )
                row.save(update_fields=["sealed"])
                done += 1
    return done


def _keep_secret(store_id: int, feed: str, secret: str, *, overlap: timedelta | None, by: Actor, at: datetime) -> None:
    secret = secret.strip()
    if len(secret) < SHORTEST_SECRET or len(secret) > LONGEST_VALUE:
        raise SecretTooShort
    with transaction.atomic():
        row = _locked(store_id, feed, at=at)
        inside = unseal(row.sealed, slug=row.store.slug, feed=feed)
        before = inside.secrets[:1] if overlap is not None else ()
        secrets = tuple(dict.fromkeys((secret, *before)))
        until = at + overlap if overlap is not None and len(secrets) > 1 else None
        _write(row, Inside(secrets, inside.credentials), previous_until=until, at=at)
        said = {"previous_until": until.isoformat() if until else "", "was_set": bool(inside.secrets)}
        _record(row, "feed.secret_rotated" if until else "feed.secret_set", said, by=by, at=at)


def _locked(store_id: int, feed: str, *, at: datetime) -> StoreFeed:
    store = Store.objects.get(pk=store_id)
    StoreFeed.objects.bulk_create(
        [StoreFeed(store=store, feed=feed, sealed=seal(Inside(), slug=store.slug, feed=feed), changed_at=at)],
        ignore_conflicts=True,
    )
    row = (
        StoreFeed.objects.select_for_update(of=("self",)).select_related("store").filter(store=store, feed=feed).first()
    )
    if row is None:
        raise FeedUnknown
    return row


def _write(row: StoreFeed, inside: Inside, *, previous_until: datetime | None, at: datetime) -> None:
    row.sealed = seal(inside, slug=row.store.slug, feed=row.feed)
    row.has_secret, row.given = bool(inside.secrets), sorted(inside.credentials)
    row.previous_until, row.changed_at = previous_until, at
    row.save(update_fields=["sealed", "has_secret", "given", "previous_until", "changed_at"])


def _record(row: StoreFeed, action: str, said: Mapping[str, object], *, by: Actor, at: datetime) -> None:
    record(row.store_id, by, action, f"feed:{row.feed}", {"feed": row.feed, **said}, at=at)


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False)).removesuffix("/32").removesuffix("/128")
    except ValueError:
        raise AddressNotPossible(text.strip()[:60]) from None
