"""Every room has its place on the way, its furniture and a door sign, and ARCHITECTURE.md names it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, SOURCE, imported, journey_order, near, rooms, tree

FURNITURE = ("__init__", "apps", "models", "rules", "facts", "commands", "queries", "migrations")

# Furniture that a room does without, with the reason.
DOES_WITHOUT: dict[str, dict[str, str]] = {
    "catalogue": {"facts": "what is on the shelf is asked for, nobody waits for it"},
    "checkout": {"facts": "a cart concerns only the one who fills it"},
    "notices": {"facts": "it hears everything and nobody stands above it"},
    "supervision": {"facts": "it looks on; a whisper is told to one person by a signal"},
}
VAGUE = {"util", "utils", "helper", "helpers", "service", "services", "manager", "managers", "common", "misc"}


@pytest.mark.parametrize(
    "room", [room for room in rooms() if room.parent.name == "journey"], ids=lambda room: room.name
)
def test_a_room_has_its_furniture(room: Path) -> None:
    without = DOES_WITHOUT.get(room.name, {})
    missing = [
        name
        for name in FURNITURE
        if name not in without and not (room / name).is_dir() and not (room / f"{name}.py").is_file()
    ]  # fmt: skip
    assert not missing, f"{room.name} lacks {missing}"


@pytest.mark.parametrize("room", list(rooms()), ids=lambda room: room.name)
def test_a_room_says_at_its_door_what_it_owns(room: Path) -> None:
    sign = ast.get_docstring(tree(room / "__init__.py")) or ""
    assert len(sign) > 40, f"{near(room)}/__init__.py must say what the room owns, announces and must never know"


def test_every_room_of_the_journey_has_a_step() -> None:
    named = {room for step in journey_order() for room in step}
    standing = {room.name for room in rooms() if room.parent.name == "journey"}
    assert standing <= named
    assert named - standing <= {"refunds"}, "a step of the way without its room"


def test_the_map_names_every_room_and_folder() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    folders = [
        folder.name
        for floor in ("journey", "foundations", "web", "adapters", "ports", "values", "jobs", "config")
        for folder in [SOURCE / floor, *(SOURCE / floor).iterdir()]
        if folder.is_dir() and (folder / "__init__.py").exists()
    ]
    assert not [name for name in folders if name not in page]


def test_nothing_has_a_vague_name() -> None:
    faults = []
    for path in SOURCE.rglob("*"):
        if path.stem in VAGUE and path.suffix in {"", ".py", ".js", ".css", ".html"}:
            faults.append(near(path))
        if path.suffix == ".py":
            # Django calls the maker of a model's queries a manager.
            faults += [
                f"{near(path)}:{node.lineno} {node.name}"
                for node in ast.walk(tree(path))
                if isinstance(node, ast.ClassDef)
                and node.name.endswith(("Manager", "Helper", "Service", "Utils", "Util"))
                and not any("Manager" in ast.unparse(base) for base in node.bases)
            ]
    assert not faults, "\n".join(faults)


def test_the_worker_knows_every_job() -> None:
    """A job whose file nobody imports is found by no worker."""
    jobs = SOURCE / "jobs"
    with_tasks = {path.stem for path in jobs.glob("*.py") if "@app.task" in path.read_text()}
    known = {
        module.rpartition(".")[2] for _, module in imported(jobs / "outward.py") if module.startswith("seguripago")
    }
    assert with_tasks <= known
