"""Dates, amounts and marks as bank statements write them, read strictly: what is not certain is None, never a default.

Day and month, and what the comma means, are properties of a file. This module says what one text is evidence of; the
file's evidence is put together by whoever looks at all of it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from seguripago.ports.bank_notice import LARGEST
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import institution_name, institution_of, institutions

FIRST_YEAR: Final = 2004
LAST_YEAR: Final = 2099

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("ene", "enero", "jan", "january"),
            ("feb", "febrero", "february"),
            ("mar", "marzo", "march"),
            ("abr", "abril", "apr", "april"),
            ("may", "mayo"),
            ("jun", "junio", "june"),
            ("jul", "julio", "july"),
            ("ago", "agosto", "aug", "august"),
            ("sep", "sept", "set", "septiembre", "setiembre", "september"),
            ("oct", "octubre", "october"),
            ("nov", "noviembre", "november"),
            ("dic", "diciembre", "dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_CLOCK: Final = re.compile(
    r"[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?\s?m\.?)?\s*(Z|[+-]\d\d:?\d\d)?$", re.IGNORECASE
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_EIGHT: Final = re.compile(r"\d{8}")
_NAMED: Final = re.compile(
    r"(\d{1,2})(?:\s*[-/. ]\s*|\s+de\s+|)([a-z]{3,10})\.?(?:\s*[-/. ,]\s*|\s+del?\s+|)(\d{4}|\d{2})"
)
_NAMED_FIRST: Final = re.compile(r"([a-z]{3,10})\.?[- ](\d{1,2})(?:,\s*|[- ])(\d{4})")

_SPACES: Final = re.compile(r"[\s\u00a0\u202f'’]+")
_AROUND: Final = re.compile(r"(?i)^(?:MXN|MXP|MN|M\.N\.|\$)+|(?:MXN|MXP|MN|M\.N\.|\$)+$")
_POINT: Final = re.compile(r"(?:(\d{1,3}(?:,\d{3})+)|(\d{1,15}))?(?:\.(\d+))?")
_COMMA: Final = re.compile(r"(?:(\d{1,3}(?:\.\d{3})+)|(\d{1,15}))?(?:,(\d+))?")
_CREDIT_MARK: Final = frozenset({"CR", "ABONO"})
_DEBIT_MARK: Final = frozenset({"DB", "DR", "CARGO"})


@cache
def words() -> dict[str, Any]:
    """Give the banks' words: headings, values, institutions, bank identifier codes."""
    return tomllib.loads((Path(__file__).parent / "statement_words.toml").read_text())


def plain_words(text: str) -> str:
    """Give a text without accents, capitals and punctuation: `Cve. de Rastreo` and `cveDeRastreo` become equal."""
    parted = re.sub(r"(?<=[a-záéíóúñ])(?=[A-ZÁÉÍÓÚÑ])", " ", text)
    bare = "".join(c for c in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9+\-]+", " ", bare.lower()).replace("- ", " ").strip()


# --- dates ---


@lru_cache(maxsize=65_536)
def read_day(text: str, order: str) -> tuple[date, time | None] | None:
    """Read a day, with its time where one follows; `order` says what `03/04/2026` is. None when it is no day."""
    said = text.strip().lstrip("'").strip()
    clock: time | None = None
    found = _CLOCK.search(said) if ":" in said else None
    if found:
        clock = _clock(found)
        if clock is None:
            return None
        said = said[: found.start()].strip()
    parts = _day_parts(said, order)
    if parts is None:
        return None
    year, month, day = parts
    if year < 100:
        year += 2000
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return (read, clock) if FIRST_YEAR <= read.year <= LAST_YEAR else None


