"""A CEP on paper: the text is only a carrier; the chain and its seal decide, and the paper must say the same."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from seguripago.adapters.bank_feeds import banxico_cep
from seguripago.adapters.receipt_readers import cep_xml
from seguripago.adapters.receipt_readers.cep_pdf import ADAPTER
from seguripago.jobs import evidence_file
from seguripago.ports.bank_feeds import Arrived, NotADeposit, Unreadable
from seguripago.ports.cep_paper import MAX_PAPER_BYTES
from seguripago.ports.receipt_readers import TRACKING_KEY_NOT_SEALED, ReceiptKind, ReceiptReading, Seal
from seguripago.values.clabe import build
from tests.captures.ceps import LAYOUTS, SERIAL, Transfer, pem

LONG = Transfer(
    payer_name="MARIA FERNANDA DE LOS ANGELES GUTIERREZ",
    name="COMERCIALIZADORA DE CAFE DEL ISTMO SA DE",
    concept="PAGO DE PEDIDO - CM-7K3F-92QX / PARTE 1",
)


def read(body: bytes, *, pinned: bool = True) -> ReceiptReading:
    return ADAPTER.read(body, {SERIAL: pem()} if pinned else {})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("generation", [23, 30, 47])
@pytest.mark.parametrize("amount", ["3414.95", "13887.7", "300", "000000000000008.17"])
def test_the_paper_says_what_its_xml_says(layout: str, generation: int, amount: str) -> None:
    transfer = Transfer(generation=generation, amount=amount)
    on_paper, as_xml = read(transfer.pdf(layout)), cep_xml.ADAPTER.read(transfer.xml(), {SERIAL: pem()})
    assert as_xml.seal is Seal.VERIFIED
    assert on_paper == as_xml


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_long_lines_with_accents_find_their_lost_spaces(layout: str, encoding: str) -> None:
    transfer = Transfer(name="CAFÉ ÑANDÚ Y COMPAÑÍA DEL ISTMO SA", concept="PAGO  DOBLE ESPACIO", encoding=encoding)
    for each, sealed_in in ((LONG, None), (transfer, encoding)):
        reading = read(each.pdf(layout))
        assert reading.seal is Seal.VERIFIED, reading
        assert reading.fields["concept"] == each.concept
        assert reading.fields.get("sealed_in") == sealed_in


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ({"amount": "$ 9,935.00"}, "printed_amount_differs_from_chain"),
        ({"day": "12 de marzo de 2026"}, "printed_date_differs_from_chain"),
        ({"credited": "12 de marzo de 2026"}, "printed_date_differs_from_chain"),
        ({"hour": "10:31:00 horas"}, "printed_hour_differs_from_chain"),
        ({"payer_name": "OTRA PERSONA"}, "printed_names_differ_from_chain"),
        ({"name": "OTRA TIENDA SA"}, "printed_names_differ_from_chain"),
        ({"account": "646180115700294220"}, "printed_accounts_differ_from_chain"),
        ({"payer_account": ""}, "printed_accounts_differ_from_chain"),
        ({"payer_bank": "SANTANDER"}, "printed_payer_bank_differ_from_chain"),
        ({"concept": "Pedido CM-XXXX-XXXX"}, "printed_concept_differ_from_chain"),
    ],
)
def test_a_paper_that_shows_something_else_is_invalid(layout: str, printed: dict[str, str], reason: str) -> None:
    for pinned in (True, False):
        reading = read(Transfer().pdf(layout, printed=printed), pinned=pinned)
        assert reading.seal is Seal.INVALID
        assert reason in reading.reasons


@pytest.mark.parametrize("layout", LAYOUTS)
def test_paper_and_chain_altered_together_break_the_seal(layout: str) -> None:
    genuine = Transfer()
    raised = Transfer(amount="99135.00").pdf(layout, seal=genuine.seal())
    assert read(raised).reasons == ("seal_does_not_match", TRACKING_KEY_NOT_SEALED)
    other = Transfer(account="646180115700294220").pdf(layout, seal=genuine.seal())
    assert read(other).seal is Seal.INVALID


def test_without_a_pin_a_paper_is_not_verifiable_and_keeps_its_digest() -> None:
    body = Transfer().pdf()
    reading = read(body, pinned=False)
    assert reading.seal is Seal.NOT_VERIFIABLE
    assert reading.reasons == ("certificate_not_pinned", TRACKING_KEY_NOT_SEALED)
    assert reading.seal_digest == read(body).seal_digest != ""


def test_a_printed_tracking_key_may_be_edited_which_is_why_it_is_never_believed() -> None:
    reading = read(Transfer().pdf(printed={"tracking_key": "OTRA"}))
    assert (reading.seal, reading.fields["tracking_key"]) == (Seal.VERIFIED, "OTRA")
    assert TRACKING_KEY_NOT_SEALED in reading.reasons


def test_a_seal_that_is_cut_or_swapped_is_invalid() -> None:
    seal = Transfer().seal()
    assert read(Transfer().pdf(seal=seal[:-4])).reasons[0] == "seal_unreadable"
    assert read(Transfer().pdf(seal=Transfer(amount="1.00").seal())).seal is Seal.INVALID


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_seal_is_found_wherever_its_lines_break(layout: str) -> None:
    """Base64 breaks after `/` and `+`, so a line of a seal may be one letter or a hundred."""
    for number in range(40):
        transfer = Transfer(concept=f"PEDIDO {number}", amount=f"{100 + number}.50")
        assert read(transfer.pdf(layout)).seal is Seal.VERIFIED, transfer.seal()


def test_two_transfers_on_one_paper_are_none() -> None:
    with pikepdf.open(BytesIO(Transfer().pdf())) as one, pikepdf.open(BytesIO(LONG.pdf())) as two:
        one.pages.append(two.pages[0])
        written = BytesIO()
        one.save(written)
    reading = read(written.getvalue())
    assert (reading.seal, reading.reasons[0]) == (Seal.INVALID, "not_one_transfer")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"%PDF-", "pdf_unreadable"),
        (b"%PDF-1.7\n" + b"x" * 1000, "pdf_unreadable"),
        (b"%PDF-1.7" + b" " * MAX_PAPER_BYTES, "too_long"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_only_a_pdf(body: bytes, reason: str) -> None:
    assert read(body) == ReceiptReading(ReceiptKind.PDF, Seal.NONE, {}, ("not_a_cep", reason))


def test_another_pdf_a_locked_one_and_a_thick_one_are_only_pdfs() -> None:
    for pages, locked in ((1, ""), (5, ""), (1, "secreto")):
        with pikepdf.new() as made:
            for _ in range(pages):
                made.add_blank_page()
            written = BytesIO()
            made.save(written, encryption=pikepdf.Encryption(owner="x", user=locked) if locked else False)
        reading = read(written.getvalue())
        assert (reading.kind, reading.seal, reading.reasons[0]) == (ReceiptKind.PDF, Seal.NONE, "not_a_cep")


def test_the_command_reads_paper_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGURIPAGO_DATA_DIR", str(tmp_path))
    file, key = tmp_path / "cep.pdf", tmp_path / "banco.pem"
    file.write_bytes(Transfer().pdf())
    key.write_bytes(pem())
    assert evidence_file.verify_evidence(file=str(file))["seal"] == "not_verifiable"
    assert evidence_file.pin(serial=SERIAL, file=str(key))["key"] == "RSA-2048"
    said = evidence_file.verify_evidence(file=str(file))
    assert (said["kind"], said["seal"], said["reasons"]) == ("cep", "verified", ["tracking_key_not_sealed"])
    assert (said["fields"]["amount"], said["fields"]["date"]) == ("9135.00", "2026-03-11")


def test_the_feed_reads_a_cep_as_xml_as_paper_and_as_two_people_kept_it() -> None:
    transfer = Transfer()
    for body in (transfer.xml(), transfer.pdf()):
        (arrived,) = banxico_cep.ADAPTER.read(body, {})
        assert isinstance(arrived, Arrived)
        said = arrived.deposit
        assert (said.sending_institution, said.tracking_key, str(said.amount)) == (
            "40012",
            "BBVA260311000012345",
            "$9,135.00",
        )
        assert said.settled_at is not None
        assert said.settled_at.isoformat() == "2026-03-11T16:30:00+00:00"


def test_the_feed_refuses_what_does_not_agree_with_itself_and_a_sender_who_is_unsure() -> None:
    for body, reason in (
        (Transfer().xml().replace(b'MontoPago="9135.00"', b'MontoPago="9935.00"'), "cep:amount_differs_from_chain"),
        (Transfer(payer_bank="BANCO QUE NADIE CONOCE", payer_type="3").xml(), "sending_institution"),
        (Transfer(payer_bank="SANTANDER", payer_account=build("012180", 1)).xml(), "sending_institution"),
        (b'{"forma":"otra"}', "shape"),
    ):
        with pytest.raises(Unreadable, match=reason):
            banxico_cep.ADAPTER.read(body, {})
    (returned,) = banxico_cep.ADAPTER.read(Transfer(payment_type="17").xml(), {})
    assert isinstance(returned, NotADeposit)
