"""Statements as SWIFT MT940: `:61:` is a movement, `:86:` its words, in which the tracking key is looked for by name.

The file is cut into its fields line by line, so that its length costs no memory; the fields are read by the `mt-940`
library's own patterns. A key without its name beside it is a reference like any other.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, Final

from mt940.tags import FinalOpeningBalance, Statement

from seguripago.ports.bank_feeds import Listed, Unreadable, UnreadLine
from seguripago.ports.statement_letters import encoding_of
from seguripago.ports.statement_marks import marks_in
from seguripago.ports.statement_text import account_of, institution_code, joined, tracking_key_of
from seguripago.ports.statements import Answers, Balance, Look, StatementItem, StatementLine, read_whole
from seguripago.values.clabe import is_valid
from seguripago.values.money import MXN, Money

LONGEST_FIELD: Final = 60
"""Lines that one field may have."""
WRAPPED_AT: Final = 65
_FIELD: Final = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.DOTALL)
_MOVEMENT: Final = Statement().re
_BALANCE: Final = FinalOpeningBalance().re
_STRUCTURED: Final = re.compile(r"\?(\d{2})")


@dataclass(frozen=True, slots=True)
class Mt940:
    """SWIFT customer statements."""

    slug: str = "mt940"
    title: str = "Estado de cuenta SWIFT (MT940)"

    def sniff(self, head: bytes, name: str) -> int:
        """Know a statement by its first fields."""
        text = head.lstrip(b"\xef\xbb\xbf \r\n\t\x01")
        if b":61:" in text and (b":20:" in text or b":60F:" in text):
            return 100 if text.startswith((b":20:", b"{1:", b":940:", b"0000")) or b"\n:20:" in text else 60
        return 80 if text.startswith((b":20:", b"{1:")) and b":25:" in text else 0

    def look(self, file: BinaryIO, answers: Answers) -> Look:
        """Make sure that it is a whole statement; it leaves nothing open."""
        opened = closed = found = 0
        encoding = encoding_of(file)
        for _, name, _ in _fields(file, encoding):
            found += name == "61"
            opened += name in {"60F", "60M"}
            closed += name in {"62F", "62M"}
        if not found and not opened:
            raise Unreadable("no_statement")
        if closed < opened:
            raise Unreadable("broken_off")
        return Look((), {"encoding": encoding}, "mt940")

    def lines(self, file: BinaryIO, reading: Mapping[str, Any]) -> Iterator[StatementItem]:
        """Read movement after movement."""
        account, currency = "", MXN
        held: tuple[int, str] | None = None
        for number, name, value in _fields(file, str(reading.get("encoding") or encoding_of(file))):
            if held is not None:
                words = value if name == "86" else ""
                yield _movement(held[0], held[1], words, account, currency)
                held = None
                if name == "86":
                    continue
            match name:
                case "25" | "25P":
                    account = _account(value)
                case "60F" | "60M" | "62F" | "62M":
                    balance = _balance(value, account, is_closing=name.startswith("62"))
                    if balance is not None:
                        currency = balance.amount.currency
                        if name.endswith("F"):
                            yield balance
                case "61":
                    held = (number, value)
        if held is not None:
            yield _movement(held[0], held[1], "", account, currency)

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read a whole statement as a list."""
        return read_whole(self, body)


