"""The real program and real browsers: `seguripago up` on loopback ports, a database of its own, Chromium.

    running_site   the program, started once for all browser tests
        .url             "http://127.0.0.1:<port>"
        .sandbox_url     the sandbox bank's address
        .password        the demo people's password
        .database_url    for looking, never for playing a person
        .command("deposit", "--clabe", …)   runs `seguripago … --json` beside it and gives the object that it printed
        .log("trabajador")                  what one of its processes said
    desktop        makes a browser context of 1280 x 900: `page = desktop().new_page()`
    phone          makes a browser context of 390 x 844, with touch

Each call of `desktop` or `phone` is another person: nothing is shared. At the end of a test every page must have been
clean: no script error, nothing refused by the CSP, no request to another host. `page.goto("/")` works: the address of
the site is the contexts' base.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.browsers import FLAGS, browser_program
from tests.ports import two_free_ports

START_LIMIT_S = 300
FAILED = pytest.StashKey[bool]()

# Playwright's own loop runs in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass(frozen=True, slots=True)
class RunningSite:
    """The program under test, seen from outside."""

    url: str
    sandbox_url: str
    password: str
    database_url: str
    data_dir: Path
    environment: dict[str, str]
    hosts_let_through: set[str] = field(default_factory=set)
    """Hosts beside its own that its pages may ask now: the stand-in of a card gateway."""

    def command(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Run `seguripago … --json` beside it and give its answer; `code` is the exit code that is right."""
        done = subprocess.run(
            [sys.executable, "-m", "seguripago.config.command_line", *words, "--json"],
            env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"seguripago {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def log(self, name: str) -> str:
        """Give what one of its processes said: sitio, trabajador, banco-de-pruebas."""
        return (self.data_dir / "log" / f"{name}.log").read_text()


@pytest.fixture(scope="package")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """Start the demo on free ports against a fresh database, and stop it at the end."""
    data = tmp_path_factory.mktemp("site")
    port = two_free_ports()
    with ExitStack() as stack:
        database_url = _fresh_database(stack)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SEGURIPAGO_", "DJANGO_"))
        } | {
            "DATABASE_URL": database_url,
            "SEGURIPAGO_DEMO": "1",
            "SEGURIPAGO_DATA_DIR": str(data),
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
        }
        _start(stack, environment, data)
        yield RunningSite(
            url=f"http://127.0.0.1:{port}",
            sandbox_url=f"http://127.0.0.1:{port + 1}",
            password=json.loads((data / "demo.json").read_text())["password"],
            database_url=database_url,
            data_dir=data,
            environment=environment,
        )


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all; people are contexts of it."""
    program = browser_program()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()
    # What runs after these tests in this process has a loop of its own.
    asyncio.set_event_loop(None)


@pytest.fixture
def desktop(people: Callable[..., BrowserContext]) -> Callable[[], BrowserContext]:
    """Make another person at a desk."""
    return lambda: people(viewport={"width": 1280, "height": 900})


@pytest.fixture
def phone(people: Callable[..., BrowserContext]) -> Callable[[], BrowserContext]:
    """Make another person with a phone."""
    return lambda: people(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def people(
    running_site: RunningSite, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """Make contexts of any size; pages are watched, and a failed test leaves their pictures in test-results/."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=running_site.url, accept_downloads=True, **options)
        context.set_default_timeout(30_000)
        context.on("page", lambda page: _watch(page, running_site, faults))
        contexts.append(context)
        return context

    yield make
    if request.node.stash.get(FAILED, False):
        _keep_pictures(contexts, request.node.name)
    for context in contexts:
        context.close()
    assert not faults, "the pages were not clean:\n" + "\n".join(faults)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure where the fixtures of that test can see it."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def _keep_pictures(contexts: list[BrowserContext], name: str) -> None:
    folder = Path("test-results")
    folder.mkdir(exist_ok=True)
    safe = re.sub(r"[^a-z0-9_]+", "-", name.lower())
    for number, page in enumerate(page for context in contexts for page in context.pages):
        with suppress(PlaywrightError):
            page.screenshot(path=folder / f"{safe}-{number}.png", full_page=True)


def _watch(page: Page, site: RunningSite, faults: list[str]) -> None:
    ours = {urlsplit(site.url).netloc, urlsplit(site.sandbox_url).netloc}

    def on_request(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc not in ours | site.hosts_let_through:
            faults.append(f"{page.url} asked another host: {request.url}")

    def on_console(message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(f"{page.url}: {message.text}")

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))


def _start(stack: ExitStack, environment: dict[str, str], data: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "seguripago.config.command_line", "up"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    stack.callback(_stop, process)
    lines: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if line.startswith("READY "):
                ready.set()
        process.stdout.close()
        ready.set()

    listener = threading.Thread(target=listen)
    listener.start()
    stack.callback(listener.join, 20)
    # Callbacks run last first: the process must end before its listener can.
    stack.callback(process.terminate)
    ready.wait(START_LIMIT_S)
    if not any(line.startswith("READY ") for line in lines):
        pytest.fail("the site did not start:\n" + "".join(lines[-40:]))


@pytest.fixture(scope="module")
def clear_desk(running_site: RunningSite, browser: Browser) -> None:
    """A desk at which nothing of earlier walks is open, and an analyst whose presence follows the hand again."""
    from tests.e2e import walking

    for walk in (walking.clear_the_desk, walking.sit_down):
        context = browser.new_context(base_url=running_site.url)
        walk(context.new_page(), running_site.password)
        context.close()


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def _fresh_database(stack: ExitStack) -> str:
    """Make an empty database beside the tests' own one, dropped at the end."""
    given = os.environ["DATABASE_URL"]
    name = f"seguripago_site_{secrets.token_hex(4)}"
    server = conninfo_to_dict(given) | {"dbname": "postgres"}

    def do(statement: str) -> None:
        with psycopg.connect(autocommit=True, **server) as connection:  # type: ignore[arg-type]
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    do("CREATE DATABASE {}")
    stack.callback(do, "DROP DATABASE IF EXISTS {} WITH (FORCE)")
    return re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", given)
