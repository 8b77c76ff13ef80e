"""What a statement may do next, which line is which, and which deposit a line without identity attests. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from seguripago.ports.statements import StatementLine, clabes_in
from seguripago.values.calendar import add_working_days, is_working_day
from seguripago.values.clabe import LENGTH, is_valid

from .rules import plain_key

IMPORT_LOCK: Final = 0x5E57
"""First half of the advisory lock of an import; the second is the statement's id."""
SHORTEST_KEY: Final = 6
"""Characters of a tracking key that is recognised inside a text; shorter ones occur by chance."""
_WORD: Final = re.compile(r"[A-Z0-9/\-]+")


class StatementState(StrEnum):
    """Kept first; then it asks or is ready; a person lets it in."""

    KEPT = "kept"
    ASKING = "asking"
    READY = "ready"
    IMPORTING = "importing"
    DONE = "done"
    UNREADABLE = "unreadable"
    DROPPED = "dropped"


class StatementEvent(StrEnum):
    """What moves a statement."""

    ASK = "ask"
    UNDERSTAND = "understand"
    GIVE_UP = "give_up"
    ANSWER = "answer"
    ACCEPT = "accept"
    FINISH = "finish"
    DROP = "drop"
    BRING_AGAIN = "bring_again"


STATEMENT_MOVES: Final = {
    (StatementState.KEPT, StatementEvent.ASK): StatementState.ASKING,
    (StatementState.KEPT, StatementEvent.UNDERSTAND): StatementState.READY,
    (StatementState.KEPT, StatementEvent.GIVE_UP): StatementState.UNREADABLE,
    (StatementState.KEPT, StatementEvent.DROP): StatementState.DROPPED,
    (StatementState.ASKING, StatementEvent.ANSWER): StatementState.KEPT,
    (StatementState.ASKING, StatementEvent.DROP): StatementState.DROPPED,
    (StatementState.READY, StatementEvent.ANSWER): StatementState.KEPT,
    (StatementState.READY, StatementEvent.ACCEPT): StatementState.IMPORTING,
    (StatementState.READY, StatementEvent.DROP): StatementState.DROPPED,
    # The file may have been called another format's; a person says which, and it is looked at again.
    (StatementState.UNREADABLE, StatementEvent.ANSWER): StatementState.KEPT,
    (StatementState.UNREADABLE, StatementEvent.BRING_AGAIN): StatementState.KEPT,
    (StatementState.UNREADABLE, StatementEvent.DROP): StatementState.DROPPED,
    (StatementState.DROPPED, StatementEvent.BRING_AGAIN): StatementState.KEPT,
    (StatementState.IMPORTING, StatementEvent.FINISH): StatementState.DONE,
}


def statement_moves(state: str, event: StatementEvent) -> StatementState | None:
    """Give the state after an event; None where that state does not allow it."""
    return STATEMENT_MOVES.get((StatementState(state), event))


def own_clabe(line: StatementLine, prefixes: Sequence[str], account: str) -> str:
    """The account of ours that a line speaks of; nothing when neither the line nor the statement says it.

    A CLABE of ours on the line, then one inside its words, then any CLABE on the line (whoever it is of), then the
    account that the statement is of, by its own word or else by a person's.
    """
    clabe = line.clabe
    if len(clabe) == LENGTH and clabe.startswith(tuple(prefixes) or ("x",)):
        return clabe
    if prefixes and line.concept:
        inside = {each for each in clabes_in(line.concept) if each.startswith(tuple(prefixes))}
        if len(inside) == 1:
            return inside.pop()
    if len(clabe) == LENGTH and is_valid(clabe):
        return clabe
    if line.account and (line.account.startswith(tuple(prefixes) or ("x",)) or not account):
        return line.account
    return account


