"""An expected "no": a class with its facts and a code that a person can search."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """Something asked for that the domain refuses. Subclasses set `code` and carry their facts as attributes."""

    code: ClassVar[str] = "SP-000"
    registry: ClassVar[dict[str, type[Refusal]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        known = Refusal.registry.get(cls.code)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"{cls.__qualname__} reuses {cls.code} of {known.__qualname__}")
        Refusal.registry[cls.code] = cls

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
