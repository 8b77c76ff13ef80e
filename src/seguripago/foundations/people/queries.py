"""Who somebody is and what he may do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from .models import Membership, User


@dataclass(frozen=True, slots=True)
class Member:
    user_id: int
    name: str
    email: str
    analyst_number: str
    store_id: int
    role: str

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


def member(user_id: int) -> Member | None:
    """The active person with the store and role, or None."""
    return _view(Membership.objects.select_related("user").filter(user_id=user_id, user__is_active=True).first())


def members(store_id: int) -> tuple[Member, ...]:
    rows = (
        Membership.objects.select_related("user").filter(store_id=store_id, user__is_active=True).order_by("user__name")
    )
    return tuple(view for row in rows if (view := _view(row)) is not None)


def working(user_ids: Collection[int]) -> frozenset[int]:
    """Those of the people who still work at a store."""
    rows = Membership.objects.filter(user_id__in=user_ids, user__is_active=True)
    return frozenset(rows.values_list("user_id", flat=True))


def analyst_by_number(number: str) -> Member | None:
    """For anyone who asks whether the analyst in the chat is real."""
    row = Membership.objects.select_related("user").filter(
        user__analyst_number=number.strip().upper(), user__is_active=True
    )
    return _view(row.first())


def is_locked(email: str, *, at: datetime) -> bool:
    return User.objects.filter(email=email.strip().lower(), locked_until__gt=at).exists()


def _view(row: Membership | None) -> Member | None:
    if row is None:
        return None
    return Member(row.user_id, row.user.name, row.user.email, row.user.analyst_number, row.store_id, row.role)
