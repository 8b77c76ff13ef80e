"""What every screen keeps: no inline script or style, no forbidden word, and each template can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.architecture.house import ROOT, SOURCE, near, python_files, templates, texts, tracked

INLINE = {
    "a <style> element": r"<style\b",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "an inline script": r"<script\b(?![^>]*\bsrc\s*=)[^>]*>",
    "a javascript: address": r"javascript\s*:",
    "an hx-on attribute": r"<[^>]*\shx-on",
    "another host": r"""(?:src|href)\s*=\s*["'](?:https?:)?//""",
}

# DOMAIN and FLOW, "Words". SEGURIPAGO, COMPRA SEGURA and PAGO SEGURO are names and allowed.
FORBIDDEN = (
    r"\bescrow\b",
    r"\bfideicomisos?\b",
    r"\bcustodias?\b",
    r"\bsaldos?\b",
    r"\bmonederos?\b",
    r"\b(?:un|el|del|tu|su|este|de|con|sin)\s+seguros?\b(?!\s+(?:de|que)\s+(?:que|quier|dese))",
    r"\bseguros?\s+de\s+(?:compra|pago|garantía|envío)\b",
    r"\bfianzas?\b",
    r"\brespaldad[oa]s?\s+por\b",
    r"dinero\s+en\s+garantía",
    r"\bresguardad[oa]s?\b",
    r"\bretenid[oa]s\b",
    r"liberamos\s+el\s+dinero",
    r"\bamparad[oa]s?\b",
    r"\bprotegid[oa]s?\s+por\b",
    r"comercio\s+verificado",
)
# A machine's own folders; each is split so that this file passes its own test.
MACHINE_PATHS = re.compile(
    "|".join(("/wo" + "rk/", "/ro" + "ot/", "[.]lib" + "rary/", "/t" + "mp/[a-z]", "/Us" + "ers/"))
)


@pytest.mark.parametrize("path", templates(), ids=near)
def test_a_template_carries_no_inline_code(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.DOTALL)
    faults = [
        f"{what}: {found[0][:90]}" for what, wrong in INLINE.items() for found in [re.search(wrong, text)] if found
    ]
    assert not faults, "\n".join(faults)


def test_every_script_is_named_by_its_hash() -> None:
    """`{% script %}` names it. The demo's gateway and bank are another program, and none of ours."""
    ours = [path for path in templates() if "web/sandbox/" not in near(path)]
    assert not [near(path) for path in ours if re.search(r"<script\b", path.read_text())]


@pytest.mark.parametrize("path", templates(), ids=near)
def test_a_template_can_be_read(path: Path) -> None:
    parts = path.parts
    get_template("/".join(parts[len(parts) - parts[::-1].index("templates") :]))


def test_no_text_uses_a_forbidden_word() -> None:
    faults = []
    for path in sorted((*SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt"), *SOURCE.rglob("*.po"), *SOURCE.rglob("*.js"))):
        if "vendor" not in near(path) and "htmx" not in path.name:
            faults += [f"{near(path)}: {said}" for said in forbidden_in(path.read_text())]
    for path in python_files():
        faults += [f"{near(path)}:{line}: {said}" for line, text in texts(path) for said in forbidden_in(text)]
    assert not faults, "\n".join(faults)


def forbidden_in(text: str) -> list[str]:
    found = (re.search(word, text, re.IGNORECASE) for word in FORBIDDEN)
    return [text[max(0, one.start() - 20) : one.end() + 20].replace("\n", " ") for one in found if one]


@pytest.mark.parametrize(
    "text", ["Tu dinero en garantía", "un seguro de compra", "tu saldo", "Respaldado por el banco", "en custodia"]
)
def test_the_list_of_words_catches(text: str) -> None:
    assert forbidden_in(text)


@pytest.mark.parametrize(
    "text",
    ["COMPRA SEGURA · PAGO SEGURO", "SEGURIPAGO", "Quiero comprar y pagar de forma segura", "operación respaldada"],
)
def test_the_list_of_words_lets_pass(text: str) -> None:
    assert not forbidden_in(text)


def test_no_file_names_a_folder_of_somebody_s_machine() -> None:
    faults = []
    for path in tracked():
        if path.suffix in {".png", ".jpg", ".webp", ".woff2", ".ttf", ".otf", ".pdf", ".mo", ".lock"}:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        faults += [f"{near(path)}: {found[0]}" for found in [MACHINE_PATHS.search(text)] if found]
    assert not faults, "\n".join(faults)


def test_the_readme_gives_the_two_commands() -> None:
    page = (ROOT / "README.md").read_text()
    assert "make up" in page
    assert "make test" in page
