"""Put the whole site into a folder and take it back: the database with pg_dump, and the files that people sent."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from seguripago import __version__
from seguripago.config.cluster_binaries import ServerMissing, tool
from seguripago.config.command_line_home import NotReady, data_dir

FILES = "files"
ASIDE = "seguripago_before_restore"
ENVIRONMENT_OF = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def backup(*, folder: str) -> dict[str, Any]:
    """Write `database.dump`, `files/` and, last, `manifest.json` into a new folder.

    The dump comes first: a file is kept before the row that names it, so none that the dump names can be missing.
    The main key is not in it: without SEGURIPAGO_MAIN_KEY a backup cannot sign nor read secrets.
    """
    target = Path(folder).absolute()
    if target.exists() and any(target.iterdir()):
        raise NotReady(f"{target} ya existe y no está vacía.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = _dump(target / "database.dump")
    copied = _copy_files(data_dir() / FILES, target / FILES)
    manifest = {
        "version": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "server": _server_version(),
        "tables": count,
        "files": copied,
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return {"folder": str(target), **manifest}


def restore(*, folder: str, replace: bool) -> dict[str, Any]:
    """Bring a backup back into an empty database; with `replace`, empty it first. All of it or nothing of it."""
    source = Path(folder).absolute()
    if not (source / "manifest.json").is_file():
        raise NotReady(f"{source} no es un respaldo completo: le falta manifest.json.")
    manifest = json.loads((source / "manifest.json").read_text())
    if _tables() and not replace:
        raise NotReady("La base de datos no está vacía. Usa otra, o --replace para borrar lo que hay.")
    with _set_aside() if replace else nullcontext():
        name = conninfo_to_dict(os.environ["DATABASE_URL"]).get("dbname") or ""
        _run(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
            "--dbname", str(name), str(source / "database.dump"),
        )  # fmt: skip
    copied = _copy_files(source / FILES, data_dir() / FILES)
    return {"folder": str(source), "tables": len(_tables()), "files": copied, "made_at": manifest["made_at"]}


@contextmanager
def _set_aside() -> Iterator[None]:
    """Keep what is there under another name until the backup is in; a failed restore puts it back."""
    with _connect() as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE")
        connection.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        connection.execute("CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        with _connect() as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    with _connect() as connection:
        connection.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def _dump(file: Path) -> int:
    count = len(_tables())
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(file))
    file.chmod(0o600)
    return count


def _run(program: str, *options: str) -> None:
    """Run a PostgreSQL client; the password goes through the environment, where no process list shows it."""
    said = conninfo_to_dict(os.environ["DATABASE_URL"])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {
        ENVIRONMENT_OF[name]: str(value) for name, value in said.items() if name in ENVIRONMENT_OF and value
    }
    try:
        path = tool(program, at_least=_server_version() // 10_000)
    except ServerMissing as error:
        raise NotReady(str(error)) from error
    done = subprocess.run([path, *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotReady(f"{program} falló: {done.stderr.strip()}")


def _connect() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10)


def _server_version() -> int:
    with _connect() as connection:
        return connection.info.server_version


def _tables() -> tuple[str, ...]:
    with _connect() as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return tuple(name for (name,) in rows)


def _copy_files(source: Path, target: Path) -> int:
    if not source.is_dir():
        return 0
    shutil.copytree(source, target, dirs_exist_ok=True)
    return sum(1 for path in source.rglob("*") if path.is_file())
