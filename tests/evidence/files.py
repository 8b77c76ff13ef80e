"""Files that honest and hostile strangers upload."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image

CEPS = Path(__file__).resolve().parent.parent / "samples" / "cep"
SCRIPT = b"<script>alert(1)</script>"


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **said: object) -> bytes:
    """A small picture."""
    drawn = BytesIO()
    Image.new("RGB", size, "#0f6b5c").save(drawn, kind, **said)
    return drawn.getvalue()


def photo_with_place() -> bytes:
    """A photo whose metadata tells where it was taken and by which telephone."""
    exif = Image.Exif()
    exif[0x010F] = "TelefonoDeLucia"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = "2026:11:22"
    return picture("JPEG", exif=exif.tobytes())


def polyglot() -> bytes:
    """A PNG that is also an archive with a page in it."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("index.html", SCRIPT)
    return picture() + SCRIPT + archive.getvalue()


def png_bomb() -> bytes:
    """A PNG of a few bytes whose header says 50,000 by 50,000."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    size = (50_000).to_bytes(4)
    header = chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(6_251))) + chunk(b"IEND", b"")


def pdf(pages: int = 1, password: str = "") -> bytes:
    """A PDF of white pages."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(612, 792))
        written = BytesIO()
        locked = pikepdf.Encryption(owner="x", user=password) if password else False
        made.save(written, encryption=locked)
    return written.getvalue()


def hostile_pdf() -> bytes:
    """A PDF that runs a script when opened, carries a file, and links to a stranger's page."""
    with pikepdf.open(BytesIO(pdf())) as made:
        script = made.make_indirect(
            pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('hola')"))
        )
        made.Root.OpenAction = script
        made.Root.AA = pikepdf.Dictionary(WC=script)
        made.attachments["virus.exe"] = pikepdf.AttachedFileSpec(made, b"MZ-not-a-program", filename="virus.exe")
        page = made.pages[0]
        page.AA = pikepdf.Dictionary(O=script)
        page.Annots = made.make_indirect(
            pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot,
                        Subtype=pikepdf.Name.Link,
                        Rect=[0, 0, 612, 792],
                        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("http://stranger.example/")),
                    )
                ]
            )
        )
        written = BytesIO()
        made.save(written)
    return written.getvalue()


def cep(name: str = "tipo-01") -> bytes:
    """A CEP of Banxico's test environment."""
    return (CEPS / f"{name}.xml").read_bytes()
