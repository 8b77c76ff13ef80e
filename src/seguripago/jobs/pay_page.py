"""Look at each store's pay page as a buyer gets it, and keep in what it differs from what was written down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from seguripago.foundations.page_guard.commands import keep_look
from seguripago.foundations.page_guard.queries import inventory
from seguripago.foundations.page_guard.rules import Allowed, Finding, Page, compare, file_of, read, sha384
from seguripago.foundations.stores.queries import StoreView, store, stores_all
from seguripago.journey.cards.queries import client_config_of, gateway_of
from seguripago.journey.orders.queries import unpaid_orders
from seguripago.ports.card_gateways import ClientConfig
from seguripago.values.refusal import Refusal
from seguripago.values.steps import Preference

TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
MOST_BYTES: Final = 4 * 1024 * 1024
FORM: Final = "card_form/card_form.js"
"""The script of the card form: a page without it asks for no card."""
TRIED: Final = 5

log = logging.getLogger("seguripago.pay_page")


class StoreUnknown(Refusal):
    code = "SP-258"
    says = "No hay una tienda con ese nombre."


class WhichStore(Refusal):
    code = "SP-259"
    says = "Di de qué tienda es esa dirección: --store."


@app.periodic(cron="23 * * * *")
@app.task(name="pay_page.look_around", queue="cards", queueing_lock="pay_page.look_around")
def look_around(timestamp: int) -> None:
    """Look at every store's page each hour."""
    for each in stores_all():
        try:
            look(each)
        except Exception:
            # A store whose page breaks the look must not keep the others unseen.
            log.exception("the pay page of %s was not looked at", each.slug)


@app.task(name="pay_page.look_at", queue="cards", queueing_lock="pay_page.look_at")
def look_at(store_slug: str) -> None:
    """Look at one store's page now: somebody asked on a screen, and is told also that there was nothing to look at."""
    found = store(store_slug)
    if found is not None and look(found) is None:
        keep_look(found.id, gateway=gateway_of(found.id), scripts={}, findings=(), at=timezone.now())


def check(store: str = "", url: str = "") -> dict[str, Any]:
    """Look now, for the command line. Without `url`, at the newest page on which a buyer is asked for a card."""
    if url and not store:
        raise WhichStore
    chosen = [each for each in stores_all() if store in {"", each.slug}]
    if not chosen:
        raise StoreUnknown
    told = {each.slug: look(each, url=url) for each in chosen}
    return {
        "ok": not any(told.values()),
        "stores": {
            slug: "nothing asks for a card now" if found is None else [[one.code, one.what] for one in found]
            for slug, found in told.items()
        },
    }


def look(store: StoreView, *, url: str = "") -> tuple[Finding, ...] | None:
    """Look at a page of the store as a buyer gets it and keep what was found; None when nothing asks for a card now."""
    slug = gateway_of(store.id)
    if not slug:
        return None
    config = client_config_of(store.id, slug)
    with httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "Mozilla/5.0 (SeguriPago)"}) as client:
        try:
            page = next((seen for seen in _pages(store, client, url) if url or _asks(seen)), None)
        except httpx.HTTPError as error:
            away = (Finding("page_away", type(error).__name__),)
            keep_look(store.id, gateway=slug, scripts={}, findings=away, at=timezone.now())
            return away
        if page is None:
            return None
        served = {tag.address: content for tag in page.scripts if (content := _get(client, tag.address)) is not None}
    findings = compare(replace(page, served=served), inventory(), _allowed(config))
    if not _asks(page):
        findings += (Finding("no_form", FORM),)
    hashes = {
        urljoin(tag.address, urlsplit(tag.address).path): sha384(served[tag.address]) if tag.address in served else ""
        for tag in page.scripts
    }
    keep_look(store.id, gateway=slug, scripts=hashes, findings=findings, at=timezone.now())
    return findings


def _pages(store: StoreView, client: httpx.Client, url: str) -> Iterator[Page]:
    here = settings.SEGURIPAGO.base_url.rstrip("/")
    rows = [] if url else [row for row in unpaid_orders(store.id, but=()) if row.preference is Preference.CARD]
    addresses = [f"{here}{reverse('shop:order', args=[row.access_token])}" for row in rows[::-1][:TRIED]]
    for address in [url] if url else addresses:
        answer = client.get(address)
        answer.raise_for_status()
        yield read(address, answer.text, dict(answer.headers))


def _asks(page: Page) -> bool:
    return any(file_of(tag.address) == FORM for tag in page.scripts)


def _get(client: httpx.Client, address: str) -> bytes | None:
    """What a browser would run. None when it does not come, or has no end."""
    try:
        with client.stream("GET", address) as answer:
            if answer.status_code != httpx.codes.OK:
                return None
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    return None
            return content
    except httpx.HTTPError:
        return None


def _allowed(config: ClientConfig) -> Allowed:
    return Allowed(
        gateway_scripts=frozenset(url.partition("?")[0] for url in config.script_urls),
        gateway_origins={directive: frozenset(origins) for directive, origins in config.csp_origins.items()},
        assistant_origin=settings.SEGURIPAGO.assistant_origin,
    )
