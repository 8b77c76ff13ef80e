"""What a person may open is made anew: of a telephone's picture its pixels, of a PDF what its pages draw."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from seguripago.journey.evidence import cleaning, pages
from seguripago.journey.evidence.cleaning import CleanCopy, clean
from seguripago.journey.evidence.looks import look_of
from seguripago.journey.evidence.picturing import picture_of
from seguripago.journey.evidence.queries import EvidenceFile
from seguripago.journey.evidence.refusals import FileIsBroken, FileIsOversized, FileNotScanned
from seguripago.journey.evidence.rules import EvidenceKind, kind_of
from tests.evidence.files import pdf, picture

HEIC = Path(__file__).resolve().parent.parent / "samples" / "heic" / "photo.heic"


def heic(width: int = 160, height: int = 120) -> bytes:
    """A telephone's picture whose header says this size."""
    body = HEIC.read_bytes()
    place = body.index(b"ispe") + 8
    return body[:place] + width.to_bytes(4) + height.to_bytes(4) + body[place + 8 :]


def paper(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(BytesIO(pdf())) as made:
        change(made)
        written = BytesIO()
        made.save(written)
    return written.getvalue()


def plain(body: bytes) -> bytes:
    """All that a PDF holds, unpacked."""
    with pikepdf.open(BytesIO(body)) as made:
        written = BytesIO()
        made.save(written, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return written.getvalue()


def test_a_telephones_picture_becomes_a_jpeg_without_its_place() -> None:
    body = heic()
    assert b"TelefonoDeLucia" in body
    assert kind_of(body) is EvidenceKind.HEIC
    copy = clean(EvidenceKind.HEIC, body)
    assert copy.kind is EvidenceKind.JPEG
    assert b"TelefonoDeLucia" not in copy.body
    with Image.open(BytesIO(copy.body)) as shown:
        assert shown.size == (160, 120)
        assert not shown.getexif()
        red, green, blue = shown.getpixel((20, 10))
    assert abs(red - 0x0F) + abs(green - 0x6B) + abs(blue - 0x5C) < 40


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (heic(50_000, 50_000), FileIsOversized),
        (heic(16, 12), FileIsBroken),
        (heic()[:-200], FileIsBroken),
        (heic()[:60], FileIsBroken),
    ],
)
def test_a_telephones_picture_that_lies_about_its_size_is_not_unpacked(body: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        clean(EvidenceKind.HEIC, body)


@pytest.mark.parametrize("brand", [b"avif", b"msf1", b"hevc", b"isom", b"mif1"])
def test_no_other_kind_of_that_family_is_taken(brand: bytes) -> None:
    head = (16).to_bytes(4) + b"ftyp" + brand + bytes(4)
    assert kind_of(head + bytes(40)) is None


def _acting_resources(made: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('hola')"))
    carried = made.make_stream(b"MZ-not-a-program", Type=pikepdf.Name.EmbeddedFile)
    form = made.make_stream(
        b"0 0 10 10 re f",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 10, 10],
        AA=pikepdf.Dictionary(O=made.make_indirect(script)),
        Metadata=made.make_stream(b"<x:xmpmeta>TelefonoDeLucia</x:xmpmeta>"),
        PieceInfo=pikepdf.Dictionary(Secret=carried),
        Ref=pikepdf.Dictionary(F=pikepdf.String("http://stranger.example/other.pdf"), Page=0),
        OPI=pikepdf.Dictionary(V=pikepdf.Dictionary(F=pikepdf.String("http://stranger.example/x"))),
    )
    page = made.pages[0]
    page.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(A=form, F=form),
        ExtGState=pikepdf.Dictionary(
            JS=pikepdf.Dictionary(Next=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://s"))
        ),
        Properties=pikepdf.Dictionary(P=pikepdf.Dictionary(AF=pikepdf.Array([carried]))),
    )
    page.Contents = made.make_stream(b"/A Do /F Do /JS gs")
    page.Thumb = carried
    page.B = pikepdf.Array([])
    made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xdp/>"), Fields=[])


def test_what_a_pages_resources_do_or_carry_stays_behind_and_what_they_draw_comes_along() -> None:
    made = clean(EvidenceKind.PDF, paper(_acting_resources)).body
    whole = plain(made)
    for bad in (
        *(b"JavaScript", b"app.alert", b"/AA", b"EmbeddedFile", b"MZ-not", b"stranger.example", b"/URI", b"/AF"),
        *(b"Metadata", b"TelefonoDeLucia", b"PieceInfo", b"/Ref", b"/OPI", b"AcroForm", b"XFA", b"/Thumb"),
    ):
        assert bad not in whole, bad
    with pikepdf.open(BytesIO(made)) as shown:
        assert set(shown.pages[0].Resources.XObject.keys()) == {"/A", "/F"}
    with pypdfium2.PdfDocument(made) as shown:
        assert shown[0].render(scale=0.2).to_pil().convert("L").getextrema()[0] < 50


def _squeezed_twice(made: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(made, zlib.compress(zlib.compress(bytes(1_200_000), 9), 9))
    stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    made.pages[0].Contents = made.make_indirect(stream)


def _squeezed(made: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(made, zlib.compress(bytes(1_200_000), 9))
    stream.Filter = pikepdf.Name.FlateDecode
    made.pages[0].Contents = made.make_indirect(stream)


def _filters_without_end(made: pikepdf.Pdf) -> None:
    made.pages[0].Contents = made.make_stream(b"x", Filter=pikepdf.Array([pikepdf.Name.ASCIIHexDecode] * 500))


def _huge_picture(made: pikepdf.Pdf) -> None:
    image = made.make_stream(b"x", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=50_000, Height=50_000)
    made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
    made.pages[0].Contents = made.make_stream(b"/I Do")


def _countless_objects(made: pikepdf.Pdf) -> None:
    many = {f"/K{place}": pikepdf.Dictionary() for place in range(20_001)}
    made.pages[0].Resources = pikepdf.Dictionary(Properties=pikepdf.Dictionary(many))


@pytest.mark.parametrize(
    "change", [_squeezed, _squeezed_twice, _filters_without_end, _huge_picture, _countless_objects]
)
def test_a_paper_that_would_unpack_to_too_much_is_refused(
    change: Callable[[pikepdf.Pdf], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_UNPACKED", 1_048_576)
    with pytest.raises(FileIsOversized):
        clean(EvidenceKind.PDF, paper(change))


def test_a_page_as_long_as_a_street_is_drawn_small() -> None:
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(3, 14_000))
        written = BytesIO()
        made.save(written)
    drawn = picture_of(EvidenceFile(1, 1, 1, "a.pdf", "application/pdf", written.getvalue()), 1)
    assert drawn is not None
    with Image.open(BytesIO(drawn.body)) as shown:
        assert shown.height <= 6_001


def _framed(frame: list[float], size: list[float] | None = None) -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.CropBox = pikepdf.Array(frame)
        if size is not None:
            made.pages[0].obj.MediaBox = pikepdf.Array(size)

    return paper(change)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (_framed([2000, 2000, 2100, 2100]), (612, 792)),
        (_framed([0, 0, 0, 0]), (612, 792)),
        (_framed([500, 700, 9000, 9000]), (112, 92)),
        (_framed([400, 300, 100, 100]), (300, 200)),
        (_framed([0, 0, 5, 5], [0, 0, 0, 792]), (5, 5)),
        (_framed([0, 0, 5, 5], [0, 0, 10**9, 10**9]), (5, 5)),
    ],
)
def test_a_page_whose_frame_lies_beside_it_is_shown_whole(body: bytes, shown: tuple[int, int]) -> None:
    copy = clean(EvidenceKind.PDF, body)
    look_of(copy)
    with pypdfium2.PdfDocument(copy.body) as made:
        assert tuple(map(round, made[0].get_size())) == shown


def test_what_cannot_be_drawn_has_no_look_and_stops_nobody() -> None:
    for body in (b"%PDF-1.7 and nothing", _framed([2000, 2000, 2100, 2100])):
        assert look_of(CleanCopy(EvidenceKind.PDF, body)) is None


def test_no_more_pictures_are_unpacked_at_once_than_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "WAIT_S", 0.0)
    with cleaning.decoding(), cleaning.decoding(), pytest.raises(FileNotScanned):
        clean(EvidenceKind.PNG, picture())
    assert clean(EvidenceKind.PNG, picture()).kind is EvidenceKind.PNG


def test_a_large_photograph_becomes_a_smaller_one() -> None:
    body = picture("JPEG", size=(8000, 4000))
    with Image.open(BytesIO(clean(EvidenceKind.JPEG, body).body)) as shown:
        assert shown.size == (4000, 2000)
