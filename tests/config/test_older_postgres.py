"""The rooms of the money on the PostgreSQL of the machine too: Debian has an older one than the tests stand on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from seguripago.config.cluster import borrowed
from seguripago.config.cluster_binaries import all_binaries

ROOT = Path(__file__).resolve().parents[2]
SMALLER = ("tests/money/test_money_path.py", "tests/orders/test_place_order.py", "tests/checkout", "tests/races")


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="seguripago-older-") as name:
        # The server may run as another user, who must be able to pass.
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_money_stands_on_the_machines_own_postgresql(folder: Path) -> None:
    machine = sorted((found for found in all_binaries() if found.origin == "machine"), key=lambda found: found.major)
    if not machine:
        pytest.skip("No hay PostgreSQL de la máquina: sudo apt-get install postgresql")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SEGURIPAGO_", "DJANGO_"))}
    with borrowed(folder, "postgres-machine", durable=False, binaries=machine[0]) as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *SMALLER],
            env=kept | {"DATABASE_URL": url},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
