"""What a whole table says about itself: the order of day and month, what a comma means, which way amounts go.

One pass over all rows; what stays open becomes a question. Shared by the formats that are tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from seguripago.ports.bank_feeds import Unreadable
from seguripago.ports.statement_layout import (
    HEAD_ROWS,
    Layout,
    NumberCell,
    NumberedRow,
    columns_shown,
    find_layout,
    told,
)
from seguripago.ports.statement_text import day_orders, decimal_styles, plain_words, read_day, words
from seguripago.ports.statements import Answers, Look, Question

MANY: Final = 50_000
_SHAPE: Final = str.maketrans("0123456789", "9999999999")


@dataclass(slots=True)
class Evidence:
    """What the rows of a table are evidence of."""

    days: set[str] = field(default_factory=set)
    amounts: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    has_minus: bool = False
    rows: int = 0
    shortest_key: int = 99
    cents: set[int] = field(default_factory=set)


def look_at_table(rows: Callable[[], Iterator[NumberedRow]], answers: Answers, reading: Mapping[str, Any]) -> Look:
    """Look at a table: find its headings, gather evidence, ask what is open. `reading` is what the format adds."""
    head = list(islice(rows(), HEAD_ROWS))
    layout, score = find_layout(head)
    if answers.get("columns"):
        layout = replace(layout, columns=told(answers["columns"], max(len(layout.headings), 1)))
    sample = [row for line, row in head if line > layout.heading_line and any(str(cell).strip() for cell in row)]
    shown = columns_shown(layout, sample)
    base: dict[str, Any] = {
        **reading,
        "heading_line": layout.heading_line,
        "width": len(layout.headings),
        "columns": {name: list(places) for name, places in layout.columns.items()},
    }
    if not layout.is_enough:
        if not layout.headings or (score == 0 and len(layout.headings) < 3):
            raise Unreadable("no_table")
        return Look((Question("columns"),), base, layout.fingerprint, shown)
    seen = gather(rows(), layout, cut_line=int(reading.get("cut_line", 0)))
    if not seen.rows:
        raise Unreadable("no_lines")
    questions = list(_settle(base, seen, layout, answers))
    return Look(tuple(questions), base, layout.fingerprint, shown)


def gather(rows: Iterator[NumberedRow], layout: Layout, *, cut_line: int = 0) -> Evidence:
    """Go over all rows once and keep only what is different about them; a line that may be cut proves nothing."""
    seen = Evidence()
    columns = layout.columns
    days = [place for name in ("date", "value_date") for place in columns.get(name, ())]
    amounts = [place for name in ("credit", "debit", "amount", "balance") for place in columns.get(name, ())]
    single, kind = columns.get("amount", (None,))[0], columns.get("kind", (None,))[0]
    key = columns.get("tracking_key", (None,))[0]
    money = [place for name in ("credit", "debit", "amount") for place in columns.get(name, ())]
    first_day = days[0]
    for line, row in rows:
        if line <= layout.heading_line:
            continue
        width = len(row)
        said = row[first_day] if first_day < width else ""
        if not said or not any(c.isdigit() for c in said[:6]):
            continue
        seen.rows += 1
        if line == cut_line and seen.rows > 1:
            continue
        for place in days:
            if place < width and len(seen.days) < MANY:
                seen.days.add(row[place][:11])
        for place in amounts:
            if place < width and type(row[place]) is str and row[place]:
                seen.amounts.setdefault(row[place].translate(_SHAPE), row[place])
        for place in money:
            if place < width and type(row[place]) is str and row[place]:
                seen.cents.add(_cents(row[place]))
        if single is not None and single < width and not seen.has_minus:
            seen.has_minus = _is_minus(row[single])
        if kind is not None and kind < width and len(seen.kinds) < 50:
            seen.kinds.add(plain_words(row[kind]))
        if key is not None and key < width and row[key].strip():
            seen.shortest_key = min(seen.shortest_key, len(row[key].strip()))
    return seen


def _settle(base: dict[str, Any], seen: Evidence, layout: Layout, answers: Answers) -> Iterator[Question]:
    """Write what the evidence settles into the reading; give what it does not as questions."""
    orders = day_orders(seen.days)
    asked = answers.get("day_order")
    if len(orders) == 1:
        base["day_order"] = next(iter(orders))
    elif asked in {"dmy", "mdy"}:
        base["day_order"] = asked
    else:
        yield Question("day_order", ("dmy", "mdy"), tuple(sorted(day for day in seen.days if read_day(day, "dmy")))[:3])
    styles = decimal_styles(seen.amounts.values())
    asked = answers.get("decimals")
    if len(styles) == 1:
        base["decimals"] = next(iter(styles))
    elif asked in {"point", "comma"}:
        base["decimals"] = asked
    else:
        sample = tuple(said for said in seen.amounts.values() if "," in said or "." in said)[:3]
        yield Question("decimals", ("point", "comma"), sample)
    yield from _settle_signs(base, seen, layout, answers)
    base["cents"] = sorted(seen.cents) if len(seen.cents) == 1 else []
    base["shortest_key"] = seen.shortest_key


def _settle_signs(base: dict[str, Any], seen: Evidence, layout: Layout, answers: Answers) -> Iterator[Question]:
    """Which way amounts go: by their column, by a word beside them, by their sign; never by a guess."""
    if "amount" not in layout.columns:
        base["signs"] = "columns"
        return
    values = words()["values"]
    known = set(values["credit"]) | set(values["debit"])
    if "kind" in layout.columns and seen.kinds and seen.kinds <= known:
        base["signs"] = "kind"
    elif seen.has_minus:
        base["signs"] = "signed"
    elif answers.get("signs") in {"credits", "debits"}:
        base["signs"] = answers["signs"]
    elif layout.says_who_paid:
        base["signs"] = "credits"
    else:
        yield Question("signs", ("credits", "debits"), tuple(seen.amounts.values())[:3])
    if base.get("signs") != "kind" and "kind" in base["columns"]:
        # A column of kinds in words that we do not know says nothing of signs; it still says something of the movement.
        base["columns"].setdefault("concept", []).extend(base["columns"].pop("kind"))


def _is_minus(cell: str) -> bool:
    if isinstance(cell, NumberCell):
        return cell.value < 0
    said = cell.strip()
    return "-" in said or "−" in said or "(" in said or said[-2:].upper() in {"DR", "DB"}


def _cents(said: str) -> int:
    """How many digits follow the last mark of an amount: a line that was cut has fewer than all others."""
    digits = said.rstrip(" )-+")
    place = max(digits.rfind("."), digits.rfind(","))
    return len(digits) - place - 1 if place >= 0 else 0
