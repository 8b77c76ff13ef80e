"""What a visitor downloads for the assistant, gzipped at the highest level, from the running program."""

from __future__ import annotations

import asyncio
import gzip
import re

from bench.load.http_client import Client
from bench.report import Figure
from bench.site import Site

ASSETS = re.compile(rb'(?:src|href)="(/static/[^"#]+)')
FONTS = re.compile(rb"url\(([^)]+woff2)\)")


def measure(site: Site, *, fast: bool) -> list[Figure]:
    loader, panel, files = asyncio.run(_weigh(site))
    return [
        Figure("widget_loader_gz_bytes", loader, "bytes", "lower", 1),
        Figure(
            "widget_panel_gz_bytes", panel, "bytes", "lower", files, None, "first screen: HTML, CSS, JS, icons, font"
        ),
    ]


async def _weigh(site: Site) -> tuple[int, int, int]:
    client = Client(site.host, site.web_port)
    loader = await client.get("/asistente.js")
    page = await client.get(f"/asistente/{site.store_slug}/")
    total = len(gzip.compress(page.body, 9))
    addresses = {found.decode() for found in ASSETS.findall(page.body)}
    fonts: set[str] = set()
    for address in sorted(addresses):
        answer = await client.get(address)
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        total += len(gzip.compress(answer.body, 9))
        if address.split("?")[0].endswith(".css"):
            folder = address.rsplit("/", 1)[0]
            fonts |= {f"{folder}/{found.decode().strip(chr(34))}" for found in FONTS.findall(answer.body)}
    for address in sorted(fonts):
        answer = await client.get(address)
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        total += len(answer.body)
    await client.close()
    return len(gzip.compress(loader.body, 9)), total, len(addresses) + len(fonts) + 1
