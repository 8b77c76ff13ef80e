"""What a person types, opens or searches for by these pages is there: options, addresses, log lines, deadlines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from seguripago.config.command_line_table import COMMANDS, Command
from seguripago.foundations.approvals.rules import LARGEST_TOLERANCE, NAMES
from seguripago.journey.reconciliation.rules.cases import DEFAULTS, CaseKind, DefaultAction
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.web.monitor import words
from seguripago.web.office.policy_forms import PoliciesForm
from tests.architecture.house import ROOT, near, python_files
from tests.docs.test_documents import CODE, DOCS, PAGES

TYPED = re.compile(r"(?:^|`|\$ )(?:\.venv/bin/)?seguripago ([a-z][^`\n#]*)", re.MULTILINE)
ALSO_TYPED = re.compile(r"`([a-z]+(?:-[a-z]+)* --[^`\n]+)`")
ADDRESS = re.compile(r"^/[a-z][\w/<>.-]*$")
OPERATIONS = (DOCS / "operations.md").read_text()
GUIDE = (DOCS / "bank.md").read_text()
WHO = {"payments": "Medios de pago", "supervisor": "supervisor", "owner": "owner"}


def command_of(typed: list[str]) -> Command | None:
    """The command that a line types: one word or two."""
    said = [" ".join(typed[:2]), typed[0]]
    return next((command for name in said for command in COMMANDS if command.words == name), None)


def unknown_options(text: str) -> Iterator[str]:
    """Each option that no command of the text has."""
    for line in [*TYPED.findall(text), *ALSO_TYPED.findall(text)]:
        typed = shlex.split(line.replace("[", " ").replace("]", " ").replace("'", " "))
        command = command_of(typed)
        if command is None:
            continue
        known = {name for names, _ in command.arguments for name in names} | {"--json", "--help"}
        yield from (f"{line.strip()}: {word}" for word in typed if word.startswith("--") and word not in known)


def test_an_option_that_no_command_has_is_found() -> None:
    assert list(unknown_options("`seguripago import-statement FILE --force`"))
    assert not list(unknown_options("`seguripago import-statement FILE --dry-run --json`"))


@pytest.mark.parametrize("page", PAGES, ids=near)
def test_every_option_that_a_page_types_is_the_command_s(page: Path) -> None:
    assert list(unknown_options(page.read_text())) == []


@pytest.mark.parametrize("page", PAGES, ids=near)
def test_every_address_that_a_page_names_is_answered(page: Path) -> None:
    named = {word for word in CODE.findall(page.read_text()) if ADDRESS.match(word)}
    lost = []
    for address in sorted(named - {"/live/"}):
        try:
            resolve(re.sub(r"<[^>]*>", "x", address))
        except Resolver404:
            lost.append(address)
    assert lost == []


def test_every_word_to_be_alerted_by_is_logged_somewhere() -> None:
    (paragraph,) = re.findall(r"^Worth an alert.*?(?=\n\n)", OPERATIONS, re.MULTILINE | re.DOTALL)
    source = "\n".join(path.read_text() for path in python_files())
    wanted = CODE.findall(paragraph)
    assert len(wanted) > 8
    assert [word for word in wanted if not re.search(rf'log\.\w+\(\s*"[^"]*{re.escape(word)}', source)] == []


@pytest.mark.parametrize("kind", list(CaseKind))
def test_the_guide_says_of_every_exception_who_decides_and_by_when(kind: CaseKind) -> None:
    (row,) = re.findall(rf"^\| {words.CASE_KINDS[kind]} \|.*$", GUIDE, re.MULTILINE)
    *_, who, then = (cell.strip() for cell in row.strip("|").split("|"))
    default = DEFAULTS[kind]
    assert who == f"{WHO[default.owner]}, {default.within.total_seconds() / 3600:.0f} h"
    returns = ", or return" if default.action is DefaultAction.RETURN else ""
    assert then == WHO[default.escalates_to] + returns


def test_every_rule_of_the_money_can_be_set_on_a_screen() -> None:
    assert {*PoliciesForm.base_fields, "accepts_unsigned_notices"} == set(NAMES)
    assert f"at most {Money(LARGEST_TOLERANCE)}" in GUIDE


def test_a_refusal_that_the_area_has_words_for_can_happen_there() -> None:
    raised = {code: Refusal.registry[code].__module__ for code in words.REFUSALS}
    assert {code: module for code, module in raised.items() if module.startswith("seguripago.jobs.")} == {}


def test_the_guide_is_named_where_people_begin() -> None:
    for page in (ROOT / "README.md", DOCS / "operations.md"):
        assert "bank.md" in page.read_text()
