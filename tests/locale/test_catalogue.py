"""The English texts: complete, with the same placeholders, compiled as they are written, and shown to who asks."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from seguripago.journey.orders.rules import STATE_LABELS
from seguripago.journey.reconciliation.queries.case_page import PART_LABELS
from seguripago.journey.reconciliation.queries.cases import LABELS as CASE_LABELS
from seguripago.journey.reconciliation.queries.story import VERDICTS
from seguripago.journey.reconciliation.rules.plans import ACTION_LABELS
from seguripago.journey.reconciliation.rules.returns import RETURN_LABELS
from seguripago.values.calendar import bank_holidays
from seguripago.values.steps import CheckItem, Preference, Step
from seguripago.web.components import labels
from tests.locale import po
from tests.orders import builders

FOLDER = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES"
ENTRIES = po.read(FOLDER / "django.po")
TEXTS = ENTRIES[1:]

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|</?[a-z][^>]*>")
# What a text must say the same in both languages: names of ours, of the banks and of the law.
NAMES = re.compile(r"SEGURIPAGO|CONNECT@Me|CONNECT PAY|PRE-FACTURA|CLABE|SPEI|RFC|CFDI|CEP|STP|https?://\S+")
FORBIDDEN = re.compile(
    r"\b(?:escrow|custod(?:y|ian)|insur(?:ance|ed)|bonds?|bonded|wallet|balance|backed by|fiduciary)\b", re.IGNORECASE
)
SPANISH = re.compile(r"[¿¡]|\b(?:una|tu|tus|por|para|con|qué|está|pedido|envío|pago)\b")


def pairs() -> Iterator[tuple[str, str]]:
    """Give every Spanish form beside its English one."""
    for entry in TEXTS:
        yield entry.source, entry.said[0]
        if entry.plural:
            yield entry.plural, entry.said[1]


def test_the_header_names_the_language_and_its_two_numbers() -> None:
    header = ENTRIES[0].said[0]
    assert ENTRIES[0].source == ""
    assert "Language: en\n" in header
    assert "charset=UTF-8" in header
    assert "nplurals=2; plural=(n != 1);" in header


def test_every_text_is_translated_and_none_is_a_guess() -> None:
    assert len(TEXTS) > 1000
    assert not [entry.source for entry in TEXTS if "fuzzy" in entry.flags]
    for entry in TEXTS:
        assert set(entry.said) == ({0, 1} if entry.plural else {0}), entry.source
        assert all(text.strip() for text in entry.said.values()), entry.source


def test_no_text_is_there_twice() -> None:
    keys = [entry.key for entry in TEXTS]
    assert len(keys) == len(set(keys))


def test_placeholders_and_marks_are_the_same() -> None:
    faults = []
    for entry in TEXTS:
        wanted = set(PLACEHOLDER.findall(entry.plural or entry.source))
        for number, text in entry.said.items():
            got = set(PLACEHOLDER.findall(text))
            # One of something may be said without its number, never with something that nobody fills in.
            needs = wanted & set(PLACEHOLDER.findall(entry.source)) if number == 0 else wanted
            if not needs <= got <= wanted:
                faults.append(f"{entry.source} → {text}")
    assert not faults, "\n".join(faults)


def test_a_text_begins_and_ends_as_its_source() -> None:
    for spanish, english in pairs():
        assert spanish[:1].isspace() == english[:1].isspace(), spanish
        assert spanish[-1:].isspace() == english[-1:].isspace(), spanish
        assert spanish.count("\n") == english.count("\n"), spanish


def test_names_are_kept() -> None:
    faults = [
        f"{spanish} → {english}"
        for spanish, english in pairs()
        if set(NAMES.findall(spanish)) - set(NAMES.findall(english))
    ]
    assert not faults, "\n".join(faults)


def test_english_is_english_and_promises_nothing_else() -> None:
    faults = []
    for spanish, english in pairs():
        bare = re.sub(r"«[^»]*»", "", english)  # what the assistant must be told in Spanish
        found = FORBIDDEN.search(english) or SPANISH.search(PLACEHOLDER.sub("", bare))
        if found:
            faults.append(f"{spanish} → {english} ({found[0]})")
    assert not faults, "\n".join(faults)


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written: dict[object, str] = {}
    for entry in ENTRIES:
        if entry.plural:
            written |= {(entry.key, number): text for number, text in entry.said.items()}
        else:
            written[entry.key] = entry.said[0]
    assert compiled._catalog == written  # type: ignore[attr-defined]
    assert compiled.ngettext("%(n)s día", "%(n)s días", 1) == "%(n)s day"
    assert compiled.ngettext("%(n)s día", "%(n)s días", 2) == "%(n)s days"


def test_labels_of_pure_floors_are_marked_for_the_catalogue() -> None:
    kept = {entry.source for entry in TEXTS}
    words = {item.label for kind in (Step, CheckItem, Preference) for item in kind}
    words |= set(STATE_LABELS.values())
    words |= {label for told in (CASE_LABELS, VERDICTS) for label, _tone in told.values()}
    words |= {label for told in (ACTION_LABELS, PART_LABELS, RETURN_LABELS) for label in told.values()}
    words |= set(bank_holidays(2024).values()) | set(bank_holidays(2030).values())
    named = {word for group in vars(labels).values() if isinstance(group, tuple) for word in group}
    assert not words - named
    assert not named - kept


def test_spanish_is_the_source_and_has_no_catalogue() -> None:
    assert [folder.name for folder in FOLDER.parent.parent.iterdir() if folder.is_dir()] == ["en"]
    with translation.override("es-mx"):
        assert translation.gettext("Realiza tu pedido") == "Realiza tu pedido"
    with translation.override("en"):
        assert translation.gettext("Realiza tu pedido") == "Place your order"


@pytest.mark.django_db
def test_a_store_speaks_english_only_to_who_chose_it(client: Client) -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    store_id = builders.make_store(slug="molinos")
    builders.make_product(store_id, "Molino manual Xico")
    spanish = client.get("/t/molinos/", headers={"Accept-Language": "en-US"}).content.decode()
    assert 'lang="es-MX"' in spanish
    assert "Buscar en la tienda" in spanish
    assert "Prices in Mexican pesos" not in spanish
    client.cookies["sp_idioma"] = "en"
    english = client.get("/t/molinos/").content.decode()
    assert '<html lang="en"' in english
    assert "Molino manual Xico" in english
    for said in ("Search the store", "Prices in Mexican pesos, VAT included", "How it works", "Cart"):
        assert said in english
    assert "Buscar en la tienda" not in english
