"""The papers as a person reads them: text layer, QR, edges, and what a stranger types into them."""

import statistics
import time
from dataclasses import replace
from io import BytesIO
from threading import Thread

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from seguripago.adapters.documents.typst import in_words
from seguripago.journey.assistance.commands.papers import read_pre_invoice
from seguripago.ports.documents import Document, printer
from seguripago.values.money import Money
from tests.documents.papers import PLACED_AT, certificate, line, pre_invoice, receipt, spei

FORBIDDEN = ("escrow", "fideicomiso", "custodia", "saldo", "monedero", "fianza", "resguardad", "amparad", "en garantía")
ZERO_WIDTH = "​"


def text_of(paper: Document) -> str:
    """The text layer, as one line of single spaces."""
    with pypdfium2.PdfDocument(printer().pdf(paper)) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    return " ".join(" ".join(pages).replace(ZERO_WIDTH, "").split())


def pages_of(paper: Document, scale: float = 1.0) -> list[Image.Image]:
    """The pages, drawn."""
    with pypdfium2.PdfDocument(printer().pdf(paper)) as pdf:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in pdf]


def test_a_pre_invoice_says_that_it_is_no_cfdi_and_carries_what_identifies_the_order() -> None:
    said = text_of(pre_invoice())
    assert "Este documento no es un comprobante fiscal (CFDI)." in said
    assert "Vigente hasta el 24 de noviembre de 2026, 11:42" in said
    assert "No. de Pedido CM-7K3F-92QX" in said
    assert "Clave de verificación K7QW-2MZ4-XT3R-5ABC" in said


def test_a_pre_invoice_shows_iva_apart_for_each_rate() -> None:
    said = text_of(pre_invoice(line(), line("Café de altura", price=Money(25_000), quantity=2, iva_bp=0)))
    assert "Subtotal $6,100.00" in said
    assert "IVA 16% $916.00" in said
    assert "IVA 0% $0.00" in said
    assert "Total MXN $7,141.00" in said
    assert "Siete mil ciento cuarenta y un pesos 00/100 M.N." in said


def test_bank_details_are_printed_only_once_they_were_sent() -> None:
    before = pre_invoice()
    assert "646 180" not in text_of(before)
    assert "Pagarás con Transferencia electrónica SPEI" in text_of(before)
    after = text_of(replace(before, spei=spei(before), analyst="Mariana Ríos"))
    assert "CLABE 646 180 11570029421 7" in after
    assert "Monto exacto $6,641.00 MXN" in after
    assert "Analista Mariana Ríos" in after


def test_the_file_dropped_in_the_chat_is_recognised_as_this_order() -> None:
    mark = read_pre_invoice(printer().pdf(pre_invoice(*(line() for _ in range(9)))))
    assert mark is not None
    assert (mark.number, mark.key.replace("-", "")) == ("CM-7K3F-92QX", "K7QW2MZ4XT3R5ABC")


@pytest.mark.parametrize(
    ("paper", "opens"),
    [
        (pre_invoice(), "http://127.0.0.1:8000/pedido/Zk3v9qYw1uR8sT5nB2mXcD/"),
        (receipt(), "http://127.0.0.1:8000/verificar/?n=R-2026-000001&k=3f3f3f3f3f3f"),
        (certificate(), "http://127.0.0.1:8000/verificar/?n=GC-2026-000001&k=ABCDEFGHIJKLMNOPQRST"),
    ],
)
def test_the_qr_of_a_paper_can_be_scanned(paper: Document, opens: str) -> None:
    found = zxingcpp.read_barcodes(pages_of(paper, scale=2)[0])
    assert [code.text for code in found] == [opens]


def test_a_receipt_says_who_paid_how_much_how_and_when() -> None:
    said = text_of(receipt())
    for words in ("Pago confirmado", "R-2026-000001", "$9,135.00 MXN", "MBAN01002611220072913", "Firma Ed25519"):
        assert words in said


def test_a_certificate_makes_three_promises_until_a_day_and_says_how_to_claim() -> None:
    said = text_of(certificate())
    for words in ("Tu compra", "Tu pago", "Tu envío", "Hasta 7 días después de la entrega", "Cómo reclamar"):
        assert words in said
    assert "Llega a más tardar el 3 de diciembre de 2026" in said
    assert "además de la garantía legal" in said


