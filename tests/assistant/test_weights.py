"""What a visitor downloads: pinned, because nobody notices a kilobyte."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from seguripago.web import assistant, components
from tests.assistance import builders
from tests.assistant.conftest import Browser, now

STATIC = Path(assistant.__file__).parent / "static" / "assistant"
SHARED = Path(components.__file__).parent / "static"
LOADER_MOST = 3 * 1024
LIVE_MOST = 2560
PANEL_MOST = 35 * 1024


def weight(body: bytes) -> int:
    return len(gzip.compress(body, 9))


def test_the_loader_weighs_three_kilobytes_at_most() -> None:
    assert weight((STATIC / "loader.js").read_bytes()) <= LOADER_MOST


def test_the_stream_client_weighs_two_and_a_half_kilobytes_at_most() -> None:
    assert weight((SHARED / "live.js").read_bytes()) <= LIVE_MOST


def test_the_panel_weighs_thirty_five_kilobytes_at_most_all_told(lucia: Browser, shop: builders.Shop) -> None:
    placed = builders.place(shop, at=now())
    lucia.remembers(placed.access_token)
    page = lucia.starts()
    lucia.send(f"{page}aceptar/")
    builders.pay(placed.id, at=now())
    builders.hear(at=now())
    files = [STATIC / name for name in ("assistant.css", "assistant.js", "travel.js", "chat.js", "icons.svg")]
    total = sum(weight(file.read_bytes()) for file in [*files, SHARED / "live.js"])
    total += (STATIC / "inter-widget.woff2").stat().st_size
    total += weight(lucia.get(page).content)
    assert total <= PANEL_MOST


def test_the_frame_asks_for_nothing_else(lucia: Browser) -> None:
    asked = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', lucia.get(lucia.starts()).text))
    names = ("assistant.css", "assistant.js", "travel.js", "chat.js", "icons.svg")
    named = {f"/static/assistant/{name}" for name in names}
    assert asked == named | {"/static/live.js"}


def test_every_question_of_the_frame_carries_what_a_browser_without_storage_remembers() -> None:
    for script in STATIC.glob("*.js"):
        text = script.read_text()
        if script.name not in {"travel.js", "loader.js"}:
            assert not re.search(r"(?<![.\w])fetch\(", text), f"{script.name}: ask() instead of fetch()"
            assert text.count("new XMLHttpRequest") <= text.count("connectme.headers()"), script.name
