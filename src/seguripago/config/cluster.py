"""Our own PostgreSQL for a machine without DATABASE_URL: made, started, shared, stopped and recovered without a person.

Loopback and scram only, data with mode 0700, an unprivileged user when we are root. The cluster lives under `.data/`,
or under /var/lib when its user could not reach that folder. Whoever uses it holds a shared lock; the last one to leave
stops the server, so two commands may share it and a killed one leaves nothing locked.
"""

import contextlib
import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psycopg
from psycopg import sql

from seguripago.config.cluster_binaries import Binaries, ServerMissing, find_binaries
from seguripago.config.cluster_server import Server, ServerFailed
from seguripago.config.cluster_user import owner_for, usable_binaries

__all__ = ["ClusterFailed", "ServerMissing", "borrowed", "locate", "revive"]

ADMIN = "seguripago_admin"
APPLICATION = "seguripago"
# Below Linux's ephemeral range (32768 on), so that no passing connection can sit on our port.
PORTS = range(20_000, 30_000)


class ClusterFailed(ServerFailed):
    """Our own cluster cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What must be remembered of a cluster between two runs; kept in a file of mode 0600."""

    home: str
    port: int
    admin_password: str
    password: str

    def url(self, database: str = APPLICATION) -> str:
        """Give the application's connection address."""
        return f"postgres://{APPLICATION}:{self.password}@127.0.0.1:{self.port}/{database}"


def locate(data_dir: Path, name: str = "postgres") -> Deed | None:
    """Read what is remembered of the cluster called `name`, without starting anything."""
    file = data_dir / f"{name}.json"
    return Deed(**json.loads(file.read_text())) if file.exists() else None


@contextlib.contextmanager
def borrowed(
    data_dir: Path, name: str = "postgres", *, durable: bool = True, binaries: Binaries | None = None
) -> Iterator[str]:
    """Give the address of the cluster called `name`, running, until the block ends; the last borrower stops it.

    `durable=False` turns fsync off and is meant for tests only; `binaries` names a server instead of finding one.
    Raises ClusterFailed or ServerMissing.
    """
    make_data_dir(data_dir)
    with (data_dir / f"{name}.users").open("a") as users:
        with _alone(data_dir / f"{name}.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            deed, server = _start(data_dir, name, durable=durable, binaries=binaries)
        try:
            yield deed.url()
        finally:
            with _alone(data_dir / f"{name}.lock"):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # somebody else is still using it
                else:
                    server.stop()


def revive(data_dir: Path, name: str = "postgres") -> bool:
    """Start the borrowed cluster again, at the same address, if it has died alone; tells whether it had.

    For whoever borrows it and outlives it. Raises ClusterFailed or ServerFailed.
    """
    deed = locate(data_dir, name)
    # A server that recovers or is full keeps its port: only a dead one leaves it free.
    if deed is None or not _is_free(deed.port):
        return False
    with _alone(data_dir / f"{name}.lock"):
        _start(data_dir, name, durable=True, binaries=None)
    return True


def make_data_dir(data_dir: Path) -> None:
    """Make the folder of local data: others may pass through it, only its owner may list it."""
    if not data_dir.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o711)


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    with open(fresh, "w", opener=lambda path, flags: os.open(path, flags | os.O_EXCL, 0o600)) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(data_dir: Path, name: str, *, durable: bool, binaries: Binaries | None) -> tuple[Deed, Server]:
    deed = locate(data_dir, name)
    owner = owner_for(data_dir, name, home=Path(deed.home) if deed else None)
    if deed is None:
        if (owner.home / "data").exists():
            raise ClusterFailed(
                f"Hay una base de datos en {owner.home} pero falta {data_dir / name}.json, con su contraseña. "
                f"Recupera ese archivo, o mueve la carpeta para empezar de cero."
            )
        deed = Deed(str(owner.home), _free_port(), secrets.token_urlsafe(24), secrets.token_urlsafe(24))
        write_secret(data_dir / f"{name}.json", json.dumps(asdict(deed)))
    found = binaries or find_binaries(major=_major_of(owner.home / "data"))
    server = Server(binaries=usable_binaries(found, owner), owner=owner)
    if not (owner.home / "data").exists():
        server.create(admin=ADMIN, password=deed.admin_password)
    while not (running := _answers(deed, server.data)) and server.is_alive():
        time.sleep(0.2)  # it is starting, recovering or stopping; pg_ctl would only quarrel with it
    if not running:
        deed = _start_on_some_port(data_dir, name, deed, server, durable=durable)
    _furnish(deed)
    return deed, server


def _start_on_some_port(data_dir: Path, name: str, deed: Deed, server: Server, *, durable: bool) -> Deed:
    server.clear_away_the_dead()
    if not _is_free(deed.port):
        deed = replace(deed, port=_free_port())
        write_secret(data_dir / f"{name}.json", json.dumps(asdict(deed)))
    server.configure(port=deed.port, durable=durable)
    server.start()
    return deed


def _major_of(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text().strip()) if version.exists() else None


def _answers(deed: Deed, data: Path) -> bool:
    """Say whether the server on the remembered port is ours: it knows our password and serves our folder."""
    try:
        with _admin(deed) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == data.resolve()


def _admin(deed: Deed) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1", port=deed.port, user=ADMIN, password=deed.admin_password, dbname="postgres",
        connect_timeout=5, autocommit=True, application_name="seguripago cluster",
    )  # fmt: skip


def _furnish(deed: Deed) -> None:
    """Make the application's role and database where they are missing; a kill half-way is mended by the next run."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with _admin(deed) as connection:
                _make_role_and_database(connection, deed.password)
                return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise ClusterFailed(f"La base de datos arrancó pero no contesta: {error}") from error
            time.sleep(0.1)


def _make_role_and_database(connection: psycopg.Connection, password: str) -> None:
    role = sql.Identifier(APPLICATION)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
        # CREATEDB lets the tests make their own database; the role is no superuser.
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(role, sql.Literal(password)))
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [APPLICATION]).fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))


def _free_port() -> int:
    for _ in range(200):
        port = secrets.choice(PORTS)
        if _is_free(port):
            return port
    raise ClusterFailed(f"No hay un puerto libre entre {PORTS.start} y {PORTS.stop}.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
