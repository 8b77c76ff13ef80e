"""Try a proposal without making it: what a clerk reads while he fills in a form."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from seguripago.foundations.approvals.queries import proposal


class _Undone(Exception):
    """Carries what would be proposed out of the transaction that is taken back."""

    def __init__(self, says: tuple[str, ...]) -> None:
        super().__init__()
        self.says = says


def would_say(store_id: int, propose: Callable[[], int]) -> tuple[str, ...]:
    """Say line by line what `propose` would propose, and take it back: nothing is kept, nobody is told.

    Raises what `propose` raises.
    """
    try:
        with transaction.atomic():
            made = proposal(store_id, propose())
            raise _Undone(() if made is None else made.says)
    except _Undone as undone:
        return undone.says
