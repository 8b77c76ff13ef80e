"""Six receipts are really looked at: so that a change of the reader, or of what it is made of, is seen.

How good the reader is says the bench (`python -m bench --only receipts`), on all of them and on the half that nobody
tuned it on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.receipts import receipts
from bench.receipts.catalogue import Receipt, draw
from bench.receipts.looks import LOOKS
from seguripago.adapters.receipt_readers.rapid_ocr import ADAPTER
from seguripago.jobs.evidence_file import verify_evidence
from seguripago.ports.receipt_readers import ReceiptKind, Seal

FEW = [draw(LOOKS[look], "tuned", place) for look, place in ((0, 4), (3, 2), (4, 1), (6, 4), (7, 3), (1, 5))]


@pytest.mark.parametrize("receipt", FEW, ids=lambda receipt: receipt.name)
def test_a_receipt_is_read(receipt: Receipt) -> None:
    said = ADAPTER.read(receipt.body, {})
    assert said.seal is Seal.NONE
    assert said.kind is (ReceiptKind.PDF if receipt.body.startswith(b"%PDF-") else ReceiptKind.IMAGE)
    assert dict(said.fields) == receipt.told
    assert all(0.5 < sure <= 1 for sure in said.confidences.values())


def test_the_command_reads_a_picture_and_gives_it_no_seal(tmp_path: Path) -> None:
    file = tmp_path / "captura.jpg"
    file.write_bytes(FEW[0].body)
    said = verify_evidence(file=str(file))
    assert (said["kind"], said["seal"], said["fields"]) == ("image", "none", FEW[0].told)
    assert said["reasons"][0] == "not_a_cep"


def test_without_looking_a_picture_says_nothing_and_a_text_layer_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_OCR", "off")
    assert ADAPTER.read(FEW[0].body, {}).reasons == ("not_a_cep", "ocr_off", "unreadable")
    assert dict(ADAPTER.read(FEW[5].body, {}).fields) == FEW[5].told


def test_the_receipts_are_the_same_every_time_and_no_half_has_one_of_the_other() -> None:
    drawn = {half: [each.told["tracking_key"] for each in receipts(half, only=2)] for half in ("tuned", "scored")}
    assert drawn["tuned"] == [each.told["tracking_key"] for each in receipts("tuned", only=2)]
    assert not set(drawn["tuned"]) & set(drawn["scored"])