def _day_parts(said: str, order: str) -> tuple[int, int, int] | None:
    if match := _YEAR_FIRST.fullmatch(said):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _YEAR_LAST.fullmatch(said):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        return (year, first, second) if order == "mdy" else (year, second, first)
    if _EIGHT.fullmatch(said):
        if FIRST_YEAR <= int(said[:4]) <= LAST_YEAR and 1 <= int(said[4:6]) <= 12:
            return int(said[:4]), int(said[4:6]), int(said[6:])
        first, second, year = int(said[:2]), int(said[2:4]), int(said[4:])
        return (year, first, second) if order == "mdy" else (year, second, first)
    lowered = said.lower()
    if match := _NAMED.fullmatch(lowered):
        month = _MONTHS.get(match[2])
        return None if month is None else (int(match[3]), month, int(match[1]))
    if match := _NAMED_FIRST.fullmatch(lowered):
        month = _MONTHS.get(match[1])
        return None if month is None else (int(match[3]), month, int(match[2]))
    return None


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[4] or "")[:1].lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = None
    if found[5]:
        zone = datetime.fromisoformat(f"2026-01-01T00:00:00{found[5].upper()}").tzinfo
    try:
        return time(hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


@lru_cache(maxsize=4_096)
def read_clock(text: str) -> time | None:
    """Read a time of day that has a column of its own: `13:45`, `01:45:10 p. m.`, `134510`."""
    said = text.strip()
    if re.fullmatch(r"\d{6}|\d{4}", said):
        said = ":".join(said[place : place + 2] for place in range(0, len(said), 2))
    found = _CLOCK.fullmatch(f" {said}")
    return _clock(found) if found else None


def moment_of(day: date, clock: time | None) -> datetime | None:
    """Put day and time together; a time without zone is Mexico City's."""
    if clock is None:
        return None
    return datetime.combine(day, clock, tzinfo=clock.tzinfo or MEXICO)


def day_orders(texts: Iterable[str]) -> frozenset[str]:
    """Say which orders of day and month all these dates allow; both when no date settles it (and some could).

    An empty set: they contradict one another. Dates that read the same either way are no evidence.
    """
    allowed = {"dmy", "mdy"}
    undecided = False
    for text in texts:
        said = text.strip().lstrip("'").split(" ")[0].split("T")[0]
        match = _YEAR_LAST.fullmatch(said)
        if match:
            first, second = int(match[1]), int(match[3])
        elif _EIGHT.fullmatch(said) and not (FIRST_YEAR <= int(said[:4]) <= LAST_YEAR and 1 <= int(said[4:6]) <= 12):
            first, second = int(said[:2]), int(said[2:4])
        else:
            continue
        if first > 12 and second <= 12:
            allowed.discard("mdy")
        elif second > 12 and first <= 12:
            allowed.discard("dmy")
        elif first != second and first <= 12:
            undecided = True
    if len(allowed) == 2 and not undecided:
        return frozenset({"dmy"})
    return frozenset(allowed)


# --- amounts ---


def decimal_styles(texts: Iterable[str]) -> frozenset[str]:
    """Say what the comma and the point may mean in all these amounts; both when nothing settles it (and it matters).

    An empty set: they contradict one another.
    """
    allowed = {"point", "comma"}
    undecided = False
    for text in texts:
        said = _SPACES.sub("", text).strip("()+-")
        said = _AROUND.sub("", said).strip("()+-")
        points, commas = said.count("."), said.count(",")
        if not points and not commas:
            continue
        if points and commas:
            last = max(said.rfind("."), said.rfind(","))
            allowed.discard("comma" if said[last] == "." else "point")
            continue
        mark, count = (".", points) if points else (",", commas)
        means_decimal, means_group = ("point", "comma") if mark == "." else ("comma", "point")
        if count > 1:
            allowed.discard(means_decimal)
        elif len(said) - said.rfind(mark) - 1 == 3 and 1 <= said.rfind(mark) <= 3 and said[0] != "0":
            undecided = True
        else:
            allowed.discard(means_group)
    if len(allowed) == 2 and not undecided:
        return frozenset({"point"})
    return frozenset(allowed)


@lru_cache(maxsize=65_536)
def read_amount(text: str, decimals: str) -> int | None:
    """Read an amount in centavos, negative for a minus, parentheses or `DR`; None when it is no amount.

    A fraction of a centavo is no amount. `$`, `MXN` and spaces are allowed around it.
    """
    said = _SPACES.sub("", text)
    if not said:
        return None
    negative = False
    for mark in (2, 5):
        tail = said[-mark:].upper()
        if tail in _CREDIT_MARK or tail in _DEBIT_MARK:
            negative = tail in _DEBIT_MARK
            said = said[:-mark]
            break
    said = _AROUND.sub("", said)
    if said.startswith("(") and said.endswith(")"):
        negative, said = True, _AROUND.sub("", said[1:-1])
    if said[:1] in "+-−" and said[:1]:
        negative, said = negative or said[0] != "+", said[1:]
    elif said[-1:] in "+-−" and said[-1:]:
        negative, said = negative or said[-1] != "+", said[:-1]
    said = _AROUND.sub("", said)
    match = (_COMMA if decimals == "comma" else _POINT).fullmatch(said)
    if match is None or not said or not said.isascii():
        return None
    grouped, whole, cents = match[1], match[2], match[3] or ""
    if not (grouped or whole) and not cents:
        return None
    if cents[2:].strip("0"):
        return None
    digits = (grouped or whole or "0").replace(",", "").replace(".", "")
    centavos = int(digits) * 100 + int(cents[:2].ljust(2, "0") or "0")
    if centavos > LARGEST.centavos:
        return None
    return -centavos if negative else centavos


def centavos_of_number(value: float | int) -> int | None:
    """Give a sheet's number in centavos; the noise of binary arithmetic is no fraction, anything more is."""
    if isinstance(value, bool):
        return None
    exact = Decimal(repr(value))
    if not exact.is_finite() or exact.adjusted() > 13:
        return None
    centavos = (exact * 100).to_integral_value()
    return int(centavos) if abs(exact * 100 - centavos) < Decimal("0.00001") else None


# --- institutions ---


@cache
def _institutions() -> dict[str, str]:
    found = {plain_words(name): code for code, name in institutions()}
    for code, names in words()["institutions"].items():
        found.update(dict.fromkeys(names, code))
    return found


@lru_cache(maxsize=4_096)
def institution_code(text: str) -> str:
    """Give the five digits of a SPEI institution from its code, its three digits or its name; nothing if unsure."""
    said = text.strip().lstrip("'")
    if said.isascii() and said.isdigit():
        if len(said) == 5:
            return said if said != "00000" else ""
        bare = said.lstrip("0").zfill(3)
        return str(institution_of(bare)) if len(said) <= 4 and len(bare) == 3 else ""
    codes = {code for code in re.findall(r"(?<!\d)\d{5}(?!\d)", said) if institution_name(code)}
    if len(codes) == 1:
        return str(codes.pop())
    name = re.sub(
        r"\b(?:s a|sa|sab|sapi|de c v|de cv|cv|ibm|institucion de banca multiple|gfb?)\b", " ", plain_words(said)
    )
    name = re.sub(r"\s+", " ", re.sub(r"\b\d+\b", " ", name)).strip()
    known = _institutions()
    return str(known.get(name) or known.get(name.removeprefix("banco ").strip()) or "")


def institution_by_bic(bic: str) -> str:
    """Give the SPEI code of a bank identifier code (eight or eleven characters), nothing for one we do not know."""
    return str(words()["bics"].get(bic.strip().upper()[:8], ""))


def tracking_key_of(text: str) -> str:
    """Give a tracking key from a cell of its own; nothing for what is none (too long, empty words, spaces inside)."""
    key = text.strip().lstrip("'").strip()
    if not 1 <= len(key) <= 30 or not key.isascii() or not key.isprintable() or key.lower() in NOTHING:
        return ""
    return "" if not key.strip("0-") else key


def account_of(text: str) -> str:
    """Give an account from a cell of its own: 10 to 18 digits, spaces and hyphens between them forgiven."""
    if text.isdigit() and text.isascii():
        return text if 10 <= len(text) <= 18 else ""
    digits = re.sub(r"[\s'\-]", "", text)
    return digits if digits.isascii() and digits.isdigit() and 10 <= len(digits) <= 18 else ""


def joined(parts: Collection[str], *, limit: int = 210) -> str:
    """Join texts into one printable line."""
    said = " ".join(part for part in parts if part)
    if not said.isprintable():
        said = "".join(c if c.isprintable() else " " for c in said)
    return " ".join(said.split())[:limit]


NOTHING: Final = frozenset(
    {"", "null", "none", "nd", "na", "n/a", "-", "--", "sin dato", "s/d", "undefined", "notprovided"}
)
