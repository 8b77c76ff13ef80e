"""The shape of a fact: a frozen dataclass of ids and primitives, in the past tense."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from string import Formatter
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
        return _filled(self.subject, self)

    def topics(self) -> tuple[str, ...]:
        return tuple(_filled(topic, self) for topic in self.wakes)

    def to_json(self) -> dict[str, Any]:
        return {name: _plain(getattr(self, name)) for name in _types(cast(Any, type(self)))}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Fields that a newer version added take their defaults; fields it dropped are ignored."""
        known = _types(cast(Any, cls))
        return cls(**{name: _read(known[name], value) for name, value in body.items() if name in known})


def _filled(template: str, fact: Fact) -> str:
    return "".join([text if name is None else f"{text}{getattr(fact, name)}" for text, name in _pieces(template)])


@cache
def _pieces(template: str) -> tuple[tuple[str, str | None], ...]:
    """A template as (text, name of the field that follows it)."""
    return tuple((text, name) for text, name, _, _ in Formatter().parse(template))


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
