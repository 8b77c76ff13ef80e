"""Values and rules decide with what they are given; below web/ and jobs/ nobody asks the time or the dice."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.architecture.house import SOURCE, imported, near, python_files, tree

# What a pure file may import besides the standard library: pure calculations, each named.
ALLOWED = {
    "src/seguripago/values/clabe.py": {"clabe"},
    "src/seguripago/journey/orders/rules/details.py": {"stdnum"},
    "src/seguripago/journey/receipts/rules.py": {"cryptography"},
}
FURNITURE_WITH_HANDS = {"admin", "apps", "commands", "listeners", "migrations", "models", "queries"}

# The standard library's doors to the outside and to chance.
DOORS = {
    "os",
    "socket",
    "subprocess",
    "time",
    "random",
    "secrets",
    "threading",
    "asyncio",
    "urllib",
    "http",
    "sqlite3",
    "shutil",
}

CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("timezone", "now"),
    ("time", "time"), ("time", "time_ns"), ("uuid", "uuid1"), ("uuid", "uuid4"), ("uuid", "uuid7"),
}  # fmt: skip
DICE = {"random", "secrets"}

# Files below web/ and jobs/ that may look at a clock or throw dice, with the reason.
MAY_ASK: dict[str, str] = {}


def pure_files() -> list[Path]:
    """Values, rules, and whatever of their own room the rules lean on."""
    found = [*python_files("values")]
    found += [path for path in python_files("journey", "foundations") if "rules" in path.with_suffix("").parts]
    for path in found:
        for _, module in imported(path):
            parts = module.split(".")
            room = SOURCE.joinpath(*parts[1:3])
            beside = room / f"{parts[3]}.py" if len(parts) > 3 else room
            if (
                room == SOURCE.joinpath(*path.relative_to(SOURCE).parts[:2])
                and beside.is_file()
                and beside not in found
            ):
                found.append(beside)
    return found


def is_pure(module: str, path: Path) -> bool:
    """Say whether a pure file may import this: values, messages of ports, rules of any room, its own pure furniture."""
    top, *rest = module.split(".")
    if top != "seguripago":
        # urllib.parse cuts addresses and opens none.
        is_open = top in DOORS and not module.startswith("urllib.parse")
        return (top in sys.stdlib_module_names and not is_open) or top in ALLOWED.get(near(path), set())
    if rest[0] in {"values", "ports"}:
        return True
    is_own_room = tuple(rest[:2]) == path.relative_to(SOURCE).parts[:2]
    return len(rest) > 2 and (rest[2] == "rules" or (is_own_room and rest[2] not in FURNITURE_WITH_HANDS))


def test_rules_and_values_import_nothing_impure() -> None:
    faults = [
        f"{near(path)}:{line} imports {module}"
        for path in pure_files()
        for line, module in imported(path)
        if not is_pure(module, path)
    ]
    assert not faults, "\n".join(faults)


def test_nobody_below_web_and_jobs_asks_the_time_or_the_dice() -> None:
    faults = []
    for path in python_files("values", "ports", "foundations", "journey"):
        if near(path) in MAY_ASK:
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name | ast.Attribute):
                continue
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in CLOCKS or owner in DICE:
                faults.append(f"{near(path)}:{node.lineno} asks {owner}.{node.attr}")
    assert not faults, "\n".join(faults)
