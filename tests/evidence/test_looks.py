"""The same picture saved anew is known again in any store; another receipt of the same bank's app is not."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

from bench.receipts.drawing import screen, words_of
from bench.receipts.looks import LOOKS
from bench.receipts.truth import transfer
from seguripago.journey.evidence import queries
from seguripago.journey.evidence.cleaning import CleanCopy
from seguripago.journey.evidence.commands import keep_evidence, looking
from seguripago.journey.evidence.looks import SAME_FROM, Look, alike, look_of
from seguripago.journey.evidence.queries import Reuse
from seguripago.journey.evidence.rules import EvidenceKind
from tests.evidence.files import pdf, picture
from tests.orders.builders import LUCIA, make_store, placed
from tests.races.together import at_once


@cache
def receipt(bank: int, turn: int) -> Image.Image:
    """A receipt of a bank's app, each turn another transfer."""
    look = LOOKS[bank]
    dice = random.Random(f"looks/{look.bank}/{turn}")
    return screen(look, words_of(look, transfer(dice, look.bank), dice), dice, dark=False).convert("RGB")


def saved(drawn: Image.Image, kind: str = "JPEG", **more: int) -> bytes:
    written = BytesIO()
    drawn.save(written, kind, **more)
    return written.getvalue()


def smaller(drawn: Image.Image) -> Image.Image:
    return drawn.resize((drawn.width * 3 // 4, drawn.height * 3 // 4), Image.Resampling.LANCZOS)


def without_rim(drawn: Image.Image) -> Image.Image:
    across, down = drawn.width // 100, drawn.height // 100
    return drawn.crop((across, down, drawn.width - across, drawn.height - down))


AGAIN: dict[str, Callable[[Image.Image], bytes]] = {
    "saved worse": lambda drawn: saved(drawn, quality=60),
    "smaller": lambda drawn: saved(smaller(drawn), quality=85),
    "rim cut off": lambda drawn: saved(without_rim(drawn), quality=85),
    "as PDF": lambda drawn: saved(drawn, "PDF", resolution=150),
}


def keep(order_id: int, body: bytes, at: datetime) -> int:
    return keep_evidence(order_id, filename="spei", body=body, by=LUCIA, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize("how", AGAIN)
def test_the_same_picture_saved_anew_is_known_again_and_tells_no_other_store(at: datetime, how: str) -> None:
    store = make_store()
    first, again, stranger = placed(at, store_id=store), placed(at, store_id=store), placed(at)
    original = keep(first, saved(receipt(0, 0), "PNG"), at)
    body = AGAIN[how](receipt(0, 0))
    assert queries.shown_before(original) == ()
    assert queries.shown_before(keep(again, body, at)) == (Reuse("picture", False, first),)
    assert Reuse("picture", True, None) in queries.shown_before(keep(stranger, body, at))
    assert queries.shown_before(keep(first, body, at)) == (Reuse("file", False, again),)


@pytest.mark.django_db
def test_another_receipt_of_the_same_bank_is_another_picture(at: datetime) -> None:
    for bank in (0, 3):
        for turn in range(3):
            paper = keep(placed(at), saved(receipt(bank, turn), quality=80), at)
            assert queries.shown_before(paper) == ()


def test_blank_papers_have_no_look_and_are_nobodys() -> None:
    for kind, body in (
        (EvidenceKind.PNG, picture()),
        (EvidenceKind.PDF, pdf()),
        (EvidenceKind.CEP, b"<SPEI_Tercero/>"),
    ):
        assert look_of(CleanCopy(kind, body)) is None


def test_one_changed_word_is_a_changed_picture() -> None:
    """An edited amount: the picture is another one, so it has to be known by its movement."""
    drawn, other = receipt(0, 0), receipt(0, 1)
    edited = drawn.copy()
    band = (0, drawn.height // 4, drawn.width, drawn.height // 2)
    edited.paste(other.crop(band), band[:2])
    looks = [look_of(CleanCopy(EvidenceKind.PNG, saved(each, "PNG"))) for each in (drawn, edited)]
    assert looks[0] is not None
    assert looks[1] is not None
    assert alike(looks[0], [looks[0].fine])[0] > 0.999
    assert alike(looks[0], [looks[1].fine])[0] < SAME_FROM


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False])
def test_of_two_that_show_it_at_once_one_is_the_first(
    at: datetime, is_locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock both would be the first, which is what happens here when it is taken away.

    Both have compared with all that was there before one of them is kept; who comes second looks again.
    """
    orders = [placed(at), placed(at)]
    bodies = [saved(receipt(0, 0), quality=quality) for quality in (90, 80)]
    if not is_locked:
        monkeypatch.setattr(looking, "one_at_a_time", lambda: None)
    monkeypatch.setattr(looking, "compare", _after_the_other(looking.compare, is_locked=is_locked))
    papers = at_once(2, lambda turn: keep(orders[turn], bodies[turn], at))
    assert all(isinstance(paper, int) for paper in papers), papers
    known = [queries.shown_before(paper) for paper in papers if isinstance(paper, int)]
    assert sorted(map(bool, known)) == ([False, True] if is_locked else [False, False])


def _after_the_other(compare: Callable[..., looking.Compared], *, is_locked: bool) -> Callable[..., looking.Compared]:
    """The first look of both comes before either is kept; the second one too, unless the lock keeps them apart."""
    both, turns = threading.Barrier(2), dict[int, int]()

    def waited(*given: Look | looking.Compared) -> looking.Compared:
        found, me = compare(*given), threading.get_ident()
        turns[me] = turns.get(me, 0) + 1
        if turns[me] == 1 or not is_locked:
            both.wait(20)
        return found

    return waited


@pytest.mark.django_db
def test_under_the_lock_only_those_are_compared_that_were_kept_meanwhile(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes long is done before: whoever waits for the lock waits for next to nothing."""
    look = look_of(CleanCopy(EvidenceKind.JPEG, saved(receipt(0, 0), quality=95)))
    keep(placed(at), saved(receipt(0, 0), "PNG"), at)
    assert look is not None
    before = looking.compare(look)
    assert len(before.known) == 1
    counted: list[int] = []
    monkeypatch.setattr(looking, "alike", lambda look, others: counted.append(len(others)) or alike(look, others))
    assert looking.compare(look, before) == before
    assert counted == []
    keep(placed(at), saved(receipt(0, 0), quality=80), at)
    counted.clear()
    again = looking.compare(look, before)
    assert (counted, len(again.known), again.first) == ([1], 2, before.first)
