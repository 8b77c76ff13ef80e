"""A paper that asks for gigabytes or for hours costs nobody but the process that opens it, and that one ends."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image

from seguripago.journey.assistance.commands.papers import read_pre_invoice
from seguripago.journey.evidence import commands, queries
from seguripago.journey.evidence.cleaning import CleanCopy
from seguripago.journey.evidence.looks import look_of
from seguripago.journey.evidence.picturing import picture_of
from seguripago.journey.evidence.queries import EvidenceFile
from seguripago.journey.evidence.rules import EvidenceKind
from seguripago.ports import pdf_opening
from seguripago.ports.cep import NotACep
from seguripago.ports.cep_paper import read_paper
from seguripago.ports.pdf_opening import Frame, PdfBusy, PdfFails, drawn_pages
from tests.evidence import bombs
from tests.evidence.files import pdf
from tests.orders.builders import LUCIA, placed

PAGE = Frame(3.0, 1800, 6000)
MOST_KILOBYTES = 768 * 1024


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's seconds of a file are fewer here, so that nobody waits for them."""
    monkeypatch.setattr(pdf_opening, "CPU_S", 0.6)


@pytest.mark.parametrize("bomb", [bombs.chain, bombs.fills])
def test_a_page_that_asks_for_too_much_is_given_up_and_takes_no_memory_of_ours(bomb: Callable[[], bytes]) -> None:
    body = bomb()
    assert len(body) < 20_000
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PdfFails):
        drawn_pages(body, PAGE)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < ours + 50_000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= MOST_KILOBYTES


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
