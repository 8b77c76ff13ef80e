"""What a statement may do next, which line is which, and which deposit a line without identity attests. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from seguripago.ports.statements import StatementLine, clabes_in
from seguripago.values.calendar import add_working_days, is_working_day
from seguripago.values.clabe import LENGTH, is_valid

from .rules import plain_key


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
    free = {each.deposit_id: each for each in candidates if not each.is_attested}
    passes: tuple[Callable[[Waiting, Candidate], bool], ...] = (_names_key, _same_day, _near_day)
    for fits in passes:
        while True:
            left = [line for line in lines if line.key not in found]
            settled = _settle(left, free, fits)
            if not settled:
                break
            for key, deposit_id in settled.items():
                found[key] = Match(attests=deposit_id)
                free.pop(deposit_id, None)
    taken = [each for each in candidates if each.is_attested]
    left = [line for line in lines if line.key not in found]
    for group in _alike(left, [*free.values(), *taken], _near_day):
        fitting_free, fitting_taken = _fitting(group[0], free.values()), _fitting(group[0], taken)
        for place, line in enumerate(group):
            if fitting_free:
                found[line.key] = Match(why="several")
            elif place < len(fitting_taken):
                found[line.key] = Match(is_known=True)
            else:
                waits = any(
                    each.operation_date == line.operation_date and each.owner_account == line.account
                    for each in free.values()
                )
                found[line.key] = Match(why="several" if waits else "none", may_arrive=not waits)
    return found


def _settle(
    lines: Sequence[Waiting], free: dict[int, Candidate], fits: Callable[[Waiting, Candidate], bool]
) -> dict[int, int]:
    """Lines whose fitting deposits are exactly as many as the lines that fit the same ones."""
    by_set: dict[frozenset[int], list[int]] = {}
    for line in lines:
        fitting = frozenset(pk for pk, each in free.items() if fits(line, each))
        if fitting:
            by_set.setdefault(fitting, []).append(line.key)
    for fitting, keys in by_set.items():
        rivals = [other for other in by_set if other != fitting and other & fitting]
        if len(fitting) == len(keys) and (not rivals or fits is not _near_day):
            return dict(zip(keys, sorted(fitting), strict=True))
    return {}


def _alike(
    lines: Sequence[Waiting], candidates: Sequence[Candidate], fits: Callable[[Waiting, Candidate], bool]
) -> list[list[Waiting]]:
    groups: dict[frozenset[int], list[Waiting]] = {}
    for line in lines:
        groups.setdefault(frozenset(each.deposit_id for each in candidates if fits(line, each)), []).append(line)
    return list(groups.values())


def _fitting(line: Waiting, candidates: Collection[Candidate]) -> list[int]:
    return [each.deposit_id for each in candidates if _near_day(line, each)]


def _names_key(line: Waiting, deposit: Candidate) -> bool:
    if not _near_day(line, deposit):
        return False
    key = deposit.tracking_key
    return key == plain_key(line.tracking_key) or (len(key) >= 6 and key in line.words.upper())


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
