"""`verify-receipt FILE` and `verify-receipts DIR`: whether downloaded papers are genuine, and a range is whole.

With a key nothing else is needed. Without one the key is the store's, as this installation knows it. A file cannot
vouch for itself: where neither is there, the answer is no, and says which key to fetch.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from seguripago.journey.receipts import rules
from seguripago.journey.receipts.rules import KEY_UNKNOWN, Named, faults_of_file, key_id, named_in_file
from seguripago.ports import paper_seal
from seguripago.ports.paper_seal import raw_public_key

RECEIPT: Final = "receipt"
SUFFIXES: Final = frozenset({".json", ".pdf"})


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A store's public key, and where it was found."""

    raw: bytes
    store: str
    found_in: str


def verify_receipt(*, file: str, key: str | None = None) -> dict[str, Any]:
    """Check the file under the key (PEM, or its 32 bytes in base64), else under the store's own: valid or not, and why.

    JSON is a receipt; a PDF is any paper that the store signed, and `paper` says which. `reasons` names what is wrong:
    file_missing, key_unreadable, key_unknown, not_a_receipt, unknown_format, other_key, hash_differs,
    signature_invalid, written_differently, and of a PDF not_signed, file_not_attached, other_number.
    `key_from` is "file", "installation" or "".
    """
    try:
        receipt = Path(file).read_bytes()
        find = _keys(key)
    except OSError:
        return _said(["file_missing"])
    named, paper = _named(receipt)
    if named is None:
        return _said(["not_signed" if receipt.startswith(paper_seal.PDF) else "not_a_receipt"])
    known = find(named.key_id)
    if isinstance(known, str):
        return _said([known], number=named.number, named=named.key_id, paper=paper)
    faults = _faults(receipt, known.raw)
    return _said(list(faults), number=named.number, named=named.key_id, known=known, paper=paper)


def verify_receipts(*, folder: str, key: str | None = None, anchor: str | None = None) -> dict[str, Any]:
    """Check every receipt of a folder (JSON and PDF), and that none between the first and the last is missing.

    `anchor`: what the store published of the end of its chain (`/verificar/cadena/….json`): then the last one counts
    too. `missing` names numbers that are not there, `broken` those that follow another than they were chained to.
    """
    try:
        files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in SUFFIXES)
        find = _keys(key)
        told = Path(anchor).read_bytes() if anchor is not None else None
    except OSError:
        return {"valid": False, "reasons": ["file_missing"], "checked": 0}
    links: list[rules.Link] = []
    faulty = []
    for path in files:
        link, reasons = _link(path, find)
        if reasons:
            faulty.append({"file": path.name, "reasons": list(reasons)})
        elif link is not None:
            links.append(link)
    breaks = rules.breaks_in(links)
    ordered = sorted(set(links), key=lambda one: one.counted)
    reasons_of_all = sorted({found.fault for found in breaks}) + (["faulty_files"] if faulty else [])
    if not ordered:
        reasons_of_all.append("no_receipts")
    if told is not None:
        reasons_of_all += _faults_of_end(told, find, ordered)
    return {
        "valid": not reasons_of_all,
        "reasons": reasons_of_all,
        "checked": len(ordered),
        "first": ordered[0].number if ordered else "",
        "last": ordered[-1].number if ordered else "",
        "from_the_first": bool(ordered) and ordered[0].prev_hash == rules.FIRST,
        "head": ordered[-1].hash if ordered else "",
        "missing": [number for found in breaks for number in found.missing],
        "broken": [found.number for found in breaks],
        "faulty": faulty,
    }


def _link(path: Path, find: Callable[[str], KnownKey | str]) -> tuple[rules.Link | None, tuple[str, ...]]:
    """What a file adds to the chain: nothing for a paper that is no receipt; else reasons why it does not count."""
    file = path.read_bytes()
    named, paper = _named(file)
    if named is None:
        return None, ("not_a_receipt",)
    known = find(named.key_id)
    if isinstance(known, str):
        return None, (known,)
    if faults := _faults(file, known.raw):
        return None, faults
    if paper != RECEIPT:
        return None, ()
    inside = _attached(file, named.number) if file.startswith(paper_seal.PDF) else file
    sealed = rules.sealed_in_file(inside or b"")
    return (rules.Link(named.number, sealed.prev_hash, sealed.hash), ()) if sealed else (None, ("not_a_receipt",))


def _faults_of_end(told: bytes, find: Callable[[str], KnownKey | str], links: list[rules.Link]) -> list[str]:
    heads = rules.anchors_in_file(told)
    known = find(heads[-1].key_id) if heads else KEY_UNKNOWN
    if isinstance(known, str):
        return [known if heads else "anchor_unreadable"]
    if rules.faults_of_anchors(heads, known.raw):
        return ["anchor_faulty"]
    return [] if heads[-1].head in {link.hash for link in links} else ["end_missing"]


def _named(file: bytes) -> tuple[Named | None, str]:
    """Which paper a file says it is, and of which kind."""
    if not file.startswith(paper_seal.PDF):
        return named_in_file(file), RECEIPT
    seal = paper_seal.seal_of(file)
    return (Named(seal.number, seal.key_id), seal.paper) if seal else (None, "")


def _faults(file: bytes, raw: bytes) -> tuple[str, ...]:
    if not file.startswith(paper_seal.PDF):
        return faults_of_file(file, raw)
    faults = paper_seal.faults_of_paper(file, raw)
    seal = paper_seal.seal_of(file)
    if faults or seal is None or seal.paper != RECEIPT:
        return faults
    inside = _attached(file, seal.number)
    if inside is None:
        return ("file_not_attached",)
    named = named_in_file(inside)
    if named is None or named.number != seal.number:
        return ("other_number",)
    return faults_of_file(inside, raw)


def _attached(file: bytes, number: str) -> bytes | None:
    return paper_seal.attached(file, f"{number}.json")


def _said(
    reasons: list[str], *, number: str = "", named: str = "", known: KnownKey | None = None, paper: str = ""
) -> dict[str, Any]:
    return {
        "valid": not reasons,
        "reasons": reasons,
        "paper": paper,
        "number": number,
        "key_id": named,
        "store": known.store if known else "",
        "key_from": known.found_in if known else "",
    }


def _keys(path: str | None) -> Callable[[str], KnownKey | str]:
    """Answer who finds the key of an id: the one that was given, else this machine's; a reason when there is none."""
    if path is None:
        return lambda wanted: _installed_key(wanted) or KEY_UNKNOWN
    raw = raw_public_key(Path(path).read_bytes())
    return lambda wanted: KnownKey(raw, "", "file") if raw is not None else "key_unreadable"


def _installed_key(wanted: str) -> KnownKey | None:
    """Ask this machine's installation, if one is there, for the store whose key has this id."""
    from django.apps import apps

    if not apps.ready:
        return None
    from django.db import Error

    from seguripago.foundations.stores.queries import stores_all

    try:
        stores = stores_all()
    except Error:
        return None
    for store in stores:
        raw = base64.b64decode(store.public_key)
        if key_id(raw) == wanted:
            return KnownKey(raw, store.slug, "installation")
    return None
