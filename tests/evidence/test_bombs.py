"""A paper that asks for gigabytes or for hours costs nobody but the process that opens it, and that one ends."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime
from functools import cache
from io import BytesIO

import pytest
import segno
from PIL import Image

from seguripago.journey.assistance.commands.papers import read_pre_invoice
from seguripago.journey.evidence import commands, queries
from seguripago.journey.evidence.cleaning import PICTURES, CleanCopy, clean
from seguripago.journey.evidence.looks import look_of
from seguripago.journey.evidence.picturing import picture_of
from seguripago.journey.evidence.queries import EvidenceFile
from seguripago.journey.evidence.refusals import FileIsBroken, FileIsOversized
from seguripago.journey.evidence.rules import EvidenceKind, kind_of
from seguripago.ports import pdf_opening, picture_opening
from seguripago.ports.cep import NotACep
from seguripago.ports.cep_paper import read_paper
from seguripago.ports.pdf_opening import Frame, PdfBusy, drawn_pages
from tests.evidence import bombs, picture_bombs
from tests.evidence.files import pdf, picture
from tests.orders.builders import LUCIA, placed

PAGE = Frame(3.0, 1800, 6000)
MOST_KILOBYTES = 768 * 1024
GIVEN_UP = """
import resource, sys
from seguripago.ports import pdf_opening
pdf_opening.CPU_S = float(sys.argv[1])
body, most = sys.stdin.buffer.read(), lambda whose: resource.getrusage(whose).ru_maxrss
before = most(resource.RUSAGE_SELF)
try:
    pdf_opening.drawn_pages(body, pdf_opening.Frame(float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
except pdf_opening.PdfFails:
    print(before, most(resource.RUSAGE_SELF), most(resource.RUSAGE_CHILDREN))
"""
"""A process of its own: what its child took at most is not what some other test's child took."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's seconds of a file are fewer here, so that nobody waits for them."""
    monkeypatch.setattr(pdf_opening, "CPU_S", 0.6)


@pytest.mark.parametrize("bomb", [bombs.chain, bombs.fills])
def test_a_page_that_asks_for_too_much_is_given_up_and_takes_no_memory_of_ours(bomb: Callable[[], bytes]) -> None:
    body = bomb()
    assert len(body) < 20_000
    asked = [sys.executable, "-c", GIVEN_UP, str(pdf_opening.CPU_S), *map(str, astuple(PAGE))]
    before, ours, child = map(int, subprocess.run(asked, input=body, capture_output=True, check=True).stdout.split())
    assert ours < before + 50_000
    assert child <= MOST_KILOBYTES


def test_nobody_else_opens_it_either() -> None:
    body = bombs.chain()
    assert look_of(CleanCopy(EvidenceKind.PDF, body)) is None
    assert picture_of(EvidenceFile(1, 1, 1, "a.pdf", "application/pdf", body), 1) is None
    assert read_pre_invoice(body) is None
    with pytest.raises(NotACep, match="pdf_unreadable"):
        read_paper(body)


def test_a_page_as_large_as_a_house_is_drawn_no_larger_than_the_frame() -> None:
    (drawn,) = drawn_pages(bombs.street(), PAGE)
    with Image.open(BytesIO(drawn)) as shown:
        assert max(shown.size) <= 1801
    assert look_of(CleanCopy(EvidenceKind.PDF, bombs.written())) is not None


@pytest.mark.django_db
def test_a_bomb_is_kept_without_a_look_like_any_paper(at: datetime) -> None:
    order_id = placed(at)
    paper = commands.keep_evidence(order_id, filename="a.pdf", body=bombs.chain(), by=LUCIA, at=at)
    assert queries.evidence_file(paper) is not None
    assert queries.shown_before(paper) == ()


@pytest.mark.django_db
def test_while_too_many_are_open_the_next_one_hears_it_and_nothing_is_kept(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_opening, "WAIT_S", 0.0)
    monkeypatch.setattr(pdf_opening, "_TURNS", threading.BoundedSemaphore(1))
    order_id = placed(at)
    with pdf_opening._turn():
        with pytest.raises(PdfBusy):
            drawn_pages(pdf(), PAGE)
        with pytest.raises(commands.FileNotScanned) as told:
            commands.keep_evidence(order_id, filename="a.pdf", body=pdf(), by=LUCIA, at=at)
    assert told.value.reason == "busy"
    assert queries.evidence_of(order_id) == ()
    assert commands.keep_evidence(order_id, filename="a.pdf", body=pdf(), by=LUCIA, at=at)


OVERSIZED: dict[str, Callable[[], bytes]] = {
    "a PNG of 30,000 by 30,000": lambda: picture_bombs.png(30_000, 30_000, rows=2),
    "a photograph for a printer": lambda: picture_bombs.photograph(6_324, 6_324, "CMYK"),
    "a WebP of 8,000 by 5,000": lambda: picture_bombs.webp(8_000, 5_000),
    "10,000 frames on the largest canvas": lambda: picture_bombs.webp_that_moves(16_383, 16_383, 10_000),
}
BROKEN: dict[str, Callable[[], bytes]] = {
    "a profile of a gigabyte": picture_bombs.png_with_profile,
    "words of two gigabytes": lambda: picture_bombs.png_with_words(b"zTXt"),
    "words of two gigabytes in any language": lambda: picture_bombs.png_with_words(b"iTXt"),
    "40,000 tiles": lambda: picture_bombs.heic_grid(200, 200),
    "40,000 tiles that say to be few": lambda: picture_bombs.heic_grid(200, 200, (4_000, 4_000)),
    "four tiles that say to be many": lambda: picture_bombs.heic_grid(2, 2, (5_000, 5_000)),
}
TAKEN: dict[str, Callable[[], bytes]] = {
    "the largest PNG": lambda: picture_bombs.png(6_324, 6_324, colours=6),
    "the largest photograph": lambda: picture_bombs.photograph(6_324, 6_324),
    "the largest WebP": lambda: picture_bombs.webp(4_096, 4_096),
    "10,000 frames on the largest canvas that is taken": lambda: picture_bombs.webp_that_moves(4_096, 4_096, 10_000),
    "992 tiles": lambda: picture_bombs.heic_grid(31, 32),
}
MOST_OVER_BASE = 300 * 1024
PROGRAM = "seguripago.ports.picture_process"
PEAK = """
import resource, subprocess, sys
said = subprocess.run([sys.executable, "-m", sys.argv[1]], stdin=0, stdout=subprocess.PIPE).stdout
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, said.split(b"\\n")[0].decode())
"""
"""A small process in between: what a process took at most counts what its parent had when it was made."""


def peak(body: bytes, what: str = "draw") -> tuple[int, dict[str, object]]:
    """How many kilobytes the decoder's process takes for a file at most, and what it says."""
    kind = kind_of(body)
    assert kind is not None
    asked = {"what": what, "kind": PICTURES[kind], "longest": 4_000, "cpu_s": picture_opening.CPU_S}
    question = json.dumps(asked).encode() + b"\n" + body
    told = subprocess.run([sys.executable, "-c", PEAK, PROGRAM], input=question, capture_output=True, check=True)
    kilobytes, said = told.stdout.decode().split(" ", 1)
    return int(kilobytes), json.loads(said)


@cache
def base() -> int:
    """What it takes for a picture of 64 by 48."""
    return peak(picture())[0]


@pytest.mark.parametrize("bomb", OVERSIZED | BROKEN | TAKEN)
def test_no_picture_takes_more_than_300_megabytes_of_its_process(bomb: str) -> None:
    body = (OVERSIZED | BROKEN | TAKEN)[bomb]()
    for what in ("draw", "codes"):
        most, said = peak(body, what)
        assert most < base() + MOST_OVER_BASE
        assert ("trouble" in said) is (bomb not in TAKEN)


@pytest.mark.parametrize("bomb", OVERSIZED | BROKEN)
def test_a_picture_that_asks_for_too_much_is_refused_and_takes_no_memory_of_ours(bomb: str) -> None:
    body = (OVERSIZED | BROKEN)[bomb]()
    kind, ours = kind_of(body), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert kind is not None
    with pytest.raises(FileIsOversized if bomb in OVERSIZED else FileIsBroken):
        clean(kind, body)
    assert read_pre_invoice(body) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < ours + 50_000


def test_a_picture_that_takes_too_long_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_opening, "PATIENCE_S", 0.05)
    with pytest.raises(FileIsOversized):
        clean(EvidenceKind.PNG, picture())
    monkeypatch.setattr(picture_opening, "PATIENCE_S", 45.0)
    monkeypatch.setattr(picture_opening, "CPU_S", 0.01)
    with pytest.raises(picture_opening.PictureFails):
        picture_opening.drawn_again("png", picture_bombs.png(6_324, 6_324), longest=4_000)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_code_of_a_photographed_paper_is_read_by_that_process_too(kind: str) -> None:
    token, drawn = "a" * 22, BytesIO()
    code = BytesIO()
    segno.make(f"https://tienda.example/pedido/{token}/").save(code, kind="png", scale=8)
    with Image.open(code) as shown:
        shown.convert("RGB").save(drawn, kind)
    paper = read_pre_invoice(drawn.getvalue())
    assert paper is not None
    assert paper.order_token == token
