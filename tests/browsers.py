"""Which browser the tests drive, and with which switches."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import pytest

# First the one without windows: a whole Chromium sometimes never says that it has closed a person's window.
NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC: Final = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def browser_program() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where one could be installed."""
    found = os.environ.get("SEGURIPAGO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    if MAC.exists():
        return str(MAC)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        pytest.fail("No hay navegador y aquí se puede instalar: .ci/system-packages")
    pytest.skip("No hay Chromium ni Chrome en esta máquina: sudo apt-get install chromium")
