"""The shape of a fact: a frozen dataclass of ids and primitives, in the past tense."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, Self, cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened in `store_id` at `at`.

    A subclass names its `subject` (what waits in line when a listener fails) and the topics it `wakes`,
    both as templates over its own fields.
    """

    subject: ClassVar[str] = ""
    wakes: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[dict[str, type[Fact]]] = {}

    store_id: int
    at: datetime

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # No super(): slots=True makes the class a second time and the zero-argument form would name the first.
        Fact.kinds[cls.__name__] = cls

    def subject_key(self) -> str:
        return self.subject.format_map(_Fields(self))

    def topics(self) -> tuple[str, ...]:
        return tuple(topic.format_map(_Fields(self)) for topic in self.wakes)

    def to_json(self) -> dict[str, Any]:
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Fields that a newer version added take their defaults; fields it dropped are ignored."""
        known = _types(cast(Any, cls))
        return cls(**{name: _read(known[name], value) for name, value in body.items() if name in known})


class _Fields(dict[str, Any]):
    def __init__(self, fact: Fact) -> None:
        self.fact = fact

    def __missing__(self, name: str) -> Any:
        return getattr(self.fact, name)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value


def _read(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    options = set(typing.get_args(kind)) or {kind}
    if datetime in options:
        return datetime.fromisoformat(value)
    if date in options:
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


@cache
def _types(cls: type[Fact]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}
