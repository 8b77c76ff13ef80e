"""Orders placed over HTTP: the last press of the checkout, from eight clients with carts ready."""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse

from bench import floors, world
from bench.load.http_client import Client
from bench.report import Figure, percentile
from bench.site import Site
from seguripago.journey.checkout.commands import put_in_cart
from seguripago.journey.checkout.queries import cart as cart_view
from seguripago.web.shop import cookies
from seguripago.web.shop.forms import written

CLIENTS = 8
Prepared = tuple[bytes, dict[str, str]]


def measure(site: Site, *, fast: bool) -> list[Figure]:
    store = world.demo_store(site.store_slug)
    products = world.plenty(store.id)
    count = 800 if fast else 2400
    prepared = [_prepare(store.id, products) for _ in range(count + 80)]
    asyncio.run(_place(site, prepared[:80]))
    before, worker_before = site.cpu_s(site.web_pid), site.cpu_s(site.worker_pid)
    start = time.perf_counter()
    taken = asyncio.run(_place(site, prepared[80:]))
    seconds = time.perf_counter() - start
    cpu_ms = (site.cpu_s(site.web_pid) - before) * 1000 / count
    worker_ms = (site.cpu_s(site.worker_pid) - worker_before) * 1000 / count
    floor = floors.orders_per_s(clients=CLIENTS, seconds=3 if fast else 6)
    notes = f"{CLIENTS} clients, 3 lines each, ms of CPU per order: web {cpu_ms:.1f}, worker beside it {worker_ms:.1f}"
    return [
        Figure("place_order_per_s", count / seconds, "orders/s", "higher", count, floor, notes),
        Figure("place_order_p99_ms", percentile(taken, 0.99), "ms", "lower", count),
        Figure("place_order_cpu_ms", cpu_ms, "ms", "lower", count),
    ]


def _prepare(store_id: int, products: tuple[world.ProductCard, ...]) -> Prepared:
    """A cart with three lines and the form that its buyer is about to send."""
    token, at = secrets.token_urlsafe(24), datetime.now(UTC)
    for product in products:
        put_in_cart(store_id, token, product.id, 1, at=at)
    view = cart_view(store_id, token)
    form = {
        "csrfmiddlewaretoken": "a" * 32,
        "first_name": "Lucía",
        "last_name": "Hernández Robles",
        "email": "lucia.hernandez@correo.example",
        "phone": "55 5012 8846",
        "same_address": "on",
        "postal_code": "06700",
        "municipality": "Cuauhtémoc",
        "state": "Ciudad de México",
        "neighborhood": "Roma Norte",
        "street": "Orizaba",
        "ext_number": "127",
        "int_number": "4B",
        "references": "",
        "method": "connect",
        "via": "spei",
        "checkout_key": view.checkout_key,
        "lines": written(tuple(world.Wanted(line.product.id, line.quantity) for line in view.lines)),
    }
    remembering = HttpResponse()
    cookies.keep_cart(remembering, token)
    signed = remembering.cookies[cookies.CART].value
    headers = {
        "Cookie": f"{cookies.CART}={signed}; {settings.CSRF_COOKIE_NAME}={'a' * 32}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return urlencode(form).encode(), headers


async def _place(site: Site, prepared: list[Prepared]) -> list[float]:
    """Every client sends its forms one after another; milliseconds of each, all of them redirects to an order."""
    waiting = iter(prepared)
    taken: list[float] = []

    async def one() -> None:
        client = Client(site.host, site.web_port)
        for body, headers in waiting:
            start = time.perf_counter()
            answer = await client.post(f"/t/{site.store_slug}/finalizar-compra/", body, headers)
            taken.append((time.perf_counter() - start) * 1000)
            if answer.status != 302 or "/pedido/" not in answer.headers.get("location", ""):
                raise RuntimeError(f"no order: {answer.status} {answer.headers} {answer.body[:2000]!r}")
        await client.close()

    await asyncio.gather(*(one() for _ in range(CLIENTS)))
    return taken
