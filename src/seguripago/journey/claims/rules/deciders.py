"""Who may decide an appeal: other people than those of the first decision, where the store has them. Pure."""

from __future__ import annotations

from collections.abc import Collection

from ..refusals import DecideAgainByOthers


def require_other_maker(person: int, first: Collection[int], makers: Collection[int]) -> None:
    """Refuse a maker who decided the first time, when somebody else could propose. Raises DecideAgainByOthers."""
    if person in first and set(makers) - set(first):
        raise DecideAgainByOthers


def require_other_checker(person: int, maker: int, first: Collection[int], checkers: Collection[int]) -> None:
    """Refuse a checker who decided the first time, when somebody else could approve. Raises DecideAgainByOthers."""
    if person in first and set(checkers) - set(first) - {maker}:
        raise DecideAgainByOthers
