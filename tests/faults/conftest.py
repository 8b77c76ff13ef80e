"""One cluster with fsync on for all tests of faults, in a folder that its user may enter."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.house import House


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """A PostgreSQL of our own that may be killed."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="seguripago-faults-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711)
        (folder / "data" / "static").mkdir(parents=True)
        yield House(folder, stack)


@pytest.fixture(scope="session")
def seed() -> int:
    """What the dice start from: SEGURIPAGO_SEED, else another one each time. A failing test prints it."""
    return int(os.environ.get("SEGURIPAGO_SEED") or int.from_bytes(os.urandom(4)))
