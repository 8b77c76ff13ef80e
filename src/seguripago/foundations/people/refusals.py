"""What is refused about people."""

from __future__ import annotations

from typing import ClassVar

from seguripago.values.refusal import Refusal


class MemberUnknown(Refusal):
    """Nobody of that number works at the store, or no longer."""

    code: ClassVar[str] = "SP-345"


class OnlyAnotherOwner(Refusal):
    """Only an owner of the store dismisses, and nobody himself: so one owner is always left."""

    code: ClassVar[str] = "SP-346"
