"""Card money that no payment could take: it goes back to its card from its case, once, whoever sends it and where."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from seguripago.foundations.approvals.commands import ChangedMeanwhile, SamePerson
from seguripago.foundations.approvals.queries import open_proposals
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.assistance import queries as reading
from seguripago.journey.cards import migrations as cards
from seguripago.journey.cards.commands.following import charges_to_follow, follow_charge
from seguripago.journey.cards.facts import CardRefunded
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.cards.refusals import MoneyUnplaced
from seguripago.journey.cards.rules.refunds import part_kept_apart
from seguripago.journey.notices.commands import write_mails
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation import migrations as judged
from seguripago.journey.reconciliation.queries import CaseView, case_page, open_cases
from seguripago.journey.refunds.commands import ask_refund_of_charge
from seguripago.values.money import Money
from tests.assistance import builders
from tests.cases.world import House, approve, broken_truths, number_of, the_case
from tests.money import bank
from tests.refunds.world import Charged, Loopback, carry, charged, charged_twice, decided, hear, published
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
FIFTY = Money(50_00)
CARDS, CASES = (Path(cards.__path__[0]) / "sql", Path(judged.__path__[0]) / "sql")


def house_of(there: Charged) -> House:
    return House(there.store_id, there.mariana, there.diego)


def twice(at: datetime) -> tuple[Charged, CaseView]:
    """The second charge of an order that the first had paid, and its case."""
    _, there = charged_twice(at)
    hear(at)
    return there, the_case(there.store_id)


def sent_back(there: Charged, case: CaseView, at: datetime) -> None:
    """Mariana proposes, Diego approves."""
    made = cases.propose_return_to_card(case.id, reason="Pagó dos veces", by=there.mariana, at=at)
    approve(house_of(there), made, at)


def again(case: CaseView) -> CaseView:
    found = case_page(case.store_id, case.id)
    assert found is not None
    return found


def panel(gateway: Loopback, there: Charged, amount: Money) -> None:
    """Somebody sends it back in the gateway's own panel."""
    made = {"id": f"re_panel_{there.charge_id}_{amount.centavos}", "charge": there.ref, "centavos": amount.centavos}
    gateway.refunds.setdefault(there.ref, []).append({**made, "status": "done", "key": ""})


def test_two_people_send_it_back_and_the_case_closes_when_the_gateway_has_done_it(
    at: datetime, gateway: Loopback
) -> None:
    there, case = twice(at)
    assert (case.kind, case.held) == ("duplicate", there.total)
    assert there.money(Account.SUSPENSE) == -there.total
    made = cases.propose_return_to_card(case.id, reason="Pagó dos veces", by=there.diego, at=at)
    with pytest.raises(SamePerson):
        approve(house_of(there), made, at, by=there.diego)
    cases.withdraw_case(made, by=there.diego, at=at)
    sent_back(there, case, at)
    waiting = again(case)
    assert (waiting.state, waiting.held, gateway.calls) == ("approved", Money(0), 0)
    assert there.money(Account.SUSPENSE) == -there.total, "booked when the gateway has done it"

    carry(there, at)
    hear(at)
    (refund,) = there.refunds
    assert (refund.state, refund.asked_by, refund.approved_by) == ("done", there.mariana.name, there.diego.name)
    assert (again(case).state, gateway.gone(there.ref)) == ("done", there.total.centavos)
    assert there.money(Account.SUSPENSE) == Money(0)
    payment = payment_of(there.order_id)
    assert payment is not None
    assert (payment.state.value, order(there.order_id).state) == ("confirmed", "preparing")
    assert broken_truths() == {}


def test_the_buyer_reads_of_it_by_mail_and_on_his_order(at: datetime, gateway: Loopback, client: Client) -> None:
    there, case = twice(at)
    sent_back(there, case, at)
    page = f"/pedido/{order(there.order_id).access_token}/"
    assert f"Se decidió devolver {there.total} a tu tarjeta" in client.get(page).content.decode()
    carry(there, at)
    hear(at)
    write_mails(published(CardRefunded), at=at)
    (mail,) = Mail.objects.filter(order_id=there.order_id, template="card_refunded")
    assert f"Te reembolsamos {there.total} MXN" in mail.text
    shown = client.get(page).content.decode()
    assert "a Visa •••• 4242" in shown
    assert "Pago confirmado" in shown


