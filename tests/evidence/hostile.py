"""Three hundred files of somebody who means ill. Each carries MARK wherever something could run or be told."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

import pikepdf
from PIL import Image, PngImagePlugin

from tests.evidence.clamd import EICAR
from tests.evidence.files import SCRIPT, pdf, picture, png_bomb
from tests.evidence.test_rebuilt import heic, paper

MARK = b"MARK7f3a9c"
_M = MARK.decode()


class Hostile(NamedTuple):
    name: str
    body: bytes


def hostile_files() -> list[Hostile]:
    """All of them, the same every time."""
    return [*_texts(), *_programs(), *_polyglots(), *_lies(), *_papers(), *_infected(), *_names(), *_bombs()]


ACTIVE: dict[str, str] = {
    "svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{_M}()"/>',
    "html": f"<!doctype html><script>{_M}</script>",
    "xhtml": f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>{_M}</script></html>',
    "svg-xml": f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>{_M}</script></svg>',
    "xxe": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<SPEI_Tercero a="{_M}">&x;</SPEI_Tercero>',
    "xxe-web": f'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1/{_M}"><SPEI_Tercero/>',
    "laughs": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "{_M}"><!ENTITY b "&a;&a;&a;">]>'
    "<SPEI_Tercero>&b;</SPEI_Tercero>",
    "xslt": f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{_M}"?><root/>',
    "xinclude": '<?xml version="1.0"?><SPEI xmlns:xi="http://www.w3.org/2001/XInclude">'
    f'<xi:include href="{_M}"/></SPEI>',
    "php": f"<?php system('{_M}');",
    "jsp": f"<%= {_M} %>",
    "asp": f"<%@ language=vbscript %>{_M}",
    "js": f"alert('{_M}')",
    "vbs": f'MsgBox "{_M}"',
    "bat": f"@echo off\r\n{_M}",
    "ps1": f"Invoke-Expression {_M}",
    "sh": f"#!/bin/sh\n{_M}",
    "py": f"import os; os.system('{_M}')",
    "hta": f"<hta:application/><script>{_M}</script>",
    "mht": f"MIME-Version: 1.0\nContent-Type: text/html\n\n<script>{_M}</script>",
    "rtf": "{\\rtf1 {\\object\\objdata " + _M + "}}",
    "csv": f"=cmd|' /C {_M}'!A0",
    "url": f"[InternetShortcut]\nURL=file://{_M}",
    "desktop": f"[Desktop Entry]\nExec={_M}",
}


def _texts() -> Iterator[Hostile]:
    for name, text in ACTIVE.items():
        yield Hostile(f"comprobante.{name}", text.encode())
        yield Hostile(f"comprobante.{name}.pdf", b"\xef\xbb\xbf \n\t" + text.encode())
        yield Hostile(f"comprobante.png.{name}", text.encode("utf-16"))
        yield Hostile(f"comprobante.{name}\x00.jpg", b"\x00\x00" + text.encode())


PROGRAMS: dict[str, bytes] = {
    "exe": b"MZ\x90\x00",
    "elf": b"\x7fELF\x02\x01\x01",
    "macho": b"\xcf\xfa\xed\xfe",
    "class": b"\xca\xfe\xba\xbe",
    "dex": b"dex\n035\x00",
    "wasm": b"\x00asm\x01\x00\x00\x00",
    "swf": b"CWS\x0a",
    "lnk": b"L\x00\x00\x00\x01\x14\x02\x00",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "msi": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x01",
    "rar": b"Rar!\x1a\x07\x01\x00",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "bz2": b"BZh91AY&SY",
    "xz": b"\xfd7zXZ\x00",
    "cab": b"MSCF\x00\x00\x00\x00",
    "iso": b"CD001\x01",
    "gif": b"GIF89a\x01\x00\x01\x00",
    "bmp": b"BM\x46\x00\x00\x00",
    "tif": b"II*\x00\x08\x00\x00\x00",
    "ico": b"\x00\x00\x01\x00\x01\x00",
    "psd": b"8BPS\x00\x01",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf",
    "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41",
    "heics": b"\x00\x00\x00\x18ftypmsf1\x00\x00\x00\x00msf1hevc",
    "wmf": b"\xd7\xcd\xc6\x9a\x00\x00",
}


def _zipped(**files: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return made.getvalue()


def _programs() -> Iterator[Hostile]:
    for name, head in PROGRAMS.items():
        yield Hostile(f"spei.{name}", head + MARK)
        yield Hostile(f"spei.{name}.png", head + bytes(64) + MARK + SCRIPT)
    macro = {"word__vbaProject_dot_bin": _M, "_dot_Content_Types_dot_": _M}
    for name in ("docm", "xlsm", "pptm", "docx", "xlsx", "odt", "jar", "apk", "zip", "pdf", "jpg"):
        yield Hostile(f"estado.{name}", _zipped(**macro))
    yield Hostile("bomba.zip", _zipped(a="0" * 1_000_000))
    yield Hostile("bomba.svgz", gzip.compress(ACTIVE["svg"].encode()))


def _payloads() -> dict[str, bytes]:
    page = f"<html><script>{_M}</script></html>"
    return {
        "html": page.encode(),
        "php": ACTIVE["php"].encode(),
        "js": f"*/={_M};/*".encode(),
        "svg": ACTIVE["svg"].encode(),
        "zip": _zipped(index_dot_html=page) + MARK,
        "jar": _zipped(A_dot_class=_M) + MARK,
        "exe": b"MZ\x90\x00" + MARK,
        "phar": b"<?php __HALT_COMPILER(); ?>" + MARK,
        "pdf": b"%PDF-1.7 " + MARK,
        "sql": b"'; DROP TABLE evidence; -- " + MARK,
    }


def _told_png(payload: bytes) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", payload.decode("latin-1"))
    told.add_text("Zipped", payload.decode("latin-1"), zip=True)
    return picture("PNG", pnginfo=told)


def _carriers() -> dict[str, Callable[[bytes], bytes]]:
    exif = Image.Exif()

    def in_exif(payload: bytes) -> bytes:
        exif[0x010E] = payload.decode("latin-1")
        return picture("JPEG", exif=exif.tobytes())

    return {
        "png": lambda payload: picture("PNG") + payload,
        "told.png": _told_png,
        "jpg": lambda payload: picture("JPEG") + payload,
        "said.jpg": lambda payload: picture("JPEG", comment=payload),
        "exif.jpg": in_exif,
        "webp": lambda payload: picture("WEBP") + payload,
        "heic": lambda payload: heic() + payload,
    }


def _polyglots() -> Iterator[Hostile]:
    for ending, carry in _carriers().items():
        for name, payload in _payloads().items():
            yield Hostile(f"{name}.{ending}", carry(payload))
    yield Hostile("gif.js", b"GIF89a=1;" + MARK)
    yield Hostile("pdf.js", b"%PDF-1.7=1;" + MARK)
    yield Hostile("riff.js", b"RIFF=1;/*WEBP*/" + MARK)


def _lies() -> Iterator[Hostile]:
    heads = {
        "png": b"\x89PNG\r\n\x1a\n",
        "jpg": b"\xff\xd8\xff\xe0",
        "webp": b"RIFF\x10\x00\x00\x00WEBP",
        "pdf": b"%PDF-1.7\n",
        "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1",
        "xml": b"<SPEI_Tercero ",
    }
    for ending, head in heads.items():
        yield Hostile(f"php.{ending}", head + ACTIVE["php"].encode())
        yield Hostile(f"html.{ending}", head + ACTIVE["html"].encode())
        yield Hostile(f"nada.{ending}", head)
        yield Hostile(f"ceros.{ending}", head + bytes(4096) + MARK)
    whole = {"png": picture("PNG"), "jpg": picture("JPEG"), "webp": picture("WEBP"), "pdf": pdf(), "heic": heic()}
    for ending, body in whole.items():
        for cut in (2, 3, 4):
            yield Hostile(f"cortado-{cut}.{ending}", body[: len(body) // cut])


def _acting(**keys: Any) -> Callable[[pikepdf.Pdf], None]:
    def act(made: pikepdf.Pdf) -> None:
        action = made.make_indirect(pikepdf.Dictionary(**keys))
        made.Root.OpenAction = action
        made.Root.AA = pikepdf.Dictionary(WC=action)
        made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("a"), action]))
        page = made.pages[0]
        page.AA = pikepdf.Dictionary(O=action)
        page.Annots = pikepdf.Array(
            [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)]
        )
        page.PieceInfo = pikepdf.Dictionary(Next=action)
        page.Resources = pikepdf.Dictionary(ExtGState=pikepdf.Dictionary(G=pikepdf.Dictionary(AA=action)))
        page.Contents = made.make_stream(b"/G gs")

    return act


def _attached(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = pikepdf.AttachedFileSpec(made, MARK + SCRIPT, filename=f"{_M}.exe")


def _fields(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(MARK), Fields=[], NeedAppearances=True)


def _told(made: pikepdf.Pdf) -> None:
    made.docinfo["/Author"] = _M
    made.Root.Metadata = made.make_stream(MARK)


def _papers() -> Iterator[Hostile]:
    name, text = pikepdf.Name, pikepdf.String(_M)
    acts: dict[str, Callable[[pikepdf.Pdf], None]] = {
        "js": _acting(S=name.JavaScript, JS=text),
        "launch": _acting(S=name.Launch, F=text),
        "uri": _acting(S=name.URI, URI=text),
        "submit": _acting(S=name.SubmitForm, F=text),
        "import": _acting(S=name.ImportData, F=text),
        "remote": _acting(S=name.GoToR, F=text, D=[0]),
        "embedded": _acting(S=name.GoToE, F=text),
        "movie": _acting(S=name.Rendition, JS=text),
        "attached": _attached,
        "fields": _fields,
        "told": _told,
    }
    for act, change in acts.items():
        body = paper(change)
        yield Hostile(f"{act}.pdf", body)
        yield Hostile(f"{act}.pdf.exe", body + _payloads()["html"])
    for kind, payload in _payloads().items():
        yield Hostile(f"pdf-{kind}.pdf", pdf() + payload)
    yield Hostile("con-llave.pdf", pdf(password="secreto"))
    yield Hostile("sin-fin.pdf", pdf(pages=31))


def _infected() -> Iterator[Hostile]:
    def carried(made: pikepdf.Pdf) -> None:
        made.attachments["e.com"] = pikepdf.AttachedFileSpec(made, EICAR, filename="e.com")

    yield Hostile("eicar.com", EICAR)
    yield Hostile("eicar.pdf", paper(carried))
    yield Hostile("eicar-detras.pdf", pdf() + EICAR)
    yield Hostile("eicar.png", _told_png(EICAR))
    yield Hostile("eicar-detras.png", picture() + EICAR)
    yield Hostile("eicar.jpg", picture("JPEG", comment=EICAR))
    yield Hostile("eicar.webp", picture("WEBP") + EICAR)
    yield Hostile("eicar.heic", heic() + EICAR)
    yield Hostile("eicar.zip", _zipped(e_dot_com=EICAR.decode()))
    yield Hostile("eicar.xml", b"<SPEI_Tercero a='" + EICAR.replace(b"<", b"") + b"'/>")


def _names() -> Iterator[Hostile]:
    typed = [
        *(
            "../../../etc/passwd",
            "..\\..\\windows\\system32\\a.dll",
            "/etc/cron.d/a",
            "C:\\a.exe",
            "file:///etc/passwd",
        ),
        *(
            "a\x00.png",
            "\u202egnp.exe",
            "x" * 300 + ".png",
            "a.png.php",
            "con.png",
            ".htaccess",
            "a/../../b.png",
            "-rf",
        ),
        *(
            f"<img src=x onerror={_M}>.png",
            f"';{_M}--.png",
            "a\r\nSet-Cookie: b=c.png",
            "${jndi:ldap://x}.png",
            "😈.png",
        ),
    ]
    for place, name in enumerate(typed):
        yield Hostile(name, picture(size=(70 + place, 50)) + MARK)


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def _bombs() -> Iterator[Hostile]:
    whole = picture()
    told = _chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(80_000_000)))
    jpeg = picture("JPEG")
    place = jpeg.index(b"\xff\xc0") + 5
    yield Hostile("bomba.png", png_bomb())
    yield Hostile("bomba-dicha.png", whole[:33] + told + whole[33:])
    yield Hostile("bomba.jpg", jpeg[:place] + struct.pack(">HH", 65_500, 65_500) + jpeg[place + 4 :])
    yield Hostile("bomba.heic", heic(50_000, 50_000))
    yield Hostile("mentira.heic", heic(16, 12))
    yield Hostile("vacio.png", b"")
    yield Hostile("enorme.png", b"\x89PNG\r\n\x1a\n" + bytes(10 * 1_048_576))
    yield Hostile("hondo.xml", b"<SPEI_Tercero>" * 18_000)
