"""A folder of adapters is the registry: one file more is one adapter more."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from seguripago.adapters import bank_feeds
from seguripago.ports import registry

THROW_AWAY = """
from dataclasses import dataclass

@dataclass(frozen=True, slots=True)
class MattressBank:
    slug: str = "mattress"
    title: str = "Banco Colchón"
    signs: bool = False

ADAPTER = MattressBank()
"""


@pytest.fixture
def longer_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModuleType, Path]]:
    monkeypatch.setattr(bank_feeds, "__path__", [*bank_feeds.__path__, str(tmp_path)])
    yield bank_feeds, tmp_path
    for name in [name for name in sys.modules if name.startswith("seguripago.adapters.bank_feeds.throw_away")]:
        del sys.modules[name]
        delattr(bank_feeds, name.rpartition(".")[2])


def test_one_file_is_enough_for_a_new_bank(longer_folder: tuple[ModuleType, Path]) -> None:
    package, folder = longer_folder
    (folder / "throw_away_good.py").write_text(THROW_AWAY)
    assert registry.discover(package)["mattress"].title == "Banco Colchón"


@pytest.mark.parametrize(
    "text",
    ["", "ADAPTER = object()", THROW_AWAY.replace('"mattress"', '"stp"'), THROW_AWAY.replace('"mattress"', '""')],
)
def test_a_file_that_breaks_the_rule_stops_the_start(longer_folder: tuple[ModuleType, Path], text: str) -> None:
    package, folder = longer_folder
    (folder / "throw_away_bad.py").write_text(text)
    with pytest.raises(registry.AdapterUnfit):
        registry.discover(package)


def test_the_site_starts_with_every_family_filled() -> None:
    assert {"sandbox", "stp"} <= set(registry.adapters("bank_feeds"))
    assert registry.adapter("card_gateways", "sandbox").slug == "sandbox"
    with pytest.raises(registry.FamilyMissing):
        registry.adapters("horoscopes")
    with pytest.raises(registry.AdapterMissing):
        registry.adapter("bank_feeds", "mattress")
