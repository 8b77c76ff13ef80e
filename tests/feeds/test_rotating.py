"""Keys and secrets change while everything goes on: what one key sealed opens until all of it is sealed again."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from seguripago.config.command_line_table import COMMANDS
from seguripago.foundations.audit.queries import history
from seguripago.foundations.stores import keyring
from seguripago.foundations.stores.commands import sign
from seguripago.foundations.stores.feed_commands import (
    retire_feed_secrets,
    rotate_feed_secret,
    seal_again,
    set_feed_addresses,
    set_feed_credentials,
    set_feed_secret,
)
from seguripago.foundations.stores.queries import (
    feed_cards,
    feed_secrets,
    feed_settings,
    seals,
    signed_by,
    store_by_id,
)
from seguripago.foundations.stores.refusals import AddressNotPossible, SecretTooShort
from seguripago.jobs.rotate_keys import KeyMissing, NoSuchFeed, rotate
from seguripago.journey.payments import link_token
from seguripago.journey.payments.link_token import BadToken
from tests.feeds.bank_desk import ANA, fresh_secret, post
from tests.money.bank import bank_store

pytestmark = pytest.mark.django_db
NEW_KEY = secrets.token_bytes(32)
PLAIN: dict[str, Any] = {"new_main_key": False, "dry_run": False, "store": None, "feed": None, "overlap_hours": 72}


@pytest.fixture
def changed(settings: Any) -> Any:
    """Change the main key as an operator does, in two steps."""
    before = settings.SEGURIPAGO

    def step(name: str) -> None:
        keys = {
            "old": (before.main_key, ()),
            "both": (NEW_KEY, (before.main_key,)),
            "new": (NEW_KEY, ()),
        }[name]
        settings.SEGURIPAGO = replace(before, main_key=keys[0], previous_main_keys=keys[1])

    return step


def test_everything_opens_before_during_and_after_the_change(changed: Any, at: datetime) -> None:
    store_id = bank_store()
    set_feed_credentials(store_id, "stp", {"private_key": "-----BEGIN"}, by=ANA, at=at)
    known = feed_settings(store_id)
    changed("both")
    assert feed_settings(store_id) == known
    total, left = seals()
    assert left == total > 0
    assert rotate(**PLAIN)["left"] == 0
    changed("new")
    assert feed_settings(store_id) == known
    assert signed_by(store_by_id(store_id), b"recibo", sign(store_id, b"recibo"))
    changed("old")
    with pytest.raises(InvalidTag):
        feed_settings(store_id)


def test_sealing_again_goes_on_where_it_was_killed_and_does_nothing_twice(changed: Any) -> None:
    for _ in range(3):
        bank_store()
    changed("both")
    total, _ = seals()
    assert seal_again(limit=2) == 2
    assert seals() == (total, total - 2)
    said = rotate(**PLAIN)
    assert (said["sealed_again"], said["left"]) == (total - 2, 0)
    again = rotate(**PLAIN)
    assert (again["sealed_again"], again["left"]) == (0, 0)


def test_a_dry_run_only_counts(changed: Any) -> None:
    bank_store()
    changed("both")
    said = rotate(**{**PLAIN, "dry_run": True})
    assert said["sealed_again"] == 0
    assert said["left"] == said["secrets"] > 0
    (command,) = [command for command in COMMANDS if command.words == "rotate-keys"]
    assert command.fails(said)


def test_without_the_key_before_this_one_nothing_is_lost_by_trying(changed: Any) -> None:
    store_id = bank_store()
    changed("new")
    with pytest.raises(KeyMissing):
        rotate(**PLAIN)
    changed("old")
    assert feed_secrets(store_id)


def test_a_sealed_secret_names_its_key_and_what_was_sealed_before_that_opens_too(settings: Any) -> None:
    sealed = keyring.seal(b"x", belongs_to="store:ana:feed:stp")
    assert keyring.is_current(sealed)
    unnamed = sealed[len(keyring.MARK) + keyring.KEY_ID_BYTES :]
    assert not keyring.is_current(unnamed)
    assert keyring.unseal(unnamed, belongs_to="store:ana:feed:stp") == b"x"


def test_a_link_opens_while_the_key_that_made_it_is_in_the_ring(changed: Any) -> None:
    ends = datetime(2026, 12, 1, tzinfo=UTC)
    old = link_token.make("h" * 43, store_id=1, expires_at=ends)
    changed("both")
    assert link_token.read(old).handle == "h" * 43
    new = link_token.make("n" * 43, store_id=1, expires_at=ends)
    changed("new")
    assert link_token.read(new).handle == "n" * 43
    with pytest.raises(BadToken):
        link_token.read(old)


def test_a_proposed_key_is_a_key_and_changes_nothing() -> None:
    said = rotate(**{**PLAIN, "new_main_key": True})
    assert len(base64.b64decode(said["main_key"])) == 32
    assert said["main_key"] != rotate(**{**PLAIN, "new_main_key": True})["main_key"]


# Hook secrets.


def test_the_secret_before_opens_until_its_time_has_come(at: datetime) -> None:
    store_id, older = bank_store(), fresh_secret()
    set_feed_secret(store_id, "stp", older, by=ANA, at=at)
    newer = fresh_secret()
    rotate_feed_secret(store_id, "stp", newer, overlap=timedelta(hours=2), by=ANA, at=at)
    assert feed_settings(store_id)["stp"].secrets == (newer, older)
    assert post(store_id, b"{}", at, secret=newer) == 200
    assert post(store_id, b"{}", at, secret=older) == 200
    assert retire_feed_secrets(at=at + timedelta(hours=1)) == 0
    assert retire_feed_secrets(at=at + timedelta(hours=2)) == 1
    later = at + timedelta(seconds=2)
    assert post(store_id, b"{}", later, secret=older) == 401, "a door is looked at again every second"
    assert post(store_id, b"{}", later, secret=newer) == 200


def test_a_secret_that_was_set_anew_stops_the_one_before_at_once(at: datetime) -> None:
    store_id, older, newer = bank_store(), fresh_secret(), fresh_secret()
    set_feed_secret(store_id, "stp", older, by=ANA, at=at)
    set_feed_secret(store_id, "stp", newer, by=ANA, at=at)
    assert post(store_id, b"{}", at, secret=older) == 401


def test_a_secret_that_could_be_guessed_is_refused(at: datetime) -> None:
    with pytest.raises(SecretTooShort):
        set_feed_secret(bank_store(), "stp", "corto", by=ANA, at=at)


def test_only_addresses_on_the_list_may_call(at: datetime) -> None:
    store_id = bank_store()
    set_feed_addresses(store_id, "stp", ["10.8.0.0/24", " 2001:db8::1 ", "10.8.0.0/24"], by=ANA, at=at)
    assert feed_cards(store_id)["stp"].allowed_addresses == ("10.8.0.0/24", "2001:db8::1")
    assert post(store_id, b"{}", at, remote_address="10.8.0.7") == 200
    assert post(store_id, b"{}", at, remote_address="10.9.0.7") == 401
    with pytest.raises(AddressNotPossible):
        set_feed_addresses(store_id, "stp", ["stp.example"], by=ANA, at=at)


def test_every_change_is_in_the_audit_and_no_secret_is(at: datetime) -> None:
    store_id, secret = bank_store(), fresh_secret()
    set_feed_secret(store_id, "stp", secret, by=ANA, at=at)
    rotate_feed_secret(store_id, "stp", fresh_secret(), by=ANA, at=at)
    set_feed_addresses(store_id, "stp", ["10.8.0.1"], by=ANA, at=at)
    set_feed_credentials(store_id, "stp", {"private_key": secret, "company": "SIERRA"}, by=ANA, at=at)
    entries = history(store_id, "feed:stp")
    assert [entry.action for entry in entries] == [
        "feed.secret_set",
        "feed.secret_rotated",
        "feed.addresses_changed",
        "feed.credentials_changed",
    ]
    assert all(entry.actor_name == "Ana Robles" for entry in entries)
    assert secret not in str(entries)
    assert entries[-1].said["set"] == ["company", "private_key"]


def test_credentials_that_are_not_named_stay_and_an_empty_one_is_forgotten(at: datetime) -> None:
    store_id = bank_store()
    set_feed_credentials(store_id, "stp", {"company": "SIERRA", "service": "efws"}, by=ANA, at=at)
    set_feed_credentials(store_id, "stp", {"company": "", "address": "https://prod.stpmex.com"}, by=ANA, at=at)
    assert feed_settings(store_id)["stp"].credentials == {"service": "efws", "address": "https://prod.stpmex.com"}
    assert feed_cards(store_id)["stp"].given == ("address", "service")
    assert feed_secrets(store_id)["stp"], "the hook's secret stays"


def test_the_operator_changes_a_hooks_secret_from_the_command_line(at: datetime) -> None:
    store_id = bank_store()
    slug, older = store_by_id(store_id).slug, feed_secrets(store_id)["stp"]
    said = rotate(**{**PLAIN, "store": slug, "feed": "stp"})
    assert feed_settings(store_id)["stp"].secrets == (said["secret"], older)
    assert said["address"].endswith(f"/hooks/bank/stp/{store_by_id(store_id).hook_key}/")
    with pytest.raises(NoSuchFeed):
        rotate(**{**PLAIN, "store": slug, "feed": "colchon"})
    with pytest.raises(NoSuchFeed):
        rotate(**{**PLAIN, "store": slug})
