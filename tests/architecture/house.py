"""What the inspectors read: the project's own files, and the order of floors and rooms as .importlinter states it."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "seguripago"


@cache
def python_files(*floors: str, migrations: bool = False) -> tuple[Path, ...]:
    """List our Python files, all or those of some floors; generated migrations only on demand."""
    roots = [SOURCE / floor for floor in floors] if floors else [SOURCE]
    return tuple(
        path
        for root in roots
        for path in sorted(root.rglob("*.py"))
        if migrations or "migrations" not in path.parts
    )  # fmt: skip


@cache
def tree(path: Path) -> ast.Module:
    """Read a Python file."""
    return ast.parse(path.read_text(), str(path))


def near(path: Path) -> str:
    """Name a file as a person would."""
    return str(path.relative_to(ROOT))


def rooms() -> Iterator[Path]:
    """List the rooms: the Django apps of the journey and of the foundations."""
    for floor in ("foundations", "journey"):
        yield from (apps.parent for apps in sorted((SOURCE / floor).glob("*/apps.py")))


def room_of(path: Path) -> str | None:
    """Name the room that a file is in, None for a file outside the rooms."""
    parts = path.relative_to(SOURCE).parts
    return parts[1] if len(parts) > 2 and parts[0] in {"foundations", "journey"} else None


@cache
def journey_order() -> tuple[frozenset[str], ...]:
    """Give the steps of the journey, earliest first; rooms side by side stand in one step."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    lines = config["importlinter:contract:journey"]["layers"].split("\n")
    steps = [frozenset(re.findall(r"\w+", line)) for line in lines if line.strip()]
    return tuple(reversed(steps))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """List every module that a file imports, absolute, with its line."""
    package = ("seguripago", *path.relative_to(SOURCE).parent.parts)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module or "")))
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """List the string literals of a Python file that are no docstrings, with their lines."""
    module = tree(path)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def templates() -> tuple[Path, ...]:
    """List the templates of pages; those of mails follow other rules."""
    return tuple(sorted(SOURCE.glob("web/*/templates/**/*.html")))


@cache
def tracked() -> tuple[Path, ...]:
    """List what git keeps, and what it would keep next."""
    said = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return tuple(path for line in said.splitlines() if (path := ROOT / line).is_file())
