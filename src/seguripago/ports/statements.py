"""What we ask of a format of bank statements: is this file yours, what is still open about it, what do its lines say?

A format reads; it decides nothing and keeps nothing. It looks at a whole file first: what the file itself cannot
settle (is `03/04/2026` March or April?) is a question for a person, never a guess by the row. Then it gives the lines
one after another, so that a file of any length needs little memory. Whoever imports writes the bytes down first.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Final, Protocol, runtime_checkable

from seguripago.ports.bank_feeds import (
    MAX_NOTICE_BYTES,
    PAYMENT_TYPE_UNSAID,
    Arrived,
    Listed,
    NotADeposit,
    ReadDeposit,
    Unreadable,
    UnreadLine,
)
from seguripago.values.clabe import is_valid
from seguripago.values.money import Money

MAX_STATEMENT_BYTES: Final = 192 * 1024 * 1024
MAX_CELL: Final = 8_192
"""Characters of one cell; a longer one is no cell of a statement, and its line is refused."""
HEAD_BYTES: Final = 65_536
"""How much of a file a format may ask for to say whether it is its own."""
_EIGHTEEN: Final = re.compile(r"(?<![0-9])[0-9]{18}(?![0-9])")

type Answers = Mapping[str, Any]
"""What a person said about a file, by question; JSON. Also what was remembered of the account's last file."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of an account as its statement prints it; `amount` is above zero, `is_credit` says which way.

    `line` is where a person finds it: the line of a text, the row of a sheet, the ordinal of an XML entry.
    Empty texts are what the file does not say. `other_keys` are further references that may be the tracking key too
    (an XML entry carries several). `marks_from_words`: identity was found in words that may hold what the payer wrote.
    `clabe` is the account of ours that was paid, `account` the one the statement is of.
    """

    line: int
    is_credit: bool
    operation_date: date
    amount: Money
    tracking_key: str = ""
    sending_institution: str = ""
    clabe: str = ""
    account: str = ""
    payer_name: str = ""
    payer_account: str = ""
    payer_rfc: str = ""
    concept: str = ""
    reference: str = ""
    bank_id: str = ""
    settled_at: datetime | None = None
    other_keys: tuple[str, ...] = ()
    marks_from_words: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account held at the start or the end of a day, as the statement says."""

    account: str
    day: date
    amount: Money
    is_closing: bool


type StatementItem = StatementLine | UnreadLine | Balance


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say: `key` names it, `choices` are its possible answers, `sample` what the file shows."""

    key: str
    choices: tuple[str, ...] = ()
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, what we take it for (a field of FIELDS, or nothing), a few of its cells."""

    position: int
    heading: str
    takes: str
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What a format saw of a whole file. With open `questions` its lines cannot be read yet.

    `reading` (JSON) is all that `lines` needs; `fingerprint` names the shape of the file, so that what a person said
    of one is remembered for the next.
    """

    questions: tuple[Question, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    columns: tuple[Column, ...] = ()


@runtime_checkable
class StatementFormat(Protocol):
    """A format of statements, beside what every feed says of itself."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    def sniff(self, head: bytes, name: str) -> int:
        """Say how sure it is that a file is of this format, from its first bytes and its name: 0 (no) to 100."""
        ...

    def look(self, file: BinaryIO, answers: Answers) -> Look:
        """Look at a whole file with the answers given so far; raises Unreadable for what is no statement at all."""
        ...

    def lines(self, file: BinaryIO, reading: Mapping[str, Any]) -> Iterator[StatementItem]:
        """Read the lines one after another; raises Unreadable when the file breaks off."""
        ...


def read_whole(known: StatementFormat, body: bytes) -> tuple[Listed, ...]:
    """Read a whole statement as a list; raises Unreadable also for one that leaves questions open."""
    if len(body) > MAX_NOTICE_BYTES:
        raise Unreadable("too_long")
    seen = known.look(io.BytesIO(body), {})
    if seen.questions:
        raise Unreadable(f"question:{seen.questions[0].key}")
    return listed(known.lines(io.BytesIO(body), seen.reading))


def listed(items: Iterator[StatementItem]) -> tuple[Listed, ...]:
    """Give the lines of a statement as any feed gives its list; lines without the bank's identity stay unread."""
    found: list[Listed] = []
    for item in items:
        match item:
            case UnreadLine():
                found.append(item)
            case StatementLine(is_credit=False):
                found.append(NotADeposit("debit", item.bank_id, item.tracking_key))
            case StatementLine() if has_identity(item):
                found.append(Arrived(as_deposit(item)))
            case StatementLine():
                found.append(UnreadLine(item.line, "identity", item.bank_id))
    if not found:
        raise Unreadable("no_lines")
    return tuple(found)


def has_identity(line: StatementLine) -> bool:
    """Tell whether a line carries the bank's own identity: account, sending institution and tracking key."""
    return bool(line.tracking_key and line.sending_institution and (line.clabe or line.account))


def as_deposit(line: StatementLine, *, clabe: str = "", settled_at: datetime | None = None) -> ReadDeposit:
    """Give a credit line as the deposit that it speaks of."""
    account = clabe or line.clabe or line.account
    return ReadDeposit(
        bank_id=line.bank_id,
        operation_date=line.operation_date,
        sending_institution=line.sending_institution,
        receiving_institution="",
        tracking_key=line.tracking_key,
        amount=line.amount,
        payer_name=line.payer_name,
        payer_account=line.payer_account,
        payer_rfc=line.payer_rfc,
        beneficiary_clabe=account,
        beneficiary_name="",
        concept=line.concept,
        reference=line.reference,
        settled_at=line.settled_at or settled_at,
        payment_type=PAYMENT_TYPE_UNSAID,
    )


def clabes_in(text: str) -> tuple[str, ...]:
    """Find the CLABEs in a text: 18 digits in a row whose control digit is right."""
    return tuple(digits for digits in _EIGHTEEN.findall(text) if is_valid(digits))
