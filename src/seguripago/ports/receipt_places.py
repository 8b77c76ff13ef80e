"""Which line of a receipt is a label, and which line is its value: to its right, behind its colon, or under it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from seguripago.ports.receipt_lines import Line, joined, rows_of
from seguripago.ports.receipt_values import key_in
from seguripago.ports.receipt_words import BENEFICIARY, EVERYDAY, LABELS, MOST_WORDS, PAYER, Meaning, flat, meaning_of

NEAR: Final = 2.4
"""A value under its label is at most so many of the label's heights below it."""
WRAPPED: Final = 1.0


@dataclass(slots=True)
class Place:
    """A label that was found, its meaning with its side, and the line of its value."""

    meaning: Meaning
    label: Line
    value: Line | None


@dataclass(slots=True)
class Sheet:
    """A receipt while it is read."""

    lines: list[Line]
    places: list[Place] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    fields: dict[str, str] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def say(self, name: str, value: str, sure: float) -> None:
        if value and name not in self.fields:
            self.fields[name], self.sure[name] = value, round(min(max(sure, 0.0), 1.0), 3)

    def under(self, name: str, *sides: str) -> list[tuple[Line, int]]:
        """The values of a label, with its rank, of the sides that are asked for."""
        return [
            (place.value, place.meaning.rank)
            for place in self.places
            if place.value is not None and place.meaning.field == name and (not sides or place.meaning.side in sides)
        ]

    def free(self) -> list[Line]:
        """Lines that are neither a label nor the value of one."""
        return [line for line in self.lines if id(line) not in self.used]


type Labels = Mapping[int, tuple[Meaning, Line | None]]


def find_places(sheet: Sheet) -> None:
    """Find labels and their values, downwards; a label without a side takes the side that was last spoken of."""
    rows = rows_of(sheet.lines)
    labels = {id(line): found for line in sheet.lines if (found := _label_in(line)) is not None}
    side, told = "", set[tuple[str, str]]()
    for number, row in enumerate(rows):
        for line in row:
            if id(line) not in labels:
                continue
            meaning, inline = labels[id(line)]
            if meaning.side:
                side = meaning.side
            elif meaning.field in {"name", "institution", "account"}:
                # Whose account was told already, his the next account is not.
                is_told = side == PAYER and (meaning.field, side) in told
                meaning = Meaning(meaning.field, BENEFICIARY if is_told else side or BENEFICIARY, meaning.rank)
            told.add((meaning.field, meaning.side))
            sheet.used.add(id(line))
            value = None
            if meaning.field != "section":
                value = _value_of(line, inline, row, rows[number + 1 :], labels, sheet.used)
                value = value or _beside_loosely(line, sheet, labels)
                if value is not None and meaning.field == "tracking_key":
                    value = _longer_key(value, line, rows[number + 1 :], labels, sheet.used)
            sheet.places.append(Place(meaning, line, value))


def _label_in(line: Line) -> tuple[Meaning, Line | None] | None:
    """The meaning of a line that is a label, with the value where the same box holds it."""
    text = line.text.strip()
    head, colon, tail = text.partition(":")
    if colon and not (head[-1:].isdigit() and tail[:1].isdigit()):
        meaning = meaning_of(head)
        if meaning is not None:
            return meaning, _part(line, tail)
    meaning = meaning_of(text)
    if meaning is not None:
        return meaning, None
    words = text.split()
    for count in range(min(MOST_WORDS, len(words) - 1), 0, -1):
        start = flat(" ".join(words[:count]))
        meaning = LABELS.get(start)
        if meaning is not None and start not in EVERYDAY and meaning.field != "section":
            value = " ".join(words[count:])
            # Two words that begin a sentence are no label: behind a label without a colon stand digits or capitals.
            return (meaning, _part(line, value)) if re.search(r"\d|^[A-ZÁÉÍÓÚÑ$]", value) else None
    return None


def _part(line: Line, text: str) -> Line | None:
    text = text.strip(" :")
    if not text:
        return None
    share = len(text) / max(len(line.text), 1)
    left = line.right - (line.right - line.left) * share
    return Line(text, left, line.top, line.right, line.bottom, line.sure, line.page)


def _value_of(
    label: Line,
    inline: Line | None,
    row: Sequence[Line],
    below: Sequence[Sequence[Line]],
    labels: Labels,
    used: set[int],
) -> Line | None:
    """The value of a label: in its own box, to its right up to the next label, or under it."""
    if inline is not None:
        return _with_wrapped([inline], below, labels, used, is_right=False)
    beside = []
    for other in row:
        if other.left > label.left and other is not label:
            if id(other) in labels:
                break
            beside.append(other)
    if beside:
        used.update(map(id, beside))
        return _with_wrapped(beside, below, labels, used, is_right=True)
    for next_row in below[:2]:
        for other in next_row:
            overlaps = min(label.right, other.right) - max(label.left, other.left) > 0
            is_near = other.page == label.page and other.top - label.bottom < NEAR * label.height
            if overlaps and is_near and abs(other.left - label.left) < 3 * label.height:
                if id(other) in labels:
                    return None
                used.add(id(other))
                return other
    return None


def _beside_loosely(label: Line, sheet: Sheet, labels: Labels) -> Line | None:
    """A value of two lines with its label at half their height: both, if no label stands beside either."""
    found = [
        line
        for line in sheet.lines
        if id(line) not in labels
        and id(line) not in sheet.used
        and line.page == label.page
        and line.left > label.right
        and abs(line.middle - label.middle) < 1.1 * label.height
    ]
    others = [line for line in sheet.lines if id(line) in labels and line is not label]
    if len(found) != 2 or any(abs(other.middle - each.middle) < label.height / 2 for other in others for each in found):
        return None
    sheet.used.update(map(id, found))
    return joined(sorted(found, key=lambda each: each.middle))


def _longer_key(value: Line, label: Line, below: Sequence[Sequence[Line]], labels: Labels, used: set[int]) -> Line:
    """A key that wrapped to the left: the line close under it goes on with it, where both together are a key."""
    for row in below[:3]:
        rest = row[0]
        is_under = 0 < rest.middle - value.middle < 2 * value.height and rest.page == value.page
        begins_alike = min(abs(rest.left - value.left), abs(rest.left - label.left)) < value.height
        if is_under and begins_alike and len(row) == 1 and id(rest) not in labels and id(rest) not in used:
            together = joined([value, rest])
            if rest.text.isupper() and key_in(value.text) and key_in(together.text):
                used.add(id(rest))
                return together
    return value


def _with_wrapped(
    value: list[Line], below: Sequence[Sequence[Line]], labels: Labels, used: set[int], *, is_right: bool
) -> Line:
    """Add the lines into which a long value wrapped: close under it, ending where it ends, with no label beside."""
    whole = joined(value)
    for row in below[:2]:
        height = whole.bottom - whole.top if len(value) == 1 else value[-1].height
        is_close = row[0].page == whole.page and row[0].top - whole.bottom < WRAPPED * height
        ends_alike = len(row) == 1 and abs(row[0].right - whole.right) < height
        if not is_right or not is_close or not ends_alike or any(id(line) in labels for line in row):
            break
        used.update(map(id, row))
        whole = joined([whole, *row])
    return whole