@pytest.mark.parametrize("paper", [pre_invoice(), receipt(), certificate()])
def test_no_paper_says_a_forbidden_word(paper: Document) -> None:
    said = text_of(paper).lower()
    assert [word for word in FORBIDDEN if word in said] == []


def test_what_a_stranger_types_is_printed_and_never_run() -> None:
    typed = '«"quotes"» #read("/etc/passwd") $x^2$ *no* _no_ `no` <tag> \\ @me'
    said = text_of(pre_invoice(line(typed)))
    assert '#read("/etc/passwd") $x^2$ *no* _no_ `no` <tag> \\ @me' in said
    assert "root:" not in said


def test_thirty_long_lines_take_several_pages_and_none_leaves_the_paper() -> None:
    lines = [line("Cafetera «ñandú» " + "W" * (place % 5 * 30), sku="X" * 40) for place in range(30)]
    endless = "María de los Ángeles Guadalupe Fernández-Ordóñez y Łukasiewicz " + "X" * 90
    paper = pre_invoice(*lines)
    paper = replace(paper, shipping=replace(paper.shipping, name=endless, lines=("Calle " + "Y" * 90,)))
    pages = pages_of(paper)
    assert 3 <= len(pages) <= 6
    for drawn in pages[1:]:
        # Nothing but white outside the margins of 39 points.
        for edge in (drawn.crop((0, 0, 36, 792)), drawn.crop((576, 0, 612, 792))):
            assert ImageChops.invert(edge.convert("L")).getbbox() is None
    said = text_of(paper)
    assert said.count("Cafetera «ñandú»") == 30
    assert "Página 2 de" in said


def test_every_glyph_comes_from_our_own_fonts() -> None:
    with pikepdf.open(BytesIO(printer().pdf(pre_invoice(line("Ñandú, pingüino, €, ½, «á»"))))) as pdf:
        names = {
            str(font.BaseFont)
            for page in pdf.pages
            for font in page.resources.get("/Font", pikepdf.Dictionary()).values()
        }
    assert names
    assert all("Inter" in name or "Bricolage" in name for name in names)


def test_the_same_paper_is_the_same_file_for_whoever_asks_and_from_any_thread() -> None:
    drawn: list[bytes] = []
    threads = [Thread(target=lambda: drawn.append(printer().pdf(receipt()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drawn) == 4
    assert len(set(drawn)) == 1


@pytest.mark.parametrize(
    ("centavos", "words"),
    [
        (0, "Cero pesos 00/100 M.N."),
        (100, "Un peso 00/100 M.N."),
        (2_150, "Veintiún pesos 50/100 M.N."),
        (10_000, "Cien pesos 00/100 M.N."),
        (913_500, "Nueve mil ciento treinta y cinco pesos 00/100 M.N."),
        (2_100_000, "Veintiún mil pesos 00/100 M.N."),
        (100_000_000, "Un millón de pesos 00/100 M.N."),
        (123_101_099, "Un millón doscientos treinta y un mil diez pesos 99/100 M.N."),
    ],
)
def test_an_amount_is_written_out_as_a_mexican_invoice_does(centavos: int, words: str) -> None:
    assert in_words(Money(centavos)) == words


def test_a_paper_costs_at_most_forty_milliseconds_of_cpu() -> None:
    printer().pdf(pre_invoice())
    spent = []
    for place in range(9):
        paper = pre_invoice(line(f"Molino número {place}"), line(), line(), order_number=f"CM-0000-000{place}")
        started = time.process_time()
        printer().pdf(paper)
        spent.append(time.process_time() - started)
    assert statistics.median(spent) < 0.040


def test_each_promise_says_until_when_and_when_to_claim_and_whose_obligation_it_is() -> None:
    said = text_of(certificate())
    for word in (
        "Reclama si llega dañado, incompleto o distinto.",
        "Hasta que la tienda cumpla, o te reembolse",
        "Reclama si no sale o no llega a tiempo.",
        "además de la garantía legal de cada producto",
    ):
        assert word in said, word
    partner = text_of(replace(certificate(), mode="licensed_partner", backed_at=PLACED_AT))
    assert "con el pago a cargo de una institución autorizada" in partner
    assert "institución autorizada" not in said
    assert "Operación respaldada" in partner
    named = text_of(replace(certificate(), mode="licensed_partner", partner="Pagos del Golfo, S.A. de C.V."))
    assert "con el pago a cargo de Pagos del Golfo, S.A. de C.V., institución autorizada" in named
    assert [word for word in FORBIDDEN if word in partner.lower()] == []
