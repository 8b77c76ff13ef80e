"""What runs in production is under licences that a shop may use: never GPL or AGPL."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "uv.lock"
FORBIDDEN = re.compile(r"\b(?:A?GPL|(?:Affero )?General Public License)", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|Lesser General Public", re.IGNORECASE)


def in_production() -> set[str]:
    """Every package that the project needs to run, found by walking the lock from the project itself."""
    packages = {package["name"]: package for package in tomllib.loads(LOCK.read_text())["package"]}
    found: set[str] = set()
    todo = [need["name"] for need in packages["seguripago"]["dependencies"]]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        package = packages[name]
        extra = [need for needs in package.get("optional-dependencies", {}).values() for need in needs]
        todo += [need["name"] for need in (*package.get("dependencies", ()), *extra)]
    return found


def licence_of(name: str) -> str:
    said = metadata.metadata(name)
    named = [text for text in said.get_all("Classifier") or [] if text.startswith("License ::")]
    expression, old = said.get("License-Expression") or "", (said.get("License") or "")[:200]
    return " | ".join(filter(None, [expression, old if not expression else "", *named]))


def test_nothing_in_production_is_under_gpl_or_agpl() -> None:
    names = in_production()
    assert {"http-ece", "py-vapid", "django", "stripe"} <= names
    installed = {name for name in names if _is_installed(name)}
    faults = {name: licence_of(name) for name in installed}
    assert not {name: said for name, said in faults.items() if FORBIDDEN.search(said) and not LESSER.search(said)}
    assert not {name for name in installed if not licence_of(name)}


def test_the_stand_in_for_stripe_is_a_tool_of_the_tests_and_nothing_of_the_product() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups, default = project["dependency-groups"], project["tool"]["uv"]["default-groups"]
    holding = {name for name, needs in groups.items() if any("localstripe" in str(need) for need in needs)}
    assert holding == {"stripe_stand_in"}
    assert not holding & set(default)
    assert "localstripe" not in in_production()
    assert not [need for need in metadata.requires("seguripago") or [] if "localstripe" in need]
    files = [path for path in (ROOT / "src").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert len(files) > 500
    assert not [path for path in files if b"localstripe" in path.read_bytes()]
    sources = [path.read_text() for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    assert not [text for text in sources if re.search(r"^\s*(?:import|from) localstripe\b", text, re.MULTILINE)]
    if _is_installed("localstripe"):
        assert FORBIDDEN.search(licence_of("localstripe")), "the check above would not see a GPL package"


def _is_installed(name: str) -> bool:
    try:
        metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return False  # for another system, or an extra that we do not ask for
    return True
