"""What a bank's receipt says, from its lines and their places: fields, how sure each is, and reasons.

A value stands to the right of its label, behind its colon or under it. What cannot be read with certainty is left out:
an empty field is asked for, a wrong one accuses somebody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from seguripago.ports.receipt_lines import Line, rows_of
from seguripago.ports.receipt_places import Sheet, find_places
from seguripago.ports.receipt_values import (
    Day,
    amount_in,
    clabe_in,
    days_in,
    doubts_of,
    key_in,
    links_in,
    tail_in,
    times_in,
)
from seguripago.ports.receipt_words import BENEFICIARY, PAYER, bank_named, speaks_as_the_bank
from seguripago.values import clabe as clabes

MOST_LINES: Final = 400
LARGE: Final = 1.25
"""So many times as high as another is a line that stands out."""
UNSURE_DAY: Final = 0.8
UNSURE_KEY: Final = 0.7
UNSURE_SEEN: Final = 0.5
"""What was seen with less certainty than this is not taken for a value."""

KEY_DOUBTFUL: Final = "tracking_key_doubtful"
LINK_NOT_BANXICO: Final = "cep_link_not_banxico"
CLABE_WRONG: Final = "clabe_digit_wrong"
AMOUNT_AMBIGUOUS: Final = "amount_ambiguous"
DATE_AMBIGUOUS: Final = "date_ambiguous"
UNREADABLE: Final = "unreadable"


@dataclass(frozen=True, slots=True)
class Told:
    """What a receipt says: field → text, field → 0 to 1, and why something is left out or doubtful."""

    fields: Mapping[str, str]
    confidences: Mapping[str, float]
    reasons: tuple[str, ...]


def read_fields(lines: Iterable[Line], links: Iterable[str] = ()) -> Told:
    """Read a receipt. `links`: what its QR codes say."""
    taken = [line for line in lines if line.text.strip() and line.sure >= UNSURE_SEEN][:MOST_LINES]
    sheet = Sheet(taken)
    find_places(sheet)
    for read in (_key, _accounts, _amount, _day, _time, _reference, _words, _institutions):
        read(sheet)
    _links(sheet, links)
    if not {"amount", "tracking_key", "date"} & set(sheet.fields):
        sheet.reasons.append(UNREADABLE)
    return Told(sheet.fields, sheet.sure, tuple(dict.fromkeys(sheet.reasons)))


def _key(sheet: Sheet) -> None:
    found = {}
    for line, _ in sheet.under("tracking_key"):
        key = key_in(line.text) or key_in(line.text.split(" ")[0])
        if key:
            found[key] = line.sure
    if len(found) != 1:
        return
    key, sure = next(iter(found.items()))
    if sure < 1 and doubts_of(key):
        # Data is not in doubt; what was seen is.
        sheet.reasons.append(KEY_DOUBTFUL)
        sure = min(sure, UNSURE_KEY)
    sheet.say("tracking_key", key, sure)


def _accounts(sheet: Sheet) -> None:
    found, tails = {}, {}
    for line, _ in sheet.under("account", BENEFICIARY):
        clabe, is_wrong = clabe_in(line.text)
        if clabe:
            found[clabe] = line.sure
        elif is_wrong:
            sheet.reasons.append(CLABE_WRONG)
        elif tail := tail_in(line.text):
            tails[tail] = line.sure
    if not found:
        for line in sheet.free():
            clabe, _ = clabe_in(line.text)
            if clabe and clabe != sheet.fields.get("tracking_key"):
                found[clabe] = line.sure
    if len(found) == 1:
        sheet.say("clabe", *next(iter(found.items())))
    elif not found and len(tails) == 1:
        sheet.say("clabe_tail", *next(iter(tails.items())))


def _amount(sheet: Sheet) -> None:
    told = [(said[0], line.sure, rank) for line, rank in sheet.under("amount") if (said := amount_in(line.text))]
    best = min((rank for _, _, rank in told), default=0)
    labelled = [(value, sure) for value, sure, rank in told if rank == best]
    if labelled:
        values = {value for value, _ in labelled}
        if len(values) > 1:
            sheet.reasons.append(AMOUNT_AMBIGUOUS)
        elif labelled[0][0]:
            sheet.say("amount", f"{labelled[0][0]:.2f}", labelled[0][1])
        return
    loose: dict[Decimal, Line] = {}
    # What stands behind words that nobody knows is not known either.
    behind = {id(line) for row in rows_of(sheet.lines) for line in row[1:] if line.height < LARGE * row[0].height}
    for line in (line for line in sheet.free() if id(line) not in behind):
        said = amount_in(line.text)
        if said and said[0] and said[1] and (said[0] not in loose or line.height > loose[said[0]].height):
            loose[said[0]] = line
    tallest = sorted(loose.items(), key=lambda pair: -pair[1].height)
    if len(tallest) > 1 and tallest[0][1].height < LARGE * tallest[1][1].height:
        sheet.reasons.append(AMOUNT_AMBIGUOUS)
    elif tallest:
        sheet.say("amount", f"{tallest[0][0]:.2f}", 0.95 * tallest[0][1].sure)


def _day(sheet: Sheet) -> None:
    """The day of the operation: what a better label says goes before, and two days that are equally good are none."""
    told: list[tuple[int, Day, float]] = [
        (rank, day, line.sure) for line, rank in sheet.under("date") for day in days_in(line.text)
    ]
    if not told:
        told = [(0, day, 0.95 * line.sure) for line in sheet.free() for day in days_in(line.text)]
    if not told:
        return
    best = min(rank for rank, _, _ in told)
    days = {day.iso: (day, sure) for rank, day, sure in told if rank == best}
    if len(days) > 1:
        sheet.reasons.append(DATE_AMBIGUOUS)
        return
    day, sure = next(iter(days.values()))
    squeezed = day.iso.replace("-", "")
    is_backed = day.is_sure or any(form in sheet.fields.get("tracking_key", "") for form in (squeezed, squeezed[2:]))
    sheet.say("date", day.iso, sure if is_backed else min(sure, UNSURE_DAY))


def _time(sheet: Sheet) -> None:
    """A clock at the edge of a telephone is not the hour of the transfer: only beside a day or under its own label."""
    labelled = [line for line, _ in sheet.under("time")] + [line for line, _ in sheet.under("date")]
    dated = [line for line in sheet.free() if days_in(line.text)]
    for lines in (labelled, dated):
        found = {time: line.sure for line in lines for time in times_in(line.text)}
        if len(found) == 1:
            sheet.say("time", *next(iter(found.items())))
        if found:
            return


def _reference(sheet: Sheet) -> None:
    found = {}
    for line, _ in sheet.under("reference"):
        digits = re.fullmatch(r"\d{1,7}", line.text.strip(" .:"))
        if digits:
            found[digits[0]] = line.sure
    if len(found) == 1:
        sheet.say("reference", *next(iter(found.items())))


def _words(sheet: Sheet) -> None:
    """Names and the concept: what is written, each once."""
    for name, label, side in (
        ("beneficiary", "name", BENEFICIARY),
        ("payer", "name", PAYER),
        ("concept", "concept", ""),
    ):
        sides = (side,) if side else ()
        found = {_spaced(line.text, is_name=bool(side)): line.sure for line, _ in sheet.under(label, *sides)}
        found = {text: sure for text, sure in found.items() if _is_a_word(text)}
        if len(found) == 1:
            sheet.say(name, *next(iter(found.items())))


def _spaced(text: str, *, is_name: bool) -> str:
    """One space between words; in a name also where a capital follows a small letter, for narrow spaces are missed."""
    if is_name:
        text = re.sub(r"(?<=[a-záéíóúñü])(?=[A-ZÁÉÍÓÚÑ])", " ", text)
    return " ".join(text.split())


def _is_a_word(text: str) -> bool:
    return re.search(r"\w{2}", text) is not None and amount_in(text) is None


def _institutions(sheet: Sheet) -> None:
    """The receiving bank by its label; the sending one by its label, its legal name, or its name at the top."""
    for line, _ in sheet.under("institution", BENEFICIARY):
        code = bank_named(line.text)
        sheet.say("beneficiary_bank", clabes.institution_name(code) if code else line.text.strip(), line.sure)
    for code, sure in _named(line for line, _ in sheet.under("account", BENEFICIARY)).items():
        sheet.say("beneficiary_bank", clabes.institution_name(code), sure)
    senders = _named(line for line, _ in sheet.under("institution", PAYER))
    rows = [row[0].middle for row in rows_of(sheet.lines)]
    top = rows[min(4, len(rows) - 1)] if rows else 0.0
    free = sheet.free()
    choices: tuple[Callable[[], dict[str, float]], ...] = (
        lambda: senders,
        lambda: _named(line for line, _ in sheet.under("account", PAYER)),
        lambda: _named(line for line in free if speaks_as_the_bank(line.text)),
        lambda: _named(line for line in free if line.middle <= top),
        lambda: _named(free),
    )
    for choice in choices:
        found = choice()
        if len(found) == 1:
            sheet.say("bank", *next(iter(found.items())))
        if found:
            return


def _named(lines: Iterable[Line]) -> dict[str, float]:
    return {code: line.sure for line in lines if (code := bank_named(line.text))}


def _links(sheet: Sheet, links: Iterable[str]) -> None:
    for text, sure in [*((line.text, line.sure) for line in sheet.lines), *((link, 1.0) for link in links)]:
        link, is_look_alike = links_in(text)
        sheet.say("cep_url", link, sure)
        if is_look_alike:
            sheet.reasons.append(LINK_NOT_BANXICO)
