"""Stores give every CLABE once and keep their secrets apart; people are locked out after five wrong tries."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db.models import QuerySet

from seguripago.foundations.people import commands as people
from seguripago.foundations.people.models import User
from seguripago.foundations.people.queries import analyst_by_number, is_locked, member, members
from seguripago.foundations.stores import keyring
from seguripago.foundations.stores.commands import AccountsExhausted, assign_clabe, sign
from seguripago.foundations.stores.models import AccountPrefix, StoreFeed
from seguripago.foundations.stores.queries import feed_secrets, signed_by, store, store_by_hook_key, store_by_id
from seguripago.foundations.stores.rules import Prefix, level_of
from seguripago.values import clabe
from tests.orders.builders import make_store
from tests.races.together import at_once

db = pytest.mark.django_db


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_never_get_the_same_clabe() -> None:
    store_id = make_store()
    given = at_once(20, lambda _: [assign_clabe(store_id).clabe for _ in range(5)])
    accounts = [each for some in given if isinstance(some, list) for each in some]
    assert len(accounts) == len(set(accounts)) == 100
    assert all(clabe.is_valid(each) for each in accounts)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_twenty_do_get_the_same_clabe(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what the lock on the prefix is for."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self: self)
    store_id = make_store()
    for _ in range(5):
        given = at_once(20, lambda _: [assign_clabe(store_id).clabe for _ in range(5)])
        accounts = [each for some in given if isinstance(some, list) for each in some]
        if len(set(accounts)) < len(accounts):
            break
    assert len(set(accounts)) < len(accounts)


@db
def test_the_last_account_is_given_and_then_no_more_until_a_second_prefix_comes() -> None:
    store_id = make_store(prefixes=(("90646", "STP", "6461801157999"),))
    AccountPrefix.objects.filter(store_id=store_id).update(next_number=9_999)
    assert assign_clabe(store_id).clabe.startswith("64618011579999999")
    with pytest.raises(AccountsExhausted) as refused:
        assign_clabe(store_id)
    assert refused.value.code == "SP-501"
    AccountPrefix.objects.create(store_id=store_id, institution="90684", bank_label="Transfer", prefix="6841801157")
    assert assign_clabe(store_id).bank_label == "Transfer"


def test_a_store_is_warned_long_before_its_last_account() -> None:
    assert level_of(Prefix(1, "90646", "STP", "6461801157999", 8_000).left, 10_000, None) == "ok"
    assert level_of(Prefix(1, "90646", "STP", "6461801157999", 9_001).left, 10_000, None) == "low"


def test_a_secret_opens_only_for_its_owner_and_unaltered() -> None:
    sealed = keyring.seal(b"whsec_1", belongs_to="store:ana:feeds")
    assert keyring.unseal(sealed, belongs_to="store:ana:feeds") == b"whsec_1"
    with pytest.raises(InvalidTag):
        keyring.unseal(sealed, belongs_to="store:carla:feeds")
    with pytest.raises(InvalidTag):
        keyring.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), belongs_to="store:ana:feeds")
    assert sealed != keyring.seal(b"whsec_1", belongs_to="store:ana:feeds"), "the same secret never looks the same"


@db
def test_a_store_signs_with_its_own_key_and_keeps_no_secret_in_clear() -> None:
    ana, carla = make_store(feed_secrets={"stp": "usuario:clave"}), make_store()
    signature = sign(ana, b"recibo 1")
    assert signed_by(store_by_id(ana), b"recibo 1", signature)
    assert not signed_by(store_by_id(ana), b"recibo 2", signature)
    assert not signed_by(store_by_id(carla), b"recibo 1", signature)
    row = StoreFeed.objects.get(store_id=ana)
    assert b"usuario" not in bytes(row.sealed)
    assert feed_secrets(ana) == {"stp": "usuario:clave"}
    StoreFeed.objects.create(store_id=carla, feed="stp", sealed=row.sealed, has_secret=True, changed_at=row.changed_at)
    with pytest.raises(InvalidTag):
        feed_secrets(carla)


@db
def test_a_store_is_found_by_slug_and_hook_key_and_nothing_by_another() -> None:
    found = store_by_id(make_store())
    assert store(found.slug) == store_by_hook_key(found.hook_key) == found
    assert store("nadie") is store_by_hook_key("nadie") is None


def hired(store_id: int, email: str = "", role: str = "analyst") -> int:
    email = email or f"{secrets.token_hex(4)}@demo.test"
    number = f"A-{secrets.token_hex(3)}".upper()
    return people.hire(
        store_id, email=email, name="Beto Nava", role=role, analyst_number=number, password="larga-y-segura"
    )


@db
def test_the_fifth_wrong_try_locks_for_a_quarter_of_an_hour(at: datetime) -> None:
    user_id = hired(make_store(), "beto@demo.test")
    for _ in range(people.TRIES - 1):
        people.count_failed_sign_in(" Beto@Demo.test ", at=at)
    assert not is_locked("beto@demo.test", at=at)
    people.count_failed_sign_in("beto@demo.test", at=at)
    assert is_locked("BETO@demo.test", at=at)
    assert not is_locked("beto@demo.test", at=at + people.LOCK + timedelta(seconds=1))
    people.forget_failures(user_id)
    assert not is_locked("beto@demo.test", at=at)
    people.count_failed_sign_in("nadie@demo.test", at=at)
    assert not is_locked("nadie@demo.test", at=at)


@db
def test_who_left_is_a_member_no_more_and_a_known_mail_is_hired_once() -> None:
    store_id = make_store()
    user_id = hired(store_id, "beto@demo.test", "payments")
    assert hired(store_id, "beto@demo.test") == user_id
    who = member(user_id)
    assert who is not None
    assert (who.role, who.initials, who.store_id) == ("payments", "BN", store_id)
    assert analyst_by_number(f" {who.analyst_number.lower()} ") == who
    User.objects.filter(pk=user_id).update(is_active=False)
    assert member(user_id) is None
    assert members(store_id) == ()
