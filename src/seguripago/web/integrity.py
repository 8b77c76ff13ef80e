"""The hash of each file that we serve to be run, as browsers compare it (W3C Subresource Integrity)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage

from seguripago.foundations.page_guard.rules import sha384


def integrity(file: str) -> str:
    """The `integrity` of one of our static files: `sha384-…`. Raises FileNotFoundError."""
    path = _path(file)
    return _hash(path, path.stat().st_mtime_ns)


def _path(file: str) -> Path:
    collected: object = staticfiles_storage
    if isinstance(collected, ManifestStaticFilesStorage):
        return Path(collected.path(collected.stored_name(file)))
    found = finders.find(file)
    if not isinstance(found, str):
        raise FileNotFoundError(file)
    return Path(found)


@lru_cache(maxsize=256)
def _hash(path: Path, changed: int) -> str:
    return sha384(path.read_bytes())
