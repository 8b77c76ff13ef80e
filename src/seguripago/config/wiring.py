"""Joins what may not know each other: adapters to ports, listeners to facts."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from seguripago import adapters, journey
from seguripago.foundations.facts.commands import Listener
from seguripago.ports import registry

_JOURNEY = Path(journey.__path__[0])
_ADAPTERS = Path(adapters.__path__[0])


def connect() -> None:
    """Fill the registry of every adapter family from its folder. Called once by every program."""
    for family in sorted(folder.name for folder in _ADAPTERS.iterdir() if (folder / "__init__.py").exists()):
        registry.fill(family, registry.discover(import_module(f"seguripago.adapters.{family}")))


def listeners() -> tuple[Listener, ...]:
    """Every room's listeners, by the room's name."""
    found: list[Listener] = []
    for room in sorted(folder.name for folder in _JOURNEY.iterdir() if (folder / "apps.py").exists()):
        if find_spec(f"seguripago.journey.{room}.listeners"):
            found.extend(import_module(f"seguripago.journey.{room}.listeners").LISTENERS)
    return tuple(found)
