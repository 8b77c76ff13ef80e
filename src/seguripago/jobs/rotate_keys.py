"""`seguripago rotate-keys`: seal everything again under the current main key; change hook secrets with an overlap."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils import timezone

from seguripago.foundations.stores.feed_commands import rotate_feed_secret, seal_again
from seguripago.foundations.stores.queries import feed_cards, seals, store
from seguripago.journey.cards.commands import seal_gateways_again
from seguripago.journey.cards.queries import gateway_seals
from seguripago.journey.payments.queries import links_open_until
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

AT_ONCE: Final = 100
OPERATOR: Final = "seguripago rotate-keys"


class KeyMissing(Refusal):
    """Something is sealed with a key that is neither the main key nor one of the previous ones; nothing was changed."""

    code = "SP-527"


class NoSuchFeed(Refusal):
    """The store or the feed named on the command line does not exist, or only one of both was named."""

    code = "SP-526"


def rotate(
    *, new_main_key: bool, dry_run: bool, store: str | None, feed: str | None, overlap_hours: int
) -> dict[str, Any]:
    """Do one of three things: propose a main key, change a hook's secret, or seal everything again (the default)."""
    if new_main_key:
        return _proposal()
    if store or feed:
        return _hook_secret(store or "", feed or "", overlap_hours, at=timezone.now())
    return _seal_everything(dry_run=dry_run)


def _seal_everything(*, dry_run: bool) -> dict[str, Any]:
    """Each batch commits for itself: a kill loses nothing, and the next run goes on where this one ended."""
    sealed = 0
    while not dry_run:
        try:
            done = seal_again(limit=AT_ONCE) or seal_gateways_again(limit=AT_ONCE)
        except InvalidTag:
            raise KeyMissing("Falta una llave en SEGURIPAGO_MAIN_KEY_PREVIOUS: hay secretos que no abren.") from None
        sealed += done
        if not done:
            break
    total, left = (ours + theirs for ours, theirs in zip(seals(), gateway_seals()[:2], strict=True))
    links = links_open_until()
    waits = links is not None and links > timezone.now() and bool(settings.SEGURIPAGO.previous_main_keys)
    return {
        "secrets": total,
        "sealed_again": sealed,
        "left": left,
        "previous_keys": len(settings.SEGURIPAGO.previous_main_keys),
        "links_need_previous_until": links.isoformat(timespec="seconds") if waits and links else None,
        "may_forget_previous": not left and not waits,
    }


def _hook_secret(slug: str, feed: str, overlap_hours: int, *, at: datetime) -> dict[str, Any]:
    if not slug or not feed:
        raise NoSuchFeed("--store y --feed van juntos: la tienda y el banco cuyo secreto cambia.")
    if overlap_hours < 0:
        raise NoSuchFeed("--overlap-hours no puede ser menor que 0.")
    found = store(slug)
    if found is None:
        raise NoSuchFeed(f"No hay una tienda {slug}.")
    if feed not in feed_cards(found.id):
        raise NoSuchFeed(f"{slug} no ha configurado {feed}: dale primero su secreto en /oficina/bancos/.")
    overlap = timedelta(hours=overlap_hours)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    rotate_feed_secret(found.id, feed, secret, overlap=overlap, by=Actor.system(OPERATOR), at=at)
    return {
        "store": slug,
        "feed": feed,
        "secret": secret,
        "address": f"{settings.SEGURIPAGO.base_url}/hooks/bank/{feed}/{found.hook_key}/",
        "previous_opens_until": (at + overlap).isoformat(timespec="seconds"),
    }


def _proposal() -> dict[str, Any]:
    return {
        "main_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        "steps": [
            "Guarda esta llave donde guardas la actual: no se vuelve a mostrar.",
            "SEGURIPAGO_MAIN_KEY_PREVIOUS = la llave nueva; reinicia todos los procesos: ya saben abrir con ella.",
            "SEGURIPAGO_MAIN_KEY = la nueva y SEGURIPAGO_MAIN_KEY_PREVIOUS = la anterior; reinicia todos otra vez.",
            "seguripago rotate-keys, hasta que diga left 0.",
            "Cuando diga may_forget_previous, quita SEGURIPAGO_MAIN_KEY_PREVIOUS y reinicia; conserva la anterior con"
            " los respaldos que hiciste con ella.",
        ],
    }
