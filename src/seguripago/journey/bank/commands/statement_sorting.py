"""Sort the lines of a statement by what they can be: movements with identity, lines without, debits, refusals.

The same code makes the preview and the import; only the import writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from django.db import connection

from seguripago.ports.bank_feeds import UnreadLine
from seguripago.ports.statement_text import moment_of
from seguripago.ports.statements import Balance, StatementItem, StatementLine, as_deposit
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import LENGTH

from .. import rules, statement_rules
from .movements import Heard

STATEMENT_WORD: Final = "imported"
KNOWN: Final = f"""
    SELECT d.identity, d.id, d.amount_centavos, d.currency, bool_or(n.id IS NOT NULL AND a.agrees),
           bool_or(n.id IS NOT NULL AND NOT a.agrees)
    FROM unnest(%s::text[]) AS asked(identity)
    JOIN deposit d ON d.store_id = %s AND d.identity = asked.identity
    LEFT JOIN deposit_attestation a ON a.deposit_id = d.id
    LEFT JOIN raw_notice n ON n.id = a.notice_id AND n.authenticity = '{STATEMENT_WORD}'
    GROUP BY d.identity, d.id, d.amount_centavos, d.currency
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Frame:
    """What a statement's lines are read in: the store, its prefixes, the account of lines that name none."""

    store_id: int
    prefixes: tuple[str, ...]
    account: str
    feed: str
    notice_id: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A line that is kept as a row of its own: a debit, or a credit without identity."""

    line: StatementLine
    account: str
    clabe: str
    print: str
    nth: int


@dataclass(frozen=True, slots=True)
class KnownDeposit:
    """A deposit that a line speaks of; whether statements have said so before, agreeing or not."""

    id: int
    centavos: int
    currency: str
    agreed_before: bool
    differed_before: bool


@dataclass(slots=True)
class Sorted:
    """A chunk of items, sorted. `heard` goes through the one door for movements; `fresh` are identities yet unknown."""

    heard: list[tuple[StatementLine, Heard]] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    attesting: int = 0
    known: int = 0
    differs: list[tuple[StatementLine, KnownDeposit]] = field(default_factory=list)
    rows: list[OwnRow] = field(default_factory=list)
    refused: list[tuple[int, UnreadLine]] = field(default_factory=list)
    balances: list[tuple[int, Balance]] = field(default_factory=list)
    credits_centavos: int = 0
    debits_centavos: int = 0
    lines: int = 0


class Sorter:
    """Sorts chunk after chunk of one file; remembers only how often it has seen a line without identity.

    A preview only counts: nothing is `heard` in it.
    """

    def __init__(self, frame: Frame, *, is_preview: bool = False) -> None:
        self.frame = frame
        self.is_preview = is_preview
        self._seen: Counter[str] = Counter()

    def own_rows(self, items: Iterable[StatementItem]) -> list[OwnRow]:
        """The lines among these items that are rows of their own; called once for every part, in the file's order."""
        return [
            self._own_row(item) for item in items if isinstance(item, StatementLine) and not self._is_movement(item)[0]
        ]

    def sort(self, items: Sequence[StatementItem], rows: Sequence[OwnRow], *, first_place: int) -> Sorted:
        """Sort a part with its rows; movements that are known and said to be so already need nothing more."""
        found = Sorted(rows=list(rows))
        movements: list[tuple[StatementLine, str]] = []
        for place, item in enumerate(items, start=first_place):
            match item:
                case UnreadLine():
                    found.refused.append((place, item))
                case Balance():
                    found.balances.append((place, item))
                case StatementLine():
                    is_movement, clabe = self._is_movement(item)
                    if item.is_credit:
                        found.credits_centavos += item.amount.centavos
                    else:
                        found.debits_centavos += item.amount.centavos
                    if is_movement:
                        movements.append((item, clabe))
        found.lines = len(items) - len(found.balances)
        self._sort_movements(movements, found)
        return found

    def _sort_movements(self, movements: Sequence[tuple[StatementLine, str]], found: Sorted) -> None:
        frame = self.frame
        identified = [(line, clabe, *self._identities(line, clabe)) for line, clabe in movements]
        known = known_deposits(frame.store_id, [each for entry in identified for each in entry[3]])
        for line, clabe, (account, is_own), identities in identified:
            identity = next((each for each in identities if each in known), identities[0])
            deposit = known.get(identity)
            if deposit is not None:
                differs = deposit.centavos != line.amount.centavos or deposit.currency != line.amount.currency
                if differs:
                    found.differs.append((line, deposit))
                    if deposit.differed_before:
                        continue
                elif deposit.agreed_before:
                    found.known += 1
                    continue
                else:
                    found.attesting += 1
            else:
                found.fresh.append(identity)
                if line.marks_from_words:
                    own_account = rules.owner_account(clabe, frame.prefixes)[0]
                    own_print = statement_rules.print_of(line, own_account)
                    found.rows.append(OwnRow(line, own_account, clabe if len(clabe) == LENGTH else "", own_print, 1))
                    continue
            if self.is_preview:
                continue
            said = as_deposit(
                line, clabe=clabe, settled_at=line.settled_at or settled_at(line.operation_date, frame.received_at)
            )
            found.heard.append(
                (
                    line,
                    Heard(
                        frame.store_id,
                        frame.notice_id,
                        frame.feed,
                        frame.received_at,
                        said,
                        identity,
                        account,
                        is_own,
                        True,
                    ),
                )
            )

    def _is_movement(self, line: StatementLine) -> tuple[bool, str]:
        """Whether a line carries the bank's own identity, with the account of ours that it speaks of."""
        clabe = statement_rules.own_clabe(line, self.frame.prefixes, self.frame.account)
        return bool(line.is_credit and line.tracking_key and line.sending_institution and clabe), clabe

    def _identities(self, line: StatementLine, clabe: str) -> tuple[tuple[str, bool], list[str]]:
        account = rules.owner_account(clabe, self.frame.prefixes)
        keys = (line.tracking_key, *line.other_keys) if line.other_keys else (line.tracking_key,)
        return account, [rules.identity(account[0], line.sending_institution, key, line.operation_date) for key in keys]

    def _own_row(self, line: StatementLine) -> OwnRow:
        clabe = statement_rules.own_clabe(line, self.frame.prefixes, self.frame.account)
        account = rules.owner_account(clabe, self.frame.prefixes)[0] if clabe else ""
        own_print = statement_rules.print_of(line, account)
        self._seen[own_print] += 1
        return OwnRow(line, account, clabe if len(clabe) == LENGTH else "", own_print, self._seen[own_print])


def settled_at(day: date, received_at: datetime) -> datetime:
    """Where a line says only the day: its first moment in Mexico, for lateness is doubted in the buyer's favour."""
    moment = moment_of(day, time(0, 0, tzinfo=MEXICO))
    assert moment is not None
    return min(moment, received_at)


def known_deposits(store_id: int, identities: Sequence[str]) -> dict[str, KnownDeposit]:
    """The deposits with these identities, in one statement."""
    if not identities:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(identities), store_id])
        return {
            identity: KnownDeposit(pk, centavos, currency, bool(agreed), bool(differed))
            for identity, pk, centavos, currency, agreed, differed in cursor.fetchall()
        }
