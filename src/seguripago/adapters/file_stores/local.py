"""Keeps files in a folder of this machine: own random names, mode 0600, nothing that a stranger typed in a path."""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings

from seguripago.ports.file_stores import FileMissing

_NAME: Final = re.compile(r"[a-z]{1,20}/[0-9a-f]{2}/[0-9a-f]{32}", re.ASCII)
_SHELF: Final = re.compile(r"[a-z]{1,20}", re.ASCII)


class LocalFiles:
    """A file lies at `<shelf>/<two digits>/<thirty-two digits>` under the data folder."""

    slug = "local"
    title = "Carpeta de esta máquina"

    def put(self, shelf: str, body: bytes) -> str:
        """Write under a new name, flushed to the disk; a half-written file never has that name."""
        if not _SHELF.fullmatch(shelf):
            raise ValueError(f"{shelf!r} is not the name of a shelf")
        random = secrets.token_hex(16)
        name = f"{shelf}/{random[:2]}/{random}"
        path = self._root() / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
        return name

    def read(self, name: str) -> bytes:
        """Read; raises FileMissing also for a name that this store never gives, such as one with dots."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise FileMissing(name) from None

    def remove(self, name: str) -> None:
        """Delete; nothing happens when it is gone."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise FileMissing(name)
        return self._root() / name

    def _root(self) -> Path:
        root: Path = settings.SEGURIPAGO.data_dir / "files"
        return root


ADAPTER: Final = LocalFiles()
