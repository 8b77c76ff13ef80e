"""The checker sees exactly what will happen; whatever changes meanwhile kills the proposal, never the books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.queries import open_proposals, proposal
from seguripago.foundations.approvals.rules import fingerprint
from seguripago.journey.catalogue.commands import set_stock
from seguripago.journey.catalogue.models import Product
from seguripago.journey.orders.commands import cancel_order
from seguripago.journey.orders.models import OrderLine
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.queries import case_page, open_cases, return_view, returns
from seguripago.journey.reconciliation.rules.actions import CaseCannot, CaseUnknown, CaseWrongState
from seguripago.values import order_number
from seguripago.values.money import Money
from tests.approvals.people import maker, works
from tests.cases import world
from tests.cases.world import House
from tests.money import bank


def voided(there: House, proposal_id: int, case_id: int, at: datetime) -> str:
    """Approve what has changed: it is refused, void, and the case is open again. Gives why."""
    with pytest.raises(approvals.ChangedMeanwhile):
        world.approve(there, proposal_id, at)
    dead = world.proposed(there.store_id, proposal_id)
    assert dead.state == "void"
    assert world.page(there.store_id, case_id).state == "open"
    return dead.reason


def test_the_hash_is_of_exactly_what_will_be_done(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    case = world.orphan(there, sold.total + Money(5_00), at)
    made = cases.propose_apply(case.id, number=world.number_of(sold), reason="Llamó", by=there.mariana, at=at)
    seen = world.proposed(there.store_id, made)
    (pay,) = seen.effects["pay"]
    assert (pay["order"], pay["centavos"], pay["completes"]) == (sold.order_id, sold.total.centavos, True)
    assert (seen.effects["held"], seen.effects["rest"]) == (sold.total.centavos + 5_00, 5_00)
    assert seen.hash == fingerprint(there.store_id, "case.apply", f"case:{case.id}", seen.effects)
    assert world.page(there.store_id, case.id).proposal == seen

    with pytest.raises(approvals.NotWhatWasSeen):
        cases.approve_case(made, seen="f" * 64, by=there.diego, at=at)
    assert world.page(there.store_id, case.id).state == "proposed"


def test_it_dies_when_the_order_misses_another_amount_now(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    case = world.orphan(there, Money(100_00), at)
    made = cases.propose_apply(case.id, number=world.number_of(sold), by=there.mariana, at=at)
    bank.transfer(sold, "20.00", at=at)
    voided(there, made, case.id, at)
    assert bank.paid_view(sold.order_id).received == Money(20_00)


def test_it_dies_when_the_order_was_paid_meanwhile(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    case = world.orphan(there, Money(100_00), at)
    made = cases.propose_apply(case.id, number=world.number_of(sold), by=there.mariana, at=at)
    bank.transfer(sold, sold.total.plain, at=at)
    assert voided(there, made, case.id, at) == f"El pedido {world.number_of(sold)} ya está pagado."


def test_it_dies_when_the_order_was_cancelled_meanwhile(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    case = world.orphan(there, sold.total, at)
    made = cases.propose_apply(case.id, number=world.number_of(sold), by=there.mariana, at=at)
    cancel_order(sold.order_id, by=there.mariana, reason="x", at=at)
    bank.turn(at, only=("payments.retire",))
    voided(there, made, case.id, at)
    assert order(sold.order_id).state == "cancelled"


def test_it_dies_when_the_stock_is_gone(there: House, at: datetime) -> None:
    sold, case, late = world.late_part(there, at)
    made = cases.propose_accept_difference(case.id, by=there.mariana, at=late)
    for line in OrderLine.objects.filter(order_id=sold.order_id):
        product = Product.objects.get(pk=line.product_id)
        set_stock(there.store_id, product.pk, product.reserved + product.sold, by=there.mariana, at=late)
    assert voided(there, made, case.id, late) == "Ya no hay existencias para cumplir ese pedido."
    assert order(sold.order_id).state == "expired"


def test_it_dies_when_the_tolerance_was_lowered(there: House, at: datetime) -> None:
    _, case = world.excess(there, at, over=Money(30))
    for cents in (50, 10):
        changing = approvals.propose_policy(there.store_id, {"tolerance_centavos": cents}, by=there.mariana, at=at)
        if cents == 10:
            made = cases.propose_write_off(case.id, by=there.mariana, at=at)
        seen = world.proposed(there.store_id, changing).hash
        approvals.approve_policy(changing, seen=seen, by=there.diego, at=at)
    voided(there, made, case.id, at)


def test_the_maker_does_not_approve_and_a_second_approval_finds_nothing(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    made = cases.propose_return(case.id, by=there.diego, at=at)
    with pytest.raises(approvals.SamePerson):
        world.approve(there, made, at)
    ana = works(there.store_id, "owner", "Ana")
    world.approve(there, made, at, by=ana)
    with pytest.raises(approvals.ProposalNotOpen):
        world.approve(there, made, at, by=ana)
    assert len(returns(there.store_id)) == 1


def test_a_rejected_case_is_proposed_again_and_a_withdrawn_one_is_open(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    first = cases.propose_return(case.id, by=there.mariana, at=at)
    with pytest.raises(CaseWrongState):
        cases.propose_return(case.id, by=maker(there.store_id), at=at)
    cases.reject_case(first, reason="Pregunta antes al comprador.", by=there.diego, at=at)
    assert world.page(there.store_id, case.id).state == "rejected"
    second = cases.propose_return(case.id, by=there.mariana, at=at)
    cases.withdraw_case(second, by=there.mariana, at=at)
    assert world.page(there.store_id, case.id).state == "open"
    assert open_proposals(there.store_id) == ()


def test_carla_of_another_store_sees_nothing_and_does_nothing(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    made = cases.propose_return(case.id, by=there.mariana, at=at)
    hers = bank.bank_store()
    carla = works(hers, "owner", "Carla")

    assert case_page(hers, case.id) is None
    assert proposal(hers, made) is None
    assert open_cases(hers) == ()
    seen = world.proposed(there.store_id, made).hash
    with pytest.raises(approvals.NotYourRole):
        cases.approve_case(made, seen=seen, by=carla, at=at)
    with pytest.raises(approvals.NotYourRole):
        cases.reject_case(made, reason="", by=carla, at=at)
    with pytest.raises(approvals.NotYourRole):
        cases.withdraw_case(made, by=carla, at=at)
    assert world.page(there.store_id, case.id).state == "proposed"
    world.approve(there, made, at)
    (going,) = returns(there.store_id)
    assert returns(hers) == ()
    assert return_view(hers, going.id) is None


def test_carla_proposes_nothing_about_the_cases_of_others(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    carla = works(bank.bank_store(), "owner", "Carla")
    with pytest.raises(approvals.NotYourRole):
        cases.propose_return(case.id, by=carla, at=at)
    bulk = cases.propose_many([case.id, 10**9], "return", by=carla, at=at)
    assert bulk.proposed == {}
    assert world.page(there.store_id, case.id).state == "open"


def test_money_of_one_store_never_pays_an_order_of_another(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    theirs = bank.sale(at)
    with pytest.raises(CaseCannot, match="No hay ningún pedido"):
        cases.propose_apply(case.id, number=world.number_of(theirs), by=there.mariana, at=at)


REFUSED: dict[str, Callable[[House, bank.Sale, int, datetime], int]] = {
    "no es un número": lambda there, sold, case, at: cases.propose_apply(
        case, number="pedido 7", by=there.mariana, at=at
    ),
    "No hay ningún pedido": lambda there, sold, case, at: cases.propose_apply(
        case, number=order_number.draw(lambda letters: letters[3]), by=there.mariana, at=at
    ),
    "solo le faltan": lambda there, sold, case, at: cases.propose_apply(
        case, number=world.number_of(sold), amount=sold.total + Money(1), by=there.mariana, at=at
    ),
    "mayor que cero": lambda there, sold, case, at: cases.propose_apply(
        case, number=world.number_of(sold), amount=Money(0), by=there.mariana, at=at
    ),
    "Cada pedido una sola vez": lambda there, sold, case, at: cases.propose_split(
        case, shares=[(world.number_of(sold), Money(1)), (world.number_of(sold), Money(2))], by=there.mariana, at=at
    ),
    "Di a qué pedido": lambda there, sold, case, at: cases.propose_split(case, shares=[], by=there.mariana, at=at),
    "no es de ningún pedido": lambda there, sold, case, at: cases.propose_ask_for_rest(case, by=there.mariana, at=at),
    "Se puede devolver de": lambda there, sold, case, at: cases.propose_return(
        case, amount=sold.total + Money(1_01), by=there.mariana, at=at
    ),
    "CLABE no es válida": lambda there, sold, case, at: cases.propose_return(
        case, account="012180015012884673", holder="X", proof="Estado de cuenta", by=there.mariana, at=at
    ),
    "titular y la prueba": lambda there, sold, case, at: cases.propose_return(
        case, account="012180015012884670", holder="X", by=there.mariana, at=at
    ),
}


@pytest.mark.parametrize("why", list(REFUSED))
def test_what_cannot_be_is_refused_with_its_reason(there: House, at: datetime, why: str) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    case = world.orphan(there, sold.total + Money(1_00), at)
    with pytest.raises(CaseCannot, match=why):
        REFUSED[why](there, sold, case.id, at)
    assert world.page(there.store_id, case.id).state == "open"


def test_the_screen_says_what_may_be_done_and_why_not(there: House, at: datetime) -> None:
    sold, case = world.excess(there, at)
    why_not = {each.name: each.why_not for each in case.possible}
    assert [name for name, why in why_not.items() if not why] == ["apply", "split", "return"]
    assert why_not["accept_difference"] == f"El pedido {world.number_of(sold)} ya está pagado."
    assert why_not["write_off"] == "Pasa de la tolerancia de la tienda ($0.00)."
    assert why_not["dismiss"] == "El caso tiene $10.00: aplícalos o devuélvelos."
    cases.propose_return(case.id, by=there.mariana, at=at)
    assert not any(each.can for each in world.page(there.store_id, case.id).possible)


def test_an_unknown_case_is_told(there: House, at: datetime) -> None:
    with pytest.raises(CaseUnknown):
        cases.propose_return(10**9, by=there.mariana, at=at)


def test_a_proposal_of_something_else_is_no_case_and_stays_open(there: House, at: datetime) -> None:
    made = approvals.propose_policy(there.store_id, {"tolerance_centavos": 1}, by=there.mariana, at=at)
    with pytest.raises(approvals.ProposalUnknown):
        world.approve(there, made, at)
    assert world.proposed(there.store_id, made).state == "open"


def test_who_may_not_decide_does_not_kill_a_proposal_either(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    case = world.orphan(there, Money(100_00), at)
    made = cases.propose_apply(case.id, number=world.number_of(sold), by=there.mariana, at=at)
    bank.transfer(sold, "20.00", at=at)
    with pytest.raises(approvals.NotYourRole):
        world.approve(there, made, at, by=there.mariana)
    assert world.proposed(there.store_id, made).state == "open"
