"""The day's proof: what the bank's statement says, the deposits that we keep and what the ledger booked. Pure.

Differences are found line by line and added up without their signs, so that two of them never hide one another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from seguripago.values.money import MXN, Money

FORMAT: Final = "seguripago-close-1"
FIRST: Final = "0" * 64
"""What the first close of a store is chained to."""


class Standing(StrEnum):
    """How an account's day stands. Without a statement nothing is proved, and nobody pretends that it is."""

    NO_STATEMENT = "no_statement"
    AGREES = "agrees"
    DIFFERS = "differs"


class DifferenceKind(StrEnum):
    """What does not agree, line by line."""

    ONLY_IN_STATEMENT = "only_in_statement"
    ONLY_IN_DEPOSITS = "only_in_deposits"
    AMOUNT_DIFFERS = "amount_differs"
    NOT_BOOKED = "not_booked"
    BOOKED_OTHERWISE = "booked_otherwise"
    ONLY_IN_LEDGER = "only_in_ledger"


class Credit(Protocol):
    """A credit as a statement prints it. `deposit_id` is the deposit that it attests, None while it attests none."""

    @property
    def account(self) -> str: ...
    @property
    def amount(self) -> Money: ...
    @property
    def tracking_key(self) -> str: ...
    @property
    def deposit_id(self) -> int | None: ...
    @property
    def where(self) -> str: ...


