"""What is announced of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDismissed(Fact):
    """Somebody works at the store no more: sessions and open streams end at once."""

    subject: ClassVar[str] = "member:{user_id}"
    wakes: ClassVar[tuple[str, ...]] = ("member:{user_id}", "desk:{store_id}")

    user_id: int
