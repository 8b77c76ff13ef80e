"""How a link ends, who is told what of it, and what looking at one does: nothing but being logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from seguripago.foundations.facts.models import FactRow as Fact
from seguripago.journey.orders.commands import cancel_order
from seguripago.journey.orders.models import Order
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import (
    Opened,
    expire_links,
    expire_payments,
    extend_clock,
    hold_link,
    open_link,
    revoke_link,
    send_transfer_details,
    supersede_changed,
)
from seguripago.journey.payments.link_token import make
from seguripago.journey.payments.models import Link, LinkOpen
from seguripago.journey.payments.queries import link, live_link, opens_of
from seguripago.journey.payments.refusals import BadLink, LinkEnded, LinkNotPayable
from seguripago.journey.payments.rules import LinkStanding, Purpose
from seguripago.values.money import Money
from tests.links.asking import ask_again, asked, broken_truths, newest, token_of
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"


@pytest.fixture(autouse=True)
def nothing_is_broken() -> object:
    yield
    assert broken_truths() == []


def look(token: str, at: datetime, *, agent: str = IPHONE, own: bool = False) -> Opened:
    return open_link(token, caller="187.190.1.2", agent=agent, own_session=own, at=at)


def test_looking_is_logged_without_saying_who_and_consumes_nothing(at: datetime) -> None:
    deal = asked(at)
    token = token_of(deal.page(at))
    first = look(token, at, agent="WhatsApp/2.24")
    assert (first.state, first.first, first.order_id) == (LinkStanding.VALID, True, deal.sold.order_id)
    again = look(token, at + timedelta(minutes=1), own=True)
    assert (again.state, again.first) == (LinkStanding.VALID, False)
    rows = list(LinkOpen.objects.order_by("pk").values_list("agent", "own_session"))
    assert rows == [("preview", False), ("phone", True)]
    assert not LinkOpen.objects.filter(caller__contains="187").exists()
    assert opens_of(first.link_id) == 2
    row = Link.objects.get(pk=first.link_id)
    assert (row.state, row.first_opened_at) == ("opened", at)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LinkOpen.objects.update(agent="robot")


def test_the_page_shows_the_words_that_the_chat_shows(at: datetime) -> None:
    deal, other = asked(at), asked(at)
    words = deal.page(at).phrase
    assert len(words.split()) == 3
    assert words == bank.paid_view(deal.sold.order_id).link_phrase != other.page(at).phrase


def test_an_expired_link_is_told_apart_to_the_second(at: datetime) -> None:
    deal = asked(at)
    page = deal.page(at)
    token = token_of(page)
    assert look(token, page.expires_at - timedelta(seconds=1)).is_valid
    for moment in (page.expires_at, page.expires_at + timedelta(seconds=1), page.expires_at + timedelta(days=400)):
        assert look(token, moment).state is LinkStanding.EXPIRED


def test_a_token_past_its_time_is_expired_although_its_link_was_given_more(at: datetime) -> None:
    deal = asked(at)
    token = token_of(deal.page(at))
    extend_clock(deal.sold.order_id, hours=24, by=builders.LUCIA, at=at)
    late = at + timedelta(hours=30)
    assert look(token, late).state is LinkStanding.EXPIRED
    assert look(token_of(deal.page(at)), late).is_valid


def test_the_clock_ends_links_with_their_payment_and_by_their_own_time(at: datetime) -> None:
    deal = asked(at)
    until = deal.page(at).expires_at
    assert expire_payments(at=until) == 1
    assert (deal.page(until).state, deal.page(until).ended_why) == (LinkStanding.EXPIRED, "time")
    sold = bank.sale(at)
    bank.transfer(sold, "100.00", at=at)
    ask_again(sold.order_id, at)
    assert expire_links(at=until - timedelta(seconds=1)) == 0
    assert (expire_payments(at=until), expire_links(at=until)) == (0, 1)
    assert newest(sold.order_id, until).ended_at == until


def test_another_link_or_the_bank_details_supersede_the_one_before(at: datetime) -> None:
    deal = asked(at)
    second = ask_again(deal.sold.order_id, at)
    assert (deal.page(at).state, deal.page(at).ended_why) == (LinkStanding.SUPERSEDED, "another_link")
    assert newest(deal.sold.order_id, at).handle == second
    send_transfer_details(deal.sold.order_id, by=bank.ANALYST, at=at)
    assert newest(deal.sold.order_id, at).ended_why == "bank_details"
    assert live_link(deal.sold.order_id, at=at) is None


def test_a_changed_order_supersedes_its_link_at_once_and_in_the_row_when_it_is_heard(at: datetime) -> None:
    deal = asked(at)
    token = token_of(deal.page(at))
    assert supersede_changed([deal.sold.order_id], at=at) == 0
    Order.objects.filter(pk=deal.sold.order_id).update(pre_invoice_version=2)
    assert look(token, at).state is LinkStanding.SUPERSEDED
    with pytest.raises(LinkNotPayable), transaction.atomic():
        hold_link(deal.page(at).id, at=at)
    assert supersede_changed([deal.sold.order_id], at=at) == 1
    assert deal.page(at).ended_why == "order_changed"
    Order.objects.filter(pk=deal.sold.order_id).update(pre_invoice_version=1)
    assert look(token, at).state is LinkStanding.SUPERSEDED, "what ended stays ended"


def test_a_withdrawn_link_stays_withdrawn_and_the_clabe_still_takes_money(at: datetime) -> None:
    deal = asked(at)
    page = deal.page(at)
    revoke_link(page.id, why="Se mandó a otra persona", by=bank.ANALYST, at=at)
    seen = deal.page(at)
    assert (seen.state, seen.ended_why, seen.instructions) == (LinkStanding.REVOKED, "Se mandó a otra persona", None)
    with pytest.raises(LinkEnded):
        revoke_link(page.id, why="", by=bank.ANALYST, at=at)
    with pytest.raises(BadLink):
        revoke_link(page.id + 1000, why="", by=bank.ANALYST, at=at)
    told = Fact.objects.get(kind="PaymentLinkEnded").body
    assert (told["state"], told["link_id"]) == ("revoked", page.id)
    bank.transfer(deal.sold, deal.sold.total.plain, at=at)
    assert deal.page(at).state is LinkStanding.REVOKED
    assert order(deal.sold.order_id).state == "paid"


def test_what_is_held_to_be_paid_is_exactly_what_is_missing(at: datetime) -> None:
    deal = asked(at, purpose="deposit", amount=Money(50_000))
    bank.transfer(deal.sold, "120.00", at=at)
    with transaction.atomic():
        held = hold_link(deal.page(at).id, at=at)
    assert (held.amount, held.purpose) == (Money(38_000), Purpose.DEPOSIT)
    assert held.order_id == deal.sold.order_id
    cancel_order(deal.sold.order_id, by=bank.ANALYST, reason="", at=at)
    with pytest.raises(LinkNotPayable) as refused, transaction.atomic():
        hold_link(held.link_id, at=at)
    assert refused.value.standing is LinkStanding.REVOKED


def test_another_stores_token_and_an_unknown_handle_are_no_links(at: datetime) -> None:
    deal = asked(at)
    page = deal.page(at)
    for wrong in (
        make(page.handle, store_id=page.store_id + 1, expires_at=page.expires_at),
        make("n" * 32, store_id=page.store_id, expires_at=page.expires_at),
        token_of(replace(page, handle="")),
        "",
        "x" * 5000,
    ):
        with pytest.raises(BadLink):
            look(wrong, at)
        assert link(wrong) is None
    assert not LinkOpen.objects.exists()
