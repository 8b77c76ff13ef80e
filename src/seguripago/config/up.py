"""`seguripago up`: the demo in one terminal, until Ctrl-C: database, tables, store, site, worker, sandbox bank."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from seguripago.config import command_line_home as home
from seguripago.config.cluster import revive
from seguripago.config.cluster_server import ServerFailed
from seguripago.config.up_children import Child
from seguripago.config.up_screen import Screen

READY_LIMIT_S = 60
LOOK_EVERY_S = 0.25
DATABASE_PAUSE_S = 5


def up(*, port: int | None = None, tell: Any = None) -> None:
    """Run the demo until it is told to stop; `tell` receives one JSON object when everything answers."""
    _listen_to_the_terminal()
    port = port or int(os.environ.get("PORT") or "8000")
    screen = Screen(quiet=tell is not None)
    _only_for_the_demo()
    for one in (port, port + 1):
        if not _is_free(one):
            raise home.NotReady(
                f"El puerto {one} está ocupado: ¿hay otro `make up` abierto? "
                f"Ciérralo o elige otro: make up PORT={port + 10}"
            )
    os.environ["PORT"] = str(port)
    demo = home.make_demo(port=port)
    home.wear(demo)
    logs = home.data_dir() / "log"
    logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home.data_dir() / "static").mkdir(exist_ok=True)
    database_is_ours = not os.environ.get("DATABASE_URL")
    with ExitStack() as stack:
        screen.step("Base de datos")
        stack.enter_context(home.database())
        screen.step("Tablas")
        _run_once("migrate", logs)
        screen.step("Tienda de demostración")
        _run_once("demo", logs)
        screen.step("Sitio, trabajador y banco de pruebas")
        children = _children(port, logs)
        with _all_stopped_at_the_end(children, screen):
            for child in children:
                child.start()
            _wait_until_ready(port, children)
            screen.ready(port, demo.password, logs)
            if tell is not None:
                print(json.dumps({"ready": f"http://127.0.0.1:{port}/", "sandbox": port + 1}), file=tell, flush=True)
            _watch(children, screen, database_is_ours=database_is_ours)


def _children(port: int, logs: Path) -> tuple[Child, ...]:
    own = (sys.executable, "-m", "seguripago.config.command_line")
    site = (
        sys.executable, "-m", "uvicorn", "seguripago.config.asgi:application", "--host", "127.0.0.1",
        "--port", str(port), "--timeout-graceful-shutdown", "1", "--no-access-log", "--log-level", "warning",
    )  # fmt: skip
    return (
        Child("sitio", site, logs / "sitio.log"),
        Child("trabajador", (*own, "worker"), logs / "trabajador.log"),
        Child("banco de pruebas", (*own, "sandbox-bank", "--port", str(port + 1)), logs / "banco-de-pruebas.log"),
    )


def _listen_to_the_terminal() -> None:
    """Leave on Ctrl-C and when the terminal closes, also where a script started us with both ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))


def _only_for_the_demo() -> None:
    if os.environ.get("SEGURIPAGO_DEMO", "1") not in {"1", "true", "yes"}:
        raise home.NotReady("`up` es la demostración. En producción corre por separado web, live y worker.")
    if os.environ.get("SEGURIPAGO_SECRET_KEY") and "SEGURIPAGO_DEMO" not in os.environ:
        raise home.NotReady("Hay un SEGURIPAGO_SECRET_KEY de producción en el ambiente; `up` es la demostración.")


def _run_once(word: str, logs: Path) -> None:
    """Run one of our own commands to its end, in its own process, so that this one stays small."""
    child = Child(word, (sys.executable, "-m", "seguripago.config.command_line", word), logs / f"{word}.log")
    child.start()
    try:
        code = child.wait()
    except BaseException:
        child.stop()
        raise
    if code != 0:
        raise home.NotReady(f"`seguripago {word}` falló:\n{child.last_words()}")


@contextmanager
def _all_stopped_at_the_end(children: Sequence[Child], screen: Screen) -> Iterator[None]:
    try:
        yield
    finally:
        # A second Ctrl-C must not leave half of them running; what follows ends by itself within seconds.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        screen.stopping()
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()


def _wait_until_ready(port: int, children: Sequence[Child]) -> None:
    deadline = time.monotonic() + READY_LIMIT_S
    while not (_page_answers(port) and not _is_free(port + 1) and all(child.has_settled() for child in children)):
        for child in children:
            if not child.is_alive():
                raise home.NotReady(f"{child.name} no arrancó:\n{child.last_words()}")
        if time.monotonic() > deadline:
            raise home.NotReady(f"El sitio no contestó en {READY_LIMIT_S} s; lee {children[0].log}")
        time.sleep(LOOK_EVERY_S)


def _watch(children: Sequence[Child], screen: Screen, *, database_is_ours: bool) -> None:
    looks_again_at = 0.0
    while True:
        if database_is_ours and time.monotonic() >= looks_again_at:
            try:
                if revive(home.data_dir()):
                    screen.database_restarted()
            except ServerFailed as failed:
                screen.database_failed(str(failed))
                looks_again_at = time.monotonic() + DATABASE_PAUSE_S
        for child in children:
            if not child.is_alive() and child.may_start_again():
                screen.restarted(child)
                child.start()
        time.sleep(LOOK_EVERY_S)


def _page_answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