class Kept(Protocol):
    """A deposit of the day. A day has a hundred thousand: whoever reads them need not write them over."""

    @property
    def id(self) -> int: ...
    @property
    def account(self) -> str: ...
    @property
    def amount(self) -> Money: ...
    @property
    def tracking_key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Booking:
    """A posting on the bank's account: of a deposit's arrival, or of something else."""

    booked_id: int
    journal: str
    amount: Money
    deposit_id: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that does not agree; `amount` is what it leaves unexplained, never negative."""

    kind: DifferenceKind
    account: str
    amount: Money
    tracking_key: str
    deposit_id: int | None
    where: str
    statement: Money | None
    deposit: Money | None
    ledger: Money | None


@dataclass(frozen=True, slots=True)
class AccountProof:
    """The three columns of one account in one currency."""

    account: str
    currency: str
    standing: Standing
    statement: Money | None
    statement_count: int
    deposits: Money
    deposit_count: int
    ledger: Money
    ledger_count: int
    unexplained: Money


@dataclass(frozen=True, slots=True)
class Proof:
    """A day's proof. `debits` are what went out of the bank's account by the ledger."""

    accounts: tuple[AccountProof, ...]
    differences: tuple[Difference, ...]
    debits: tuple[Booking, ...]

    @property
    def standing(self) -> Standing:
        """A difference is told before anything else; then a missing statement; only then that all agrees."""
        if self.differences:
            return Standing.DIFFERS
        if not self.accounts or any(each.standing is Standing.NO_STATEMENT for each in self.accounts):
            return Standing.NO_STATEMENT
        return Standing.AGREES

    @property
    def unexplained(self) -> Mapping[str, Money]:
        """What is left unexplained, by currency; pesos are always named."""
        found = {MXN: Money.zero()}
        for each in self.differences:
            found[each.amount.currency] = (
                found.get(each.amount.currency, Money.zero(each.amount.currency)) + each.amount
            )
        return found


def prove(
    statement: Sequence[Credit],
    deposits: Sequence[Kept],
    bookings: Sequence[Booking],
    *,
    accounts_with_statement: Collection[str],
) -> Proof:
    """Lay the three beside one another. Accounts without a statement are only compared with the ledger."""
    known = {each.id: each for each in deposits}
    booked = {each.deposit_id: each.amount for each in bookings if each.deposit_id is not None}
    credits_, differences = _read_statement(statement, known, booked)
    stated = {credit.deposit_id for credit in credits_ if credit.deposit_id is not None}
    told = set(accounts_with_statement) | {credit.account for credit in credits_}
    differences += [
        _difference(DifferenceKind.ONLY_IN_DEPOSITS, each.account, each.amount, each, ledger=booked.get(each.id))
        for each in deposits
        if each.account in told and each.id not in stated
    ]
    differences += _read_ledger(deposits, bookings, known)
    accounts = _accounts(credits_, deposits, bookings, differences, told, known)
    ordered = sorted(differences, key=lambda each: (each.account, each.kind, each.deposit_id or 0, each.where))
    return Proof(accounts, tuple(ordered), tuple(each for each in bookings if each.amount.centavos < 0))


def _read_statement(
    statement: Sequence[Credit], known: Mapping[int, Kept], booked: Mapping[int, Money]
) -> tuple[list[Credit], list[Difference]]:
    """One credit for each deposit, however many statements print it; and the lines that agree with none."""
    credits_: list[Credit] = []
    differences: list[Difference] = []
    seen: set[int] = set()
    # A line that agrees with its deposit comes first, so that an older misprint never counts instead of it.
    for line in sorted(statement, key=lambda each: not _agrees(each, known)):
        deposit = known.get(line.deposit_id) if line.deposit_id is not None else None
        if deposit is None:
            credits_.append(line)
            differences.append(
                Difference(
                    DifferenceKind.ONLY_IN_STATEMENT,
                    line.account,
                    line.amount,
                    line.tracking_key,
                    line.deposit_id,
                    line.where,
                    line.amount,
                    None,
                    None,
                )
            )
            continue
        is_first = deposit.id not in seen
        seen.add(deposit.id)
        if is_first:
            credits_.append(line)
        if not _agrees(line, known):
            differences.append(
                Difference(
                    DifferenceKind.AMOUNT_DIFFERS,
                    line.account,
                    _apart(line.amount, deposit.amount),
                    deposit.tracking_key,
                    deposit.id,
                    line.where,
                    line.amount,
                    deposit.amount,
                    booked.get(deposit.id),
                )
            )
    return credits_, differences


def _read_ledger(deposits: Sequence[Kept], bookings: Sequence[Booking], known: Mapping[int, Kept]) -> list[Difference]:
    booked = {each.deposit_id: each for each in bookings if each.deposit_id is not None}
    differences = []
    for deposit in deposits:
        booking = booked.get(deposit.id)
        if booking is None:
            differences.append(_difference(DifferenceKind.NOT_BOOKED, deposit.account, deposit.amount, deposit))
        elif booking.amount != deposit.amount:
            apart = _apart(booking.amount, deposit.amount)
            differences.append(
                _difference(
                    DifferenceKind.BOOKED_OTHERWISE, deposit.account, apart, deposit, booking.journal, booking.amount
                )
            )
    for each in bookings:
        if each.amount.centavos > 0 and (each.deposit_id is None or each.deposit_id not in known):
            differences.append(
                Difference(
                    DifferenceKind.ONLY_IN_LEDGER, "", each.amount, "", None, each.journal, None, None, each.amount
                )
            )
    return differences


def _accounts(
    credits_: Sequence[Credit],
    deposits: Sequence[Kept],
    bookings: Sequence[Booking],
    differences: Sequence[Difference],
    told: Collection[str],
    known: Mapping[int, Kept],
) -> tuple[AccountProof, ...]:
    columns: dict[tuple[str, str], list[list[int]]] = {}

    def put(column: int, account: str, amount: Money) -> None:
        columns.setdefault((account, amount.currency), [[], [], []])[column].append(amount.centavos)

    for credit in credits_:
        put(0, credit.account, credit.amount)
    for deposit in deposits:
        put(1, deposit.account, deposit.amount)
    for booking in bookings:
        if booking.amount.centavos > 0:
            deposit_of = known.get(booking.deposit_id) if booking.deposit_id is not None else None
            put(2, deposit_of.account if deposit_of else "", booking.amount)
    for account in told:
        columns.setdefault((account, MXN), [[], [], []])
    unexplained: dict[tuple[str, str], int] = {}
    for each in differences:
        key = (each.account, each.amount.currency)
        unexplained[key] = unexplained.get(key, 0) + each.amount.centavos
    return tuple(
        _account(key, columns[key], unexplained.get(key, 0), has_statement=key[0] in told) for key in sorted(columns)
    )


def _account(
    key: tuple[str, str], columns: Sequence[Sequence[int]], unexplained: int, *, has_statement: bool
) -> AccountProof:
    account, currency = key
    statement, deposits, ledger = columns
    without = Standing.NO_STATEMENT if not has_statement else Standing.AGREES
    return AccountProof(
        account=account,
        currency=currency,
        standing=Standing.DIFFERS if unexplained else without,
        statement=Money(sum(statement), currency) if has_statement else None,
        statement_count=len(statement),
        deposits=Money(sum(deposits), currency),
        deposit_count=len(deposits),
        ledger=Money(sum(ledger), currency),
        ledger_count=len(ledger),
        unexplained=Money(unexplained, currency),
    )


def _difference(
    kind: DifferenceKind,
    account: str,
    amount: Money,
    deposit: Kept,
    where: str = "",
    ledger: Money | None = None,
) -> Difference:
    return Difference(kind, account, amount, deposit.tracking_key, deposit.id, where, None, deposit.amount, ledger)


def _agrees(line: Credit, known: Mapping[int, Kept]) -> bool:
    deposit = known.get(line.deposit_id) if line.deposit_id is not None else None
    return deposit is not None and deposit.amount == line.amount


def _apart(one: Money, other: Money) -> Money:
    """How far two amounts lie apart; of two currencies, the whole of the first."""
    if one.currency != other.currency:
        return one
    return Money(abs(one.centavos - other.centavos), one.currency)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A close as it is kept: `body` is the canonical JSON, to the byte."""

    body: str
    prev_hash: str
    hash: str
    signature: str


def canonical(body: Mapping[str, Any]) -> str:
    """Write the body in the one way that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(prev_hash: str, body: str) -> str:
    """Answer the hash that chains a canonical body to the close before it."""
    return hashlib.sha256(f"{FORMAT}\n{prev_hash}\n{body}".encode()).hexdigest()


def message(digest: str) -> bytes:
    """Answer what the store's key signs: the format's name and the hash, so that no other signature fits here."""
    return f"{FORMAT}\n{digest}".encode()


def signature_bytes(text: str) -> bytes:
    """Read a signature that was kept in base64; nothing when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def file_of(sealed: Sealed, *, public_key: str) -> bytes:
    """Write a close as a person downloads it, with all that a stranger needs to check it."""
    said = {
        "format": FORMAT,
        "algorithm": "Ed25519",
        "public_key": public_key,
        "prev_hash": sealed.prev_hash,
        "body": json.loads(sealed.body),
        "hash": sealed.hash,
        "signature": sealed.signature,
    }
    return (json.dumps(said, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()
