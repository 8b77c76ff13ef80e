"""Who did it: a person or the program itself, named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

ActorKind = Literal["buyer", "staff", "assistant", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the people.User for staff, None for everyone else; `name` is what screens show."""

    kind: ActorKind
    id: int | None
    name: str

    @classmethod
    def buyer(cls, name: str) -> Self:
        return cls("buyer", None, name)

    @classmethod
    def staff(cls, user_id: int, name: str) -> Self:
        return cls("staff", user_id, name)

    @classmethod
    def assistant(cls) -> Self:
        return cls("assistant", None, "Asistente CONNECT@Me")

    @classmethod
    def system(cls, name: str = "SeguriPago") -> Self:
        return cls("system", None, name)