def _fields(file: BinaryIO, encoding: str) -> Iterator[tuple[int, str, str]]:
    """Give (line, name, value) of every field; the lines of a value stay apart."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=None)
    try:
        begins, name, parts = 0, "", list[str]()
        for number, raw in enumerate(iter(lambda: text.readline(4_096), ""), start=1):
            line = raw.rstrip("\r\n")
            match = _FIELD.match(line)
            if match:
                if name:
                    yield begins, name, "\n".join(parts)
                begins, name, parts = number, match[1], [match[2]]
            elif line.strip() in {"-", "-}"} or line.startswith(("{", "-}")):
                if name:
                    yield begins, name, "\n".join(parts)
                name, parts = "", []
            elif name and len(parts) < LONGEST_FIELD:
                parts.append(line)
        if name:
            yield begins, name, "\n".join(parts)
    finally:
        text.detach()


def _movement(number: int, value: str, words: str, account: str, currency: str) -> StatementItem:
    match = _MOVEMENT.match(value.rstrip("\n"))
    if match is None:
        return UnreadLine(number, "movement")
    mark = match["status"].upper()
    if mark == "RD":
        return UnreadLine(number, "reversal")  # Our own payment came back: no deposit of anybody.
    day = _day(match)
    centavos = _centavos(match["amount"])
    if day is None:
        return UnreadLine(number, "date")
    if not centavos:
        return UnreadLine(number, "amount" if centavos is None else "amount_zero")
    is_credit = mark == "C"
    told = _told(words)
    extra = (match["extra_details"] or "").replace("\n", " ")
    told = {**marks_in(extra), **told} if extra else told
    clabe = told.get("clabe", "")
    payer_account = told.get("payer_account", "")
    sender = institution_code(told.get("sending_institution", ""))
    if not sender and is_credit and is_valid(payer_account):
        sender = institution_code(payer_account[:3])
    reference = (match["customer_reference"] or "").strip()
    return StatementLine(
        line=number,
        is_credit=is_credit,
        operation_date=day,
        amount=Money(centavos, currency),
        tracking_key=tracking_key_of(told.get("tracking_key", "")),
        sending_institution=sender,
        clabe=clabe if is_valid(clabe) else "",
        account=account,
        payer_name=told.get("payer_name", "")[:120],
        payer_account=payer_account,
        payer_rfc=told.get("payer_rfc", "")[:20],
        concept=joined([told.get("all", ""), extra]),
        reference=(told.get("reference", "") or ("" if reference.upper() == "NONREF" else reference))[:40],
        bank_id=(match["bank_reference"] or "").strip()[:40],
        marks_from_words=True,
    )


def _told(words: str) -> dict[str, str]:
    """What `:86:` says: by names, by ?-subfields (?20–?29 words, ?30 bank, ?31 account, ?32–?33 name), or /NAME/."""
    text = _joined_lines(words)
    if not text:
        return {}
    found: dict[str, str] = {}
    if _STRUCTURED.search(text):
        parts = _STRUCTURED.split(text)
        sub: dict[str, str] = {}
        for code, said in zip(parts[1::2], parts[2::2], strict=True):
            sub[code] = sub.get(code, "") + said
        purpose = "".join(sub[code] for code in sorted(sub) if "20" <= code <= "29" or "60" <= code <= "63")
        found = marks_in(" ".join(sub.get(code, "") for code in sorted(sub) if code not in {"30", "31", "32", "33"}))
        found = {**marks_in(purpose), **found}
        found.setdefault("payer_name", joined([sub.get("32", ""), sub.get("33", "")], limit=120))
        found.setdefault("payer_account", account_of(sub.get("31", "")))
        found.setdefault("sending_institution", sub.get("30", ""))
        found["all"] = joined([sub.get("00", ""), purpose])
        return {name: said for name, said in found.items() if said}
    found = marks_in(text)
    found["all"] = joined([text])
    return found


def _joined_lines(words: str) -> str:
    """Put the lines together: one that is full was broken by its width, inside a word; a shorter one between words."""
    text = previous = ""
    for line in words.split("\n"):
        text += line if not text or len(previous) >= WRAPPED_AT or line.startswith("?") else f" {line}"
        previous = line
    return text.strip()


def _day(match: re.Match[str]) -> date | None:
    """The entry date, which has no year of its own, beside the value date; else the value date."""
    try:
        value = date(2000 + int(match["year"]), int(match["month"]), int(match["day"]))
        month, day = (match["entry_month"] or "").strip(), (match["entry_day"] or "").strip()
        if not month or not day:
            return value
        candidates = []
        for year in (value.year - 1, value.year, value.year + 1):
            if (int(month), int(day)) != (2, 29) or year % 4 == 0:
                candidates.append(date(year, int(month), int(day)))
        return min(candidates, key=lambda each: abs(each - value))
    except ValueError:
        return None


def _centavos(said: str) -> int | None:
    """MT940 has one decimal mark, the comma, and no others."""
    whole, _, cents = said.partition(",")
    if not (whole or "0").isdigit() or (cents and not cents.isdigit()) or cents[2:].strip("0"):
        return None
    return int(whole or "0") * 100 + int(cents[:2].ljust(2, "0") or "0")


def _account(value: str) -> str:
    """`BANK/012180001234567890 MXN` → the digits."""
    for part in re.split(r"[/\s\n]", value):
        digits = account_of(re.sub(r"[A-Z]{3}$", "", part))
        if digits:
            return digits
    return ""


def _balance(value: str, account: str, *, is_closing: bool) -> Balance | None:
    match = _BALANCE.match(value.strip())
    if match is None:
        return None
    try:
        day = date(2000 + int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    centavos = _centavos(match["amount"])
    if centavos is None:
        return None
    sign = -1 if match["status"].upper() == "D" else 1
    return Balance(account, day, Money(sign * centavos, match["currency"].upper()), is_closing)


ADAPTER: Final = Mt940()