def print_of(line: StatementLine, account: str) -> str:
    """Name a line by what any export of it would say: account, day, amount, direction, marks and words."""
    said = "|".join(
        (
            account,
            f"{line.operation_date:%Y%m%d}",
            str(line.amount.centavos),
            line.amount.currency,
            "C" if line.is_credit else "D",
            plain_key(line.tracking_key),
            "".join(c for c in line.concept.upper() if c.isalnum())[:120],
            line.reference.strip().lstrip("0"),
        )
    )
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A credit line without identity: what it does say."""

    key: int
    account: str
    operation_date: date
    tracking_key: str
    sending_institution: str
    clabe: str
    words: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A deposit of the same amount; `is_attested` when another statement's line stands for it already."""

    deposit_id: int
    owner_account: str
    operation_date: date
    tracking_key: str
    sending_institution: str
    clabe: str
    is_attested: bool


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a waiting line: a deposit it attests, one it is known to stand for, or why it is doubtful.

    `may_arrive`: no deposit of its day, amount and account waits for its line, so this one is not that one in disguise.
    """

    attests: int | None = None
    is_known: bool = False
    why: str = ""
    may_arrive: bool = False


def match_lines(lines: Sequence[Waiting], candidates: Sequence[Candidate]) -> dict[int, Match]:
    """Say which deposit each line attests. All lines and candidates are of one amount and currency.

    Never by guess: lines that look alike attest deposits that look alike only when there are exactly as many. First by
    the tracking key in the line's words, then on the very day, then a working day to either side.
    """
    found: dict[int, Match] = {}
    free = _Pool(each for each in candidates if not each.is_attested)
    for fits in (_names_key, _same_day, _near_day):
        while settled := _settle([line for line in lines if line.key not in found], free, fits):
            for key, deposit_id in settled.items():
                found[key] = Match(attests=deposit_id)
                free.take(deposit_id)
    taken = _Pool(each for each in candidates if each.is_attested)
    left = [line for line in lines if line.key not in found]
    for (fitting_free, fitting_taken), group in _alike(left, free, taken).items():
        for place, line in enumerate(group):
            if fitting_free:
                found[line.key] = Match(why="several")
            elif place < len(fitting_taken):
                found[line.key] = Match(is_known=True)
            else:
                waits = free.waits_on(line.operation_date, line.account)
                found[line.key] = Match(why="several" if waits else "none", may_arrive=not waits)
    return found


class _Pool:
    """Deposits of one amount, found by what a line says without looking at all of them."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._all = {each.deposit_id: each for each in candidates}
        self._by_key: dict[str, list[Candidate]] = {}
        self._by_clabe: dict[str, list[Candidate]] = {}
        self._by_day: dict[date, list[Candidate]] = {}
        for each in self._all.values():
            self._by_key.setdefault(each.tracking_key.lstrip("0"), []).append(each)
            self._by_clabe.setdefault(each.clabe, []).append(each)
            self._by_day.setdefault(each.operation_date, []).append(each)

    def take(self, deposit_id: int) -> None:
        """Leave a deposit out from now on."""
        self._all.pop(deposit_id, None)

    def waits_on(self, day: date, account: str) -> bool:
        """Tell whether a deposit of that day and account is left."""
        return any(each.deposit_id in self._all and each.owner_account == account for each in self._by_day.get(day, ()))

    def fitting(self, line: Waiting, fits: Callable[[Waiting, Candidate], bool]) -> frozenset[int]:
        """The deposits that a line may stand for."""
        some: Iterable[Candidate]
        if fits is _names_key:
            words = {word.lstrip("0") for word in _WORD.findall(line.words.upper()) if len(word) >= SHORTEST_KEY}
            own = plain_key(line.tracking_key).lstrip("0")
            some = [each for word in words | {own} - {""} for each in self._by_key.get(word, ())]
        elif line.tracking_key:
            some = self._by_key.get(plain_key(line.tracking_key).lstrip("0"), ())
        elif len(line.clabe) == LENGTH and line.clabe != line.account:
            some = self._by_clabe.get(line.clabe, ())
        else:
            first = line.operation_date if fits is _same_day else day_before(line.operation_date)
            last = line.operation_date if fits is _same_day else day_after(line.operation_date)
            days = (first + timedelta(days=count) for count in range((last - first).days + 1))
            some = [each for day in days for each in self._by_day.get(day, ())]
        return frozenset(each.deposit_id for each in some if each.deposit_id in self._all and fits(line, each))