def test_what_the_gateway_does_not_do_is_open_again_with_its_words(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    gateway.behaves = "refuses"
    sent_back(there, case, at)
    carry(there, at)
    hear(at)
    failed = again(case)
    assert (failed.state, failed.held) == ("open", there.total)
    assert any("No se devolvió" in line and "charge_too_old" in line for line in failed.says)
    assert broken_truths() == {}
    gateway.behaves = "fine"
    sent_back(there, case, at)
    carry(there, at)
    hear(at)
    assert (again(case).state, gateway.gone(there.ref)) == ("done", there.total.centavos)
    assert broken_truths() == {}


def test_what_comes_back_from_a_closed_card_is_the_cases_again(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    sent_back(there, case, at)
    carry(there, at)
    hear(at)
    gateway.refunds[there.ref][0]["status"] = "failed"
    follow_charge(there.charge_id, at=at)
    hear(at)
    assert (again(case).state, again(case).held) == ("open", there.total)
    assert there.money(Account.SUSPENSE) == -there.total
    assert broken_truths() == {}


def test_a_lost_answer_is_asked_about_and_never_told_twice(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    gateway.behaves = "lost"
    sent_back(there, case, at)
    for _ in range(2):
        carry(there, at)
    hear(at)
    assert (gateway.calls, again(case).state) == (1, "done")
    assert broken_truths() == {}


def test_of_more_than_was_missing_only_that_goes_back(at: datetime, gateway: Loopback) -> None:
    there = charged(at, over=FIFTY)
    hear(at)
    case = the_case(there.store_id)
    assert (case.kind, case.held) == ("excess", FIFTY)
    sent_back(there, case, at)
    carry(there, at)
    hear(at)
    assert (again(case).state, gateway.gone(there.ref)) == ("done", FIFTY.centavos)
    assert (there.money(Account.SUSPENSE), there.money(Account.REFUNDS)) == (Money(0), Money(0))
    decided(there, at)
    carry(there, at)
    assert gateway.gone(there.ref) == (there.total + FIFTY).centavos
    assert broken_truths() == {}


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_refund_in_the_panel_is_found_without_a_notice_and_closes_the_case(
    at: datetime, gateway: Loopback, is_whole: bool
) -> None:
    there = charged(at, over=FIFTY)
    hear(at)
    case = the_case(there.store_id)
    assert charges_to_follow(at=at, older_than_s=10) == [there.charge_id]
    panel(gateway, there, there.total + FIFTY if is_whole else FIFTY)
    follow_charge(there.charge_id, at=at)
    hear(at)
    assert again(case).state == "done"
    assert any("En el panel de la pasarela" in line for line in again(case).says)
    assert there.money(Account.SUSPENSE) == Money(0)
    (refund,) = there.refunds
    assert (refund.apart_centavos, refund.proposal_id) == (FIFTY.centavos, None)
    payment = payment_of(there.order_id)
    assert payment is not None
    assert payment.state.value == ("refunded" if is_whole else "confirmed")
    assert charges_to_follow(at=at + timedelta(hours=2), older_than_s=10) == []
    assert broken_truths() == {}


def test_a_part_in_the_panel_leaves_the_rest_in_the_case(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    panel(gateway, there, FIFTY)
    follow_charge(there.charge_id, at=at)
    hear(at)
    assert (again(case).state, again(case).held) == ("open", there.total - FIFTY)
    sent_back(there, case, at)
    carry(there, at)
    hear(at)
    assert (again(case).state, gateway.gone(there.ref)) == ("done", there.total.centavos)
    assert broken_truths() == {}


def test_what_the_panel_sent_back_meanwhile_voids_what_waits_and_is_not_sent_again(
    at: datetime, gateway: Loopback
) -> None:
    there, case = twice(at)
    made = cases.propose_return_to_card(case.id, by=there.mariana, at=at)
    panel(gateway, there, there.total)
    follow_charge(there.charge_id, at=at)
    with pytest.raises(ChangedMeanwhile):
        approve(house_of(there), made, at)
    hear(at)
    assert (again(case).state, open_proposals(there.store_id)) == ("done", ())
    assert (gateway.calls, len(there.refunds)) == (0, 1)
    assert broken_truths() == {}


def test_a_proposal_that_waits_is_void_when_the_case_hears_of_the_panel(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    cases.propose_return_to_card(case.id, by=there.mariana, at=at)
    panel(gateway, there, there.total)
    follow_charge(there.charge_id, at=at)
    hear(at)
    assert (again(case).state, open_proposals(there.store_id)) == ("done", ())
    assert broken_truths() == {}


def test_what_was_approved_and_not_told_yet_gives_way_to_the_panel(at: datetime, gateway: Loopback) -> None:
    there = charged(at, over=FIFTY)
    hear(at)
    case = the_case(there.store_id)
    sent_back(there, case, at)
    panel(gateway, there, FIFTY)
    carry(there, at)
    hear(at)
    assert (gateway.calls, gateway.gone(there.ref)) == (0, FIFTY.centavos), (
        "the gateway caps nothing: it went back once"
    )
    assert sorted(each.state for each in there.refunds) == ["done", "failed"]
    assert again(case).state == "done"
    assert broken_truths() == {}


def test_while_the_gateway_does_not_answer_nothing_is_told(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    sent_back(there, case, at)
    gateway.behaves = "away"
    carry(there, at)
    assert (gateway.calls, again(case).state) == (0, "approved")
    gateway.behaves = "fine"
    carry(there, at)
    hear(at)
    assert (gateway.calls, again(case).state) == (1, "done")


def test_what_is_placed_is_not_sent_back_and_what_is_sent_back_is_not_placed(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    other = bank.sale(at, store_id=there.store_id)
    number = number_of(other)
    with pytest.raises(MoneyUnplaced):
        ask_refund_of_charge(there.store_id, there.charge_id, reason="Desde el cobro", by=there.mariana, at=at)
    part = Money(100_00)
    asked = cases.propose_return_to_card(case.id, by=there.mariana, at=at)
    cases.withdraw_case(asked, by=there.mariana, at=at)
    approve(house_of(there), cases.propose_apply(case.id, number=number, amount=part, by=there.mariana, at=at), at)
    sent_back(there, case, at)
    carry(there, at)
    hear(at)
    assert (again(case).state, gateway.gone(there.ref)) == ("done", (there.total - part).centavos)
    assert there.money(Account.SUSPENSE) == Money(0)
    assert broken_truths() == {}

    third, second = twice(at)
    approved = cases.propose_return_to_card(second.id, by=third.mariana, at=at)
    approve(house_of(third), approved, at)
    assert "falta que la pasarela" in {each.name: each.why_not for each in again(second).possible}["apply"]
    assert open_cases(third.store_id, states=["open"]) == ()
    assert broken_truths() == {}


def test_money_of_a_transfer_has_no_such_action(at: datetime) -> None:
    there = bank.sale(at)
    bank.transfer(there, (there.total + FIFTY).plain, at=at)
    case = the_case(order(there.order_id).store_id)
    assert "return_card" not in {each.name for each in case.possible}


@pytest.mark.parametrize(
    ("amount", "apart", "placed", "expected"),
    [(50, 50, 700, 50), (50, 50, 50, 50), (40, 50, 700, 0), (750, 50, 700, 50), (720, 50, 700, 50), (20, 50, 0, 20)],
)
def test_which_money_a_refund_of_the_panel_was(amount: int, apart: int, placed: int, expected: int) -> None:
    assert part_kept_apart(Money(amount), Money(apart), Money(placed)) == Money(expected)


def test_the_screens_offer_it_and_show_how_it_goes(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    clerk = entered(there.store_id, "payments", "mari")
    supervisor = entered(there.store_id, "supervisor", "dora")
    charge, page = f"/medios-de-pago/tarjetas/{there.charge_id}/", f"/medios-de-pago/caso/{case.id}/"
    shown = clerk.get(charge).content.decode()
    assert f'href="{page}"' in shown
    assert "Ningún pago pudo tomar" in shown
    assert "Por aclarar" in clerk.get("/medios-de-pago/tarjetas/").content.decode()
    assert "Proponer devolver a la tarjeta" in clerk.get(page).content.decode()
    asked = {"action": "return_card", "reason": "Pagó dos veces"}
    assert "Visa" in clerk.post(f"{page}proponer/", {**asked, "probar": "1"}).content.decode()
    assert clerk.post(f"{page}proponer/", asked).status_code == 302
    (made,) = open_proposals(there.store_id)
    assert "Devolver a la tarjeta" in supervisor.get(f"/medios-de-pago/propuesta/{made.id}/").content.decode()
    supervisor.post(f"/medios-de-pago/propuesta/{made.id}/aprobar/", {"seen": made.hash})
    waiting = clerk.get(f"{page}?parte=estado").content.decode()
    assert "Aprobado, falta la pasarela" in waiting
    assert "Aprobado, por enviar" in waiting
    assert "case.return_card" not in clerk.get(page).content.decode()
    carry(there, at)
    hear(at)
    shown = clerk.get(page).content.decode()
    assert "Volvió a la tarjeta" in shown
    assert f'href="{charge}"' in shown
    assert "Por aclarar" not in clerk.get("/medios-de-pago/tarjetas/").content.decode()


def test_what_was_kept_apart_before_charges_counted_it_is_counted(at: datetime, gateway: Loopback) -> None:
    there, case = twice(at)
    part = Money(100_00)
    number = number_of(bank.sale(at, store_id=there.store_id))
    approve(house_of(there), cases.propose_apply(case.id, number=number, amount=part, by=there.mariana, at=at), at)
    counted = CardCharge.objects.values_list("pk", "apart_centavos", "elsewhere_centavos").order_by("pk")
    before = list(counted)
    assert (there.charge_id, (there.total - part).centavos, part.centavos) in before
    CardCharge.objects.update(apart_centavos=0, elsewhere_centavos=0)
    with connection.cursor() as cursor:
        for name in (CARDS / "apart.sql", CASES / "back_to_cards.sql"):
            cursor.execute(name.read_text().split(";")[0])
    assert list(counted) == before
    assert broken_truths() == {}


def test_the_chat_of_the_order_says_it(at: datetime, gateway: Loopback) -> None:
    shop = builders.open_shop()
    there = charged(at, store_id=shop.store_id, over=FIFTY)
    bought = order(there.order_id)
    talk = builders.start(shop, at=at, medium="card", email=bought.buyer.email)
    builders.say(talk, bought.number, at=at)
    hear(at)
    case = the_case(there.store_id)
    sent_back(there, case, at)
    carry(there, at)
    hear(at)
    builders.hear(at=at)
    said = [entry.body["text"] for entry in reading.entries(talk) if entry.card == "refund_sent"]
    assert any(text.startswith(f"Te reembolsamos {FIFTY} MXN a tu tarjeta.") for text in said), said
