"""What was said is drawn once for all who read it: nobody reads another's words, another language, or an old card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from django.utils import timezone, translation

from seguripago.journey.assistance.queries import EntryView
from seguripago.web.desk import lines

AT = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)
SAID = EntryView(3, "text", "buyer", 0, "Lucía Hernández", "all", "", {"text": "¿Ya?"}, AT, False, None, "")


@pytest.fixture(autouse=True)
def _nothing_drawn_yet() -> Iterator[None]:
    lines._drawn_entry.cache_clear()
    yield
    lines._drawn_entry.cache_clear()


def drawn(*entries: EntryView) -> str:
    return lines.draw_entries(entries)


def test_the_same_words_are_drawn_once() -> None:
    assert drawn(SAID) == drawn(replace(SAID, body={"text": "¿Ya?"}))
    assert lines._drawn_entry.cache_info().misses == 1


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        ({"body": {"text": "¿Todavía no?"}}, "¿Todavía no?"),
        ({"author_name": "Luz Ibarra"}, "Luz Ibarra"),
        ({"author_kind": "analyst", "author_id": 7}, 'data-author-id="7"'),
        ({"seq": 4}, 'data-seq="4"'),
        ({"at": AT + timedelta(minutes=1)}, "10:31"),
        ({"kind": "note"}, "Nota privada"),
        ({"body": {"text": "¿Ya?", "topics": ["a", "b"]}}, "Temas:"),
    ],
)
def test_whatever_differs_is_drawn_anew(change: dict[str, Any], shows: str) -> None:
    first = drawn(SAID)
    assert shows not in first
    assert shows in drawn(replace(SAID, **change))
    assert drawn(SAID) == first


def test_each_language_has_its_own() -> None:
    note = replace(SAID, kind="note")
    assert "Nota privada" in drawn(note)
    with translation.override("en"):
        assert "Private note" in drawn(note)


def test_a_card_that_counts_down_is_never_an_old_one() -> None:
    body = {"card": "bank_details", "expires_at": timezone.now() + timedelta(hours=2)}
    card = replace(SAID, kind="card", author_kind="assistant", title="Datos bancarios", body=body)

    def left() -> int:
        return int(drawn(card).partition('data-left="')[2].partition('"')[0])

    first, began = left(), monotonic()
    while left() == first:
        assert monotonic() - began < 10
        sleep(0.1)
    assert lines._drawn_entry.cache_info().currsize == 0


def test_what_is_said_is_never_markup() -> None:
    assert "&lt;script&gt;" in drawn(replace(SAID, body={"text": "<script>"}))
