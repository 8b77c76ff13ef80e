"""How every paper writes: days, moments, names from catalogues, words that may break, codes to scan."""

import json
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno

from seguripago.adapters import documents
from seguripago.ports.documents import StoreIdentity
from seguripago.values.calendar import MEXICO

type Row = dict[str, str]
type Page = dict[str, object]

PAPER: Final = Path(str(files(documents) / "paper"))
SOFT_BREAK: Final = "\N{ZERO WIDTH SPACE}"


@cache
def told(file: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((PAPER / f"{file}.json").read_text("utf-8"))
    return told


def frame(store: StoreIdentity, title: str, number: str) -> Page:
    return {
        "title": title,
        "running": number,
        "keywords": [number],
        "store": {
            "name": soft(store.name),
            "legal_name": soft(store.legal_name),
            "lines": soft_lines(
                f"RFC {store.rfc}",
                f"Régimen {named(store.tax_regime, 'tax_regimes')}",
                store.address,
                f"C.P. {store.postal_code}" if store.postal_code and store.postal_code not in store.address else "",
            ),
        },
        "contact": soft(" · ".join(part for part in (store.name, store.phone, store.email) if part), longest=60),
    }


def rows(*pairs: tuple[str, str]) -> list[Row]:
    return [{"name": name, "value": value} for name, value in pairs if value]


def named(code: str, catalogue: str) -> str:
    name = told("sat")[catalogue].get(code)
    return f"{code}, {name}" if name else code


def rate(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}%" if rest else f"{whole}%"


def warranty(days: int) -> str:
    if days <= 0:
        return ""
    if days % 365 == 0:
        return f"Garantía de {days // 365 * 12} meses"
    return f"Garantía de {days} días"


def day(at: datetime | date) -> str:
    local_day = at.astimezone(MEXICO).date() if isinstance(at, datetime) else at
    return f"{local_day.day} de {told('words')['months'][local_day.month - 1]} de {local_day.year}"


def moment(at: datetime) -> str:
    return f"{day(at)}, {at.astimezone(MEXICO):%H:%M}"


def arrival(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return ""
    if first == last:
        return f"Llega el {day(first)}"
    start = (
        f"{first.day}" if first.month == last.month else f"{first.day} de {told('words')['months'][first.month - 1]}"
    )
    return f"Llega del {start} al {last.day} de {told('words')['months'][last.month - 1]}"


def place(url: str) -> str:
    return url.split("://", 1)[-1].split("?", 1)[0]


def qr(content: str) -> str:
    drawn = BytesIO()
    segno.make(content, error="m", micro=False).save(drawn, kind="svg", border=0, dark="#04211c", xmldecl=False)
    return drawn.getvalue().decode()


def groups(text: str) -> str:
    return " ".join(text[start : start + 8] for start in range(0, len(text), 8))


def fours(key: str) -> str:
    """Write a key as a person can read it aloud: `4F7K-Q2M9-XW3T`."""
    return key if "-" in key else "-".join(key[start : start + 4] for start in range(0, len(key), 4))


def soft(text: str, longest: int = 22) -> str:
    """Let a word that no line can hold break, by letters, instead of leaving the page."""
    return " ".join(
        word if len(word) <= longest else SOFT_BREAK.join(word[start : start + 8] for start in range(0, len(word), 8))
        for word in text.split()
    )


def soft_lines(*lines: str) -> list[str]:
    return [soft(line) for line in lines if line.strip()]
