"""The marks that a bank prints inside the words of a movement, found by their names.

The words may hold what the payer wrote. A mark that is said twice in two ways is none; and whoever reads marks from
words says so (`marks_from_words`), because they may not make a deposit while another one waits for its line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from seguripago.ports.statement_text import institution_code

LONGEST_NAME: Final = 5
_OF_ACCOUNT: Final = r"(?:clabe|cta|cuenta)\.?\s*(?:clabe\s+)?(?:del?\s+)?"
_LABELS: Final = (
    ("tracking_key", r"(?:(?:clave|cve|clv|cv|no|num|numero)\.?\s*(?:de\s+)?)?rast(?:reo)?(?:\s+spei)?\b"),
    ("tracking_key", r"tracking(?:\s+key)?\b|trck?\b"),
    ("payer_account", _OF_ACCOUNT + r"(?:ordenante|ord|origen|emisora|remitente)\b"),
    ("payer_account", r"de\s+la\s+(?:clabe|cuenta|cta)\b"),
    ("clabe", _OF_ACCOUNT + r"(?:beneficiari[oa]|benef|ben|destino|receptora|abono)\b"),
    ("sending_institution", r"(?:banco|institucion|inst|bco)\.?\s*(?:ordenante|ord|emisora?|origen|remitente)\b"),
    ("payer_rfc", r"(?:con\s+)?rfc(?:\s*/?\s*curp)?(?:\s+(?:del\s+)?(?:ordenante|ord))?\b"),
    ("payer_name", r"(?:nombre\s+)?(?:del\s+)?(?:ordenante|remitente)\b|nom(?:bre)?\.?\s+ord\b|del\s+cliente\b"),
    ("concept", r"concepto(?:\s+(?:del?\s+)?pago)?\b"),
    ("reference", r"ref(?:erencia)?\b\.?(?:\s*num(?:erica)?\b\.?)?"),
    ("nothing", r"hr\.?\s*liq\b|hora\b|fecha\b"),
    ("sending_institution", r"(?:banco|bco|institucion|emisor)\b"),
    ("clabe", r"clabe\b"),
)  # fmt: skip
_AFTER_SPACE: Final = frozenset({"tracking_key"})
"""Names whose value may stand behind a mere space; the others need a mark between."""
_SPACED: Final = ("de la ", "del cliente", "con rfc")
_LABELLED: Final = re.compile(
    "(?<![a-z0-9])(?:" + "|".join(f"(?P<l{place}>{label})" for place, (_, label) in enumerate(_LABELS)) + ")"
)
_AFTER: Final = re.compile(r"\s*[:=/|]+\s*|\s+", re.ASCII)
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]{4,29}(?![A-Za-z0-9])")
_RECEIVED: Final = re.compile(r"spei\s+recibid[oa]\s*(?:del?\s+)?[:,/\-]?\s*([a-z][a-z .&]{1,40})", re.IGNORECASE)
_ACCENTS: Final = str.maketrans("áéíóúüñÁÉÍÓÚÜÑ", "aeiouunAEIOUUN")


def marks_in(text: str) -> dict[str, str]:
    """Find what a text says under a name: `CVE RASTREO: X1 BANCO ORDENANTE: BBVA …`. Nothing without its name."""
    if not text:
        return {}
    plain = text.translate(_ACCENTS).lower()
    hits: list[tuple[str, int, int]] = []
    for match in _LABELLED.finditer(plain):
        name = _LABELS[int(str(match.lastgroup)[1:])][0]
        after = _AFTER.match(plain, match.end())
        if after is None:
            continue
        if not after[0].strip() and name not in _AFTER_SPACE and not match[0].startswith(_SPACED):
            continue
        hits.append((name, match.start(), after.end()))
    found: dict[str, str] = {}
    contradicted: set[str] = set()
    for place, (name, _, begins) in enumerate(hits):
        ends = hits[place + 1][1] if place + 1 < len(hits) else len(text)
        said = _value(name, text[begins:ends].strip(" /|;,\t\n\r"))
        if said and found.setdefault(name, said) != said:
            contradicted.add(name)
    if "sending_institution" not in found and (named := _bank_after_spei(plain)):
        found["sending_institution"] = named
    return {name: said for name, said in found.items() if name not in contradicted and name != "nothing"}


def _value(name: str, said: str) -> str:
    match name:
        case "tracking_key":
            key = _KEY.match(said)
            return key[0] if key and any(c.isdigit() for c in key[0]) else ""
        case "clabe" | "payer_account":
            digits = re.match(r"\d{10,18}(?!\d)", said)
            return digits[0] if digits else ""
        case "reference":
            number = re.match(r"\d{1,20}(?!\d)", said)
            return number[0] if number else ""
        case "sending_institution":
            return _institution(said)
        case _:
            return re.split(r"\s{2,}|[/|;\n]", said)[0].strip(" ,.")


@lru_cache(maxsize=4_096)
def _institution(said: str) -> str:
    """`0012 BBVA MEXICO`, `BBVA`, `40012`: its five digits, by the code in front or the longest known name."""
    code = re.match(r"\d{3,5}(?!\d)", said)
    if code:
        return institution_code(code[0])
    words = re.split(r"\s{2,}|[/|;,\n]", said)[0].split()
    for count in range(min(LONGEST_NAME, len(words)), 0, -1):
        if found := institution_code(" ".join(words[:count])):
            return found
    return ""


def _bank_after_spei(plain: str) -> str:
    """`SPEI RECIBIDO BANORTE …`: the bank that stands right behind, if it is one that we know."""
    match = _RECEIVED.match(plain) or _RECEIVED.search(plain[:60])
    return _institution(match[1].strip()) if match else ""