def _by_fitting(
    lines: Sequence[Waiting], pool: _Pool, fits: Callable[[Waiting, Candidate], bool]
) -> list[tuple[Waiting, frozenset[int]]]:
    """Every line with the deposits that it may stand for; lines with the same marks are looked up once."""
    seen: dict[tuple[object, ...], frozenset[int]] = {}
    found = []
    for line in lines:
        words = line.words if fits is _names_key else ""
        marks = (line.operation_date, line.tracking_key, line.sending_institution, line.clabe, line.account, words)
        if marks not in seen:
            seen[marks] = pool.fitting(line, fits)
        found.append((line, seen[marks]))
    return found


def _settle(lines: Sequence[Waiting], pool: _Pool, fits: Callable[[Waiting, Candidate], bool]) -> dict[int, int]:
    """Lines whose fitting deposits are exactly as many as the lines that fit the same ones."""
    groups: dict[frozenset[int], list[int]] = {}
    for line, fitting in _by_fitting(lines, pool, fits):
        if fitting:
            groups.setdefault(fitting, []).append(line.key)
    wanted = Counter(deposit_id for fitting in groups for deposit_id in fitting)
    settled: dict[int, int] = {}
    given: set[int] = set()
    for fitting, keys in groups.items():
        has_rival = any(wanted[deposit_id] > 1 for deposit_id in fitting)
        if len(fitting) == len(keys) and not fitting & given and not (has_rival and fits is _near_day):
            settled.update(zip(keys, sorted(fitting), strict=True))
            given |= fitting
    return settled


def _alike(
    lines: Sequence[Waiting], free: _Pool, taken: _Pool
) -> dict[tuple[frozenset[int], frozenset[int]], list[Waiting]]:
    """Lines by what they may stand for: deposits that wait for a line, and deposits that have one."""
    groups: dict[tuple[frozenset[int], frozenset[int]], list[Waiting]] = {}
    known = dict(_keyed(lines, taken))
    for line, fitting in _by_fitting(lines, free, _near_day):
        groups.setdefault((fitting, known[line.key]), []).append(line)
    return groups


def _keyed(lines: Sequence[Waiting], pool: _Pool) -> Iterator[tuple[int, frozenset[int]]]:
    for line, fitting in _by_fitting(lines, pool, _near_day):
        yield line.key, fitting


def _names_key(line: Waiting, deposit: Candidate) -> bool:
    if not _near_day(line, deposit):
        return False
    key = deposit.tracking_key
    return key == plain_key(line.tracking_key) or (len(key) >= SHORTEST_KEY and key in line.words.upper())


def _same_day(line: Waiting, deposit: Candidate) -> bool:
    return line.operation_date == deposit.operation_date and _near_day(line, deposit)


def _near_day(line: Waiting, deposit: Candidate) -> bool:
    """Within a working day, and no mark of the line speaks against it."""
    if line.operation_date != deposit.operation_date and not (
        day_before(line.operation_date) <= deposit.operation_date <= day_after(line.operation_date)
    ):
        return False
    if line.tracking_key and plain_key(line.tracking_key).lstrip("0") != deposit.tracking_key.lstrip("0"):
        return False
    if line.sending_institution and line.sending_institution != deposit.sending_institution:
        return False
    if line.clabe and len(line.clabe) == LENGTH and len(deposit.clabe) == LENGTH and line.clabe != deposit.clabe:
        return line.clabe == line.account
    return not line.account or line.account == deposit.owner_account


def day_after(day: date) -> date:
    """The working day after; a bank's statement may print the calendar's day instead of its own."""
    return add_working_days(day + timedelta(days=1), 0)


def day_before(day: date) -> date:
    """The working day before."""
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
