"""What is written about the program is true of it: generated lists, paths, commands, constraints, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seguripago.config.command_line_table import COMMANDS
from seguripago.config.documents import announced_facts, documents
from tests.architecture.house import ROOT, SOURCE, near

DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
PAGES = sorted(
    [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
    + [*DOCS.rglob("*.md")]
)
LARGEST_PICTURE = 150 * 1024

# Files and folders that a run makes and git does not keep.
MADE_BY_A_RUN = (".venv/", ".data/", ".env", "database.dump", "files/", "manifest.json", "demo.json", "pins/")
PATH = re.compile(r"^(?:\.?[\w*-]+/)+(?:[\w*.-]+)?$|^[\w-]+\.(?:py|md|toml|sql|css|js|html|typ|ini|json)$")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", ["errors.md", "facts.md", "states.md"])
def test_a_generated_document_says_what_the_code_says(name: str) -> None:
    written = (DOCS / "generated" / name).read_text()
    assert written == documents()[name], "run: .venv/bin/seguripago documents"


def test_no_generated_document_outlives_its_generator() -> None:
    assert {path.name for path in (DOCS / "generated").iterdir()} == set(documents())


def test_every_fact_says_that_something_has_happened() -> None:
    assert announced_facts()
    assert not [cls.__name__ for cls in announced_facts() if not cls.subject]


@pytest.mark.parametrize("page", PAGES, ids=near)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    named = [word for word in CODE.findall(text) if PATH.match(word) and not word.startswith(MADE_BY_A_RUN)]
    missing = [word for word in named if not _exists(word, (page.parent, ROOT, SOURCE, SOURCE / "journey"))]
    links = [link for link in LINK.findall(text) if "://" not in link and not link.endswith(".png")]
    missing += [link for link in links if not _exists(link, (page.parent,))]
    assert not missing


@pytest.mark.parametrize("page", DECISIONS, ids=near)
def test_a_decision_begins_with_the_sentence_to_quote(page: Path) -> None:
    first, *rest = page.read_text().split("\n")
    assert re.match(r"^\d{4}-[a-z0-9-]+\.md$", page.name)
    assert re.match(r"^Decision\. [A-Z].{20,}\.$", first), first
    assert rest[0] == "", "the sentence stands alone"
    assert 3 <= len([line for line in rest if line.strip()]) <= 16


def test_decisions_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


def test_the_readme_gives_the_two_commands_on_its_first_screen() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().split("\n")[:40])
    assert re.search(r"^make up\b", first_screen, re.MULTILINE)
    assert re.search(r"^make test\b", first_screen, re.MULTILINE)


def test_every_command_that_a_page_types_exists() -> None:
    known = {command.words for command in COMMANDS} | {command.words.split()[0] for command in COMMANDS}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    faults = []
    for page in PAGES:
        text = page.read_text()
        typed = re.findall(
            r"(?:^|`)(?:\.venv/bin/)?seguripago ([a-z][a-z-]+(?: (?:verify|pin)\b)?)", text, re.MULTILINE
        )
        faults += [f"{near(page)}: seguripago {word}" for word in typed if word not in known]
        typed = re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)
        faults += [f"{near(page)}: make {word}" for word in typed if word not in targets]
    assert not faults


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    config = "\n".join(path.read_text() for path in (SOURCE / "config").glob("*.py"))
    makefile = (ROOT / "Makefile").read_text() + (ROOT / ".ci" / "system-packages").read_text()
    read = set(re.findall(r"""["']((?:SEGURIPAGO|CLAMD)_[A-Z_]+|EMAIL_URL|DATABASE_URL)["']""", config))
    told = set(re.findall(r"`((?:SEGURIPAGO|CLAMD)_[A-Z_]+|EMAIL_URL|DATABASE_URL)`", (ROOT / "README.md").read_text()))
    assert read - told - {"SEGURIPAGO_TEST_DATABASE"} == set()
    assert not [name for name in told if name not in config + makefile]


@pytest.mark.django_db
def test_every_invariant_that_a_page_names_stands_in_the_database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv\\_%%'")
        views = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
        constraints = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tgname FROM pg_trigger")
        constraints |= {name for (name,) in cursor.fetchall()}
    page = (DOCS / "invariants.md").read_text()
    named = set(re.findall(r"`(inv_\w+)`", page))
    assert named == views, "docs/invariants.md names every view, and no other"
    words = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+){1,})`", page)) - named
    assert not [word for word in words if word not in constraints], "a constraint that the database does not know"


def test_the_readme_shows_the_pictures_that_the_script_takes() -> None:
    shown = set(re.findall(r"\]\(docs/img/([\w-]+\.png)\)", (ROOT / "README.md").read_text()))
    taken = set(re.findall(r'"([\w-]+\.png)"', (DOCS / "take_pictures.py").read_text()))
    assert shown == taken
    heavy = [path.name for path in (DOCS / "img").glob("*") if path.stat().st_size > LARGEST_PICTURE]
    assert not heavy


def _exists(named: str, places: tuple[Path, ...]) -> bool:
    if any((place / named).exists() or ("*" in named and any(place.glob(named))) for place in places):
        return True
    return "/" not in named and any(SOURCE.rglob(named))
