"""Who is plugged in: one slot per family of adapters, filled once by the roof at start-up.

A folder of adapters IS the registry: every module in it defines `ADAPTER` with a unique `slug`. This module reads such
a folder (`discover`) and keeps the result (`fill`), and never knows the name of an adapter.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any, Final

_FILLED: Final[dict[str, Mapping[str, Any]]] = {}


class AdapterUnfit(RuntimeError):
    """A module of an adapters folder breaks the folder's one rule: `ADAPTER` with a `slug` of its own."""


class FamilyMissing(LookupError):
    """The roof has not filled this family of adapters."""


class AdapterMissing(LookupError):
    """No adapter of this family has that slug."""


def discover(package: ModuleType) -> dict[str, Any]:
    """Read every module of an adapters folder and give its adapters by slug, in the order of their file names.

    Raises AdapterUnfit for a module without `ADAPTER`, without a slug, or with a slug that is taken.
    """
    found: dict[str, Any] = {}
    names = sorted({module.name for module in pkgutil.iter_modules(package.__path__)})
    for name in names:
        module = importlib.import_module(f"{package.__name__}.{name}")
        adapter = getattr(module, "ADAPTER", None)
        slug = getattr(adapter, "slug", "")
        if adapter is None or not isinstance(slug, str) or not slug:
            raise AdapterUnfit(f"{module.__name__} must define ADAPTER with a slug")
        if slug in found:
            raise AdapterUnfit(f"{module.__name__} takes the slug {slug!r} of {type(found[slug]).__module__}")
        found[slug] = adapter
    return found


def fill(family: str, adapters: Mapping[str, Any]) -> None:
    """Plug the adapters of one family in; a second call replaces the first."""
    _FILLED[family] = MappingProxyType(dict(adapters))


def adapters(family: str) -> Mapping[str, Any]:
    """Give the adapters of a family by slug; raises FamilyMissing when the roof has not filled it."""
    try:
        return _FILLED[family]
    except KeyError:
        raise FamilyMissing(family) from None


def adapter(family: str, slug: str) -> Any:
    """Give one adapter; raises AdapterMissing for a slug that nobody has."""
    try:
        return adapters(family)[slug]
    except KeyError:
        raise AdapterMissing(f"{family}: {slug}") from None
