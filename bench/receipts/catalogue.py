"""108 receipts: eight banks' looks twelve times, half to tune on and half to score, and two more looks to score."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from bench.receipts import wear
from bench.receipts.drawing import paper, screen, words_of
from bench.receipts.looks import LOOKS, UNSEEN, Look
from bench.receipts.truth import transfer

HALVES = ("tuned", "scored", "unseen")
EACH = 6


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file as a buyer uploads it; `told`: every field that it shows, as it should be read."""

    name: str
    half: str
    body: bytes
    told: dict[str, str]


def receipts(half: str, *, only: int | None = None) -> Iterator[Receipt]:
    """Draw a half, the same files every time; `only`: so many, spread over banks and ways of wear."""
    planned = [(look, place) for place in range(EACH) for look in (UNSEEN if half == "unseen" else LOOKS)]
    if only is not None:
        planned = planned[:: max(1, len(planned) // only)][:only]
    for look, place in planned:
        yield draw(look, half, place)


def draw(look: Look, half: str, place: int) -> Receipt:
    """Draw the receipt of a look, a half and a place."""
    dice = random.Random(f"{half}/{look.bank}/{place}")
    words = words_of(look, transfer(dice, look.bank), dice)
    way, body = WAYS[place](look, lambda dark: screen(look, words, dice, dark=dark), lambda: paper(look, words), dice)
    return Receipt(f"{half}-{look.bank}-{place}-{way}", half, body, words.told)


type Shot = Callable[[bool], Image.Image]
type Paper = Callable[[], bytes]


def _as_taken(look: Look, shot: Shot, page: Paper, dice: random.Random) -> tuple[str, bytes]:
    return "png", wear.png(shot(False))


def _turned(look: Look, shot: Shot, page: Paper, dice: random.Random) -> tuple[str, bytes]:
    return "turned", wear.jpeg(wear.turned(shot(dice.random() < 0.3), dice), dice)


def _dark(look: Look, shot: Shot, page: Paper, dice: random.Random) -> tuple[str, bytes]:
    return "dark", wear.jpeg(wear.cropped(shot(True), dice), dice)


def _photograph(look: Look, shot: Shot, page: Paper, dice: random.Random) -> tuple[str, bytes]:
    return "photograph", wear.jpeg(wear.photographed(shot(dice.random() < 0.3), dice), dice)


def _messenger(look: Look, shot: Shot, page: Paper, dice: random.Random) -> tuple[str, bytes]:
    small = wear.shrunk(wear.cropped(shot(False), dice), dice)
    worn = dice.choice((wear.noisy, wear.softened))
    return "messenger", wear.jpeg(worn(small, dice), dice)


def _document(look: Look, shot: Shot, page: Paper, dice: random.Random) -> tuple[str, bytes]:
    if dice.random() < 0.6:
        return "pdf", page()
    return "scan", wear.scanned(wear.turned(shot(False), dice))


WAYS = (_as_taken, _turned, _dark, _photograph, _messenger, _document)
