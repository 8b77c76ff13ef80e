"""The buyer hears of what two people decided: in the mail and in the chat, once."""

from __future__ import annotations

from datetime import datetime

from seguripago.config import wiring
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.journey.notices.models import Mail
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.queries import returns
from seguripago.values.money import Money
from tests.cases import world
from tests.cases.world import House


def mails(at: datetime) -> dict[str, str]:
    """What was written, by template."""
    number_facts()
    for listener in wiring.listeners():
        if listener.name in {"notices.mail", "notices.stores"}:
            while listen_once(listener, at=at):
                pass
    return dict(Mail.objects.values_list("template", "text"))


def test_who_may_pay_the_rest_is_told_how_much_and_where(there: House, at: datetime) -> None:
    _, case, late = world.part_expired(there, at)
    world.approve(there, cases.propose_ask_for_rest(case.id, by=there.mariana, at=late), late)
    assert "faltan $100.00 MXN" in mails(late)["rest_asked"]


def test_who_is_paid_back_is_told_when_the_bank_has_sent_it(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    cases.make_return_file(there.store_id, by=there.diego, at=at)
    assert "return_confirmed" not in mails(at)
    (going,) = returns(there.store_id)
    cases.confirm_return(going.id, amount=Money(10_00), says="LQ", by=there.diego, at=at)
    assert "Te reembolsamos $10.00 MXN" in mails(at)["return_confirmed"]


def test_money_that_was_for_no_order_writes_to_nobody(there: House, at: datetime) -> None:
    case = world.orphan(there, Money(10_00), at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    cases.make_return_file(there.store_id, by=there.diego, at=at)
    (going,) = returns(there.store_id)
    cases.confirm_return(going.id, amount=Money(10_00), says="LQ", by=there.diego, at=at)
    assert mails(at) == {}
