"""Who this program is on this machine: the demo with its generated secrets, or production with its environment."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from seguripago.config.cluster import borrowed, locate, make_data_dir, write_secret
from seguripago.config.cluster_binaries import ServerMissing
from seguripago.config.cluster_server import ServerFailed
from seguripago.config.cluster_user import NoUserForServer


class NotReady(Exception):
    """Something outside the program is missing; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's identity, made once and kept in a file of mode 0600."""

    secret_key: str
    password: str
    port: int


def data_dir() -> Path:
    """Give the folder of local data."""
    return Path(os.environ.get("SEGURIPAGO_DATA_DIR", ".data")).absolute()


def assume_identity() -> None:
    """Take on the demo's identity where no other was given.

    Production names its own secret; a machine where the demo was never made refuses instead of inventing one.
    """
    if os.environ.get("SEGURIPAGO_SECRET_KEY"):
        return
    wanted = os.environ.get("SEGURIPAGO_DEMO", "")
    demo = read_demo()
    if wanted in {"1", "true", "yes"}:
        wear(demo or make_demo())
    elif not wanted and demo is not None:
        wear(demo)
    else:
        raise NotReady(
            "Falta SEGURIPAGO_SECRET_KEY. En producción defínela (al menos 40 caracteres); "
            "para la demostración usa `make up`, o SEGURIPAGO_DEMO=1."
        )


def read_demo() -> Demo | None:
    """Read the demo's identity; None where the demo was never made."""
    file = data_dir() / "demo.json"
    return Demo(**json.loads(file.read_text())) if file.exists() else None


def make_demo(*, port: int | None = None) -> Demo:
    """Make the demo's identity, or keep the one that exists and remember the port it is served on."""
    make_data_dir(data_dir())
    known = read_demo()
    demo = Demo(
        secret_key=known.secret_key if known else secrets.token_urlsafe(48),
        password=known.password if known else f"cafe-{secrets.token_hex(4)}",
        port=port or (known.port if known else int(os.environ.get("PORT", "8000"))),
    )
    if demo != known:
        write_secret(data_dir() / "demo.json", json.dumps(asdict(demo)))
    return demo


def wear(demo: Demo) -> None:
    """Put the demo's identity into the environment, for this program and its children."""
    os.environ["SEGURIPAGO_DEMO"] = "1"
    os.environ["SEGURIPAGO_SECRET_KEY"] = demo.secret_key
    os.environ.setdefault("SEGURIPAGO_DEMO_PASSWORD", demo.password)
    os.environ.setdefault("PORT", str(demo.port))


def is_installed() -> bool:
    """Whether this machine knows a database of ours: named in the environment, or a cluster of our own."""
    return bool(os.environ.get("DATABASE_URL")) or locate(data_dir()) is not None


@contextlib.contextmanager
def database() -> Iterator[str]:
    """Give the database's address, also in DATABASE_URL: the environment's, else our own cluster while we use it."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(borrowed(data_dir()))
        except (ServerMissing, ServerFailed, NoUserForServer) as error:
            raise NotReady(str(error)) from error
        os.environ["DATABASE_URL"] = url
        stack.callback(os.environ.pop, "DATABASE_URL", None)
        yield url
