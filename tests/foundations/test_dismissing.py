"""Who is dismissed: what ends, who may, and that one owner is always left."""

from __future__ import annotations

import secrets
from datetime import datetime

import pytest
from django.test import Client

from seguripago.foundations.audit.queries import history
from seguripago.foundations.people import commands as people
from seguripago.foundations.people.facts import MemberDismissed
from seguripago.foundations.people.models import User
from seguripago.foundations.people.queries import member, members, working
from seguripago.foundations.people.refusals import MemberUnknown, OnlyAnotherOwner
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.commands import be_present
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.listeners import give_back
from seguripago.journey.assistance.models import Conversation
from seguripago.values.actor import Actor
from tests.assistance.builders import Shop, open_shop, start, texts

pytestmark = pytest.mark.django_db


def owner(shop: Shop, name: str = "Ana Ruiz") -> Actor:
    mark = secrets.token_hex(3)
    user_id = people.hire(
        shop.store_id,
        email=f"{mark}@demo.test",
        name=name,
        role="owner",
        analyst_number=mark,
        password="larga-y-segura",
    )
    return Actor.staff(user_id, name)


def test_the_password_and_every_session_open_nothing_any_more(at: datetime) -> None:
    shop = open_shop()
    ana, here, there = owner(shop), Client(), Client()
    for browser in (here, there):
        browser.force_login(User.objects.get(pk=shop.beto))
        assert browser.get("/mesa/").status_code == 200
    people.dismiss(shop.store_id, shop.beto, by=ana, at=at)
    for browser in (here, there):
        assert browser.get("/mesa/")["Location"].startswith("/entrar/")
    assert member(shop.beto) is None
    assert working([shop.beto, shop.sofia]) == {shop.sofia}
    # Also when somebody lets the person in again: what was open stays closed.
    User.objects.filter(pk=shop.beto).update(is_active=True)
    assert here.get("/mesa/")["Location"].startswith("/entrar/")
    assert not User.objects.get(pk=shop.beto).has_usable_password()
    [line] = [each for each in history(shop.store_id, f"user:{shop.beto}") if each.action == "people.dismissed"]
    assert (line.actor_name, line.said) == ("Ana Ruiz", {"name": "Beto Luna", "role": "analyst"})


def test_only_another_owner_dismisses_and_nobody_of_another_store(at: datetime) -> None:
    shop, other = open_shop(), open_shop("otra-tienda")
    ana, carla = owner(shop), owner(other, "Carla")
    assert ana.id is not None
    for by in (Actor.staff(shop.beto, "Beto"), Actor.staff(shop.sofia, "Sofía"), carla):
        with pytest.raises(OnlyAnotherOwner):
            people.dismiss(shop.store_id, shop.beto, by=by, at=at)
    with pytest.raises(OnlyAnotherOwner):
        people.dismiss(shop.store_id, ana.id, by=ana, at=at)
    with pytest.raises(MemberUnknown):
        people.dismiss(shop.store_id, other.beto, by=ana, at=at)
    people.dismiss(shop.store_id, shop.beto, by=ana, at=at)
    with pytest.raises(MemberUnknown):
        people.dismiss(shop.store_id, shop.beto, by=ana, at=at)
    assert len(members(shop.store_id)) == 2
    assert len(members(other.store_id)) == 3


def test_what_the_person_held_is_in_the_queue_again_and_the_seat_is_empty(at: datetime) -> None:
    shop = open_shop()
    for person in (shop.beto, shop.sofia):
        be_present(person, shop.store_id, "available", at=at)
    held, hers = (start(shop, at=at, token=token) for token in ("t1", "t2"))
    chat.take(held, shop.beto, at=at)
    chat.take(hers, shop.sofia, at=at)
    people.dismiss(shop.store_id, shop.beto, by=Actor.system(), at=at)
    told = MemberDismissed(store_id=shop.store_id, at=at, user_id=shop.beto)
    for _ in range(2):
        give_back([told], at)
        row = Conversation.objects.get(pk=held)
        assert (row.state, row.analyst_id, row.analyst_name) == ("waiting", None, "")
    assert Conversation.objects.get(pk=hers).analyst_id == shop.sofia
    assert sum("Beto Luna ya no atiende aquí" in text for text in texts(held, audience="desk")) == 1
    assert staffing.available(shop.store_id, at) == 1
    assert chat.take_next(shop.store_id, shop.sofia, at=at) == held
