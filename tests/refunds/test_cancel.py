"""Cancel before payment and before shipping; an account that the buyer gives; on the pages that people use."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from seguripago.foundations.approvals.queries import open_proposals
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.catalogue.models import Product
from seguripago.journey.orders.commands import ShippingHeld, mark_shipped
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation import commands as bank_side
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import names_differ, refund, refunds_of
from seguripago.journey.refunds.refusals import CancelAsked, ClabeWrong, TooLateToCancel
from seguripago.journey.refunds.rules import LegState, RefundReason, RefundState
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.money import bank
from tests.refunds.test_machine import Paid, approved, leave, paid, view, waiting
from tests.refunds.world import hear
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
LUCIA = Actor.buyer("Lucía Hernández")
CLABE = "646180157000000004"
AREA = "/medios-de-pago/reembolsos/"


def picture() -> bytes:
    body = BytesIO()
    Image.new("RGB", (40, 30), "white").save(body, "PNG")
    return body.getvalue()


def token_of(order_id: int) -> str:
    return order(order_id).access_token


def test_before_payment_the_buyer_cancels_at_once_and_late_money_is_a_case(at: datetime, client: Client) -> None:
    sold = bank.sale(at)
    held = Product.objects.filter(store_id=sold.store_id).values_list("reserved", flat=True)
    assert sum(held) > 0
    at_page = f"/pedido/{token_of(sold.order_id)}/"
    assert client.post(f"{at_page}cancelar/", {}).headers["Location"].endswith("aviso=cancelar-no")
    assert client.post(f"{at_page}cancelar/", {"sure": "si"}).headers["Location"].endswith("aviso=cancelado")
    hear(at)
    assert order(sold.order_id).state == "cancelled"
    assert sum(Product.objects.filter(store_id=sold.store_id).values_list("reserved", flat=True)) == 0
    found = payment_of(sold.order_id)
    assert found is not None
    assert found.state.value == "cancelled"
    bank.transfer(sold, order(sold.order_id).total.plain, at=at)
    assert order(sold.order_id).state == "cancelled"
    assert bank.paid_view(sold.order_id).received == Money(0)
    assert "Este pedido se canceló" in client.get(at_page).content.decode()
    assert broken_truths() == {}


def test_before_shipping_it_is_asked_for_stopped_and_decided_by_two(at: datetime, client: Client) -> None:
    there = paid(at)
    at_page = f"/pedido/{token_of(there.order_id)}/"
    assert "Cancelar y pedir mi reembolso" in client.get(at_page).content.decode()
    client.post(f"{at_page}cancelar/", {"sure": "si", "why": "Me equivoqué de talla"})
    (asked,) = refunds_of(there.order_id)
    assert (asked.reason, asked.state, asked.amount) == (RefundReason.CANCELLED, RefundState.ASKED, there.total)
    with pytest.raises(ShippingHeld):
        mark_shipped(there.order_id, by=there.diego, at=at)
    with pytest.raises(CancelAsked):
        refunds.cancel_order(there.order_id, note="", by=LUCIA, at=at)
    assert "Tu envío está detenido" in client.get(at_page).content.decode()

    clerk = entered(there.store_id, "payments", "mari")
    supervisor = entered(there.store_id, "supervisor", "dora")
    listed = clerk.get(AREA).content.decode()
    assert "Espera: Que la tienda lo decida.<br>Le toca a: Medios de pago, hasta" in listed
    clerk.post(f"{AREA}{asked.id}/proponer/", {"what": "grant"})
    (proposal,) = open_proposals(there.store_id)
    page = f"{AREA}{asked.id}/propuesta/{proposal.id}/"
    assert clerk.post(page, {"decision": "approve", "seen": proposal.hash}).status_code == 409
    assert supervisor.post(page, {"decision": "approve", "seen": proposal.hash}).status_code == 302
    hear(at)
    assert "por SPEI a tu cuenta •••• 4670" in client.get(at_page).content.decode()
    leave(there, at)
    assert order(there.order_id).state == "cancelled"
    said = client.get(at_page).content.decode()
    assert "Motivo: Me equivoqué de talla<br>Tu dinero volvió por donde pagaste" in said
    assert there.instruction.tracking_key in said
    assert there.money(Account.DUE_TO_BUYER) == Money(0)
    assert broken_truths() == {}


def test_the_store_cancels_what_it_cannot_deliver_with_a_second_person(at: datetime) -> None:
    there = paid(at)
    number = order(there.order_id).number
    owner = entered(there.store_id, "owner", "ana")
    assert owner.post(f"/oficina/pedidos/{number}/cancelar/", {"reason": "Se rompió en bodega"}).status_code == 302
    assert order(there.order_id).shipping_hold
    (asked,) = refunds_of(there.order_id)
    assert (asked.note, asked.state) == ("Se rompió en bodega", RefundState.ASKED)
    (proposal,) = open_proposals(there.store_id)
    page = f"/oficina/reembolsos/{asked.id}/"
    assert "Se rompió en bodega" in owner.get(page).content.decode()
    said = {"decision": "reject", "seen": proposal.hash, "reason": "Sí hay otra pieza"}
    assert owner.post(f"{page}propuesta/{proposal.id}/", said).status_code == 409
    supervisor = entered(there.store_id, "supervisor", "dora")
    assert supervisor.post(f"{page}propuesta/{proposal.id}/", said).status_code == 302
    told = view(asked.id)
    assert (told.state, told.words) == (RefundState.REJECTED, "Sí hay otra pieza")
    assert not order(there.order_id).shipping_hold
    assert broken_truths() == {}


def test_the_buyer_may_want_it_after_all_and_the_parcel_goes(at: datetime, client: Client) -> None:
    there = paid(at)
    refunds.cancel_order(there.order_id, note="", by=Actor.buyer(order(there.order_id).buyer.name), at=at)
    (asked,) = refunds_of(there.order_id)
    client.post(f"/pedido/{token_of(there.order_id)}/no-cancelar/{asked.id}/")
    assert view(asked.id).state is RefundState.REJECTED
    mark_shipped(there.order_id, by=there.diego, at=at)
    with pytest.raises(TooLateToCancel):
        refunds.cancel_order(there.order_id, note="", by=LUCIA, at=at)
    assert order(there.order_id).state == "shipped"


def test_the_office_says_that_the_buyer_asked_and_offers_no_second_cancel(at: datetime, client: Client) -> None:
    there = paid(at)
    olga = entered(there.store_id, "owner", "olga")
    page, buyers = f"/oficina/pedidos/{order(there.order_id).number}/", f"/pedido/{token_of(there.order_id)}/"
    assert "Cancelar pedido" in olga.get(page).content.decode()
    client.post(f"{buyers}cancelar/", {"sure": "si", "why": "Me equivoqué de talla"})
    (asked,) = refunds_of(there.order_id)
    drawn = olga.get(page).content.decode()
    assert "Tu cliente pidió cancelar este pedido." in drawn
    assert "Motivo: Me equivoqué de talla" in drawn
    assert "No sale mientras dos personas de tu tienda deciden su reembolso" in drawn
    assert f'href="/oficina/reembolsos/{asked.id}/"' in drawn
    for wrong in ("Cancelar pedido", "mientras se aclara una duda"):
        assert wrong not in drawn
    said = client.get(buyers).content.decode()
    assert "Detenido: pediste cancelar tu pedido" in said
    assert "Detenido mientras se aclara una duda" not in said

    refunds.propose_refund(asked.id, by=there.mariana, at=at)
    yes(there, asked.id, at)
    hear(at)
    drawn = olga.get(page).content.decode()
    assert "ya se aprobó: el pedido se cancela cuando el dinero vuelve" in drawn
    assert "Cancelar pedido" not in drawn
    leave(there, at)
    drawn = olga.get(page).content.decode()
    assert "<dt>Motivo</dt><dd>Me equivoqué de talla</dd>" in drawn
    assert "pidió cancelar este pedido" not in drawn


def test_the_words_of_a_wish_that_was_taken_back_are_no_reason_of_the_next_end(at: datetime, client: Client) -> None:
    there = paid(at)
    buyers = f"/pedido/{token_of(there.order_id)}/"
    client.post(f"{buyers}cancelar/", {"sure": "si", "why": "Me equivoqué de talla"})
    (asked,) = refunds_of(there.order_id)
    assert order(there.order_id).cancel_reason == "Me equivoqué de talla"
    told = client.get(buyers).content.decode()
    assert told.count("Me equivoqué de talla") == 2, "beside its refund, and in the order's history"
    client.post(f"{buyers}no-cancelar/{asked.id}/")
    assert order(there.order_id).cancel_reason == ""
    approved(there, there.total, at)
    leave(there, at)
    assert (order(there.order_id).state, order(there.order_id).cancel_reason) == ("cancelled", "Reembolso total.")


def yes(there: Paid, refund_id: int, at: datetime) -> None:
    proposal_id, seen = waiting(there, refund_id)
    refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)


def no_account(at: datetime) -> tuple[Paid, int]:
    """A refund of a transfer whose bank named no account."""
    there = paid(at, payer_account="")
    refund_id = refunds.ask_refund(
        there.order_id, Money(100_00), reason=RefundReason.BY_STORE, note="Faltó una pieza", by=there.mariana, at=at
    )
    yes(there, refund_id, at)
    hear(at)
    return there, refund_id


def test_an_account_of_the_buyers_needs_digits_a_proof_and_two_people(at: datetime, client: Client) -> None:
    there, refund_id = no_account(at)
    assert view(refund_id).needs_account
    at_page = f"/pedido/{token_of(there.order_id)}/"
    assert "¿A qué cuenta te lo enviamos?" in client.get(at_page).content.decode()
    proof = {"file": SimpleUploadedFile("caratula.png", picture(), "image/png")}
    wrong = client.post(f"{at_page}cuenta/{refund_id}/", {"clabe": CLABE[:-1] + "5", "holder": "Otra Persona", **proof})
    assert wrong.status_code == 422
    assert "Revisa tu CLABE" in wrong.content.decode()
    assert 'value="Otra Persona"' in wrong.content.decode()
    none = client.post(f"{at_page}cuenta/{refund_id}/", {"clabe": CLABE, "holder": "Otra Persona"})
    assert none.status_code == 422
    proof = {"file": SimpleUploadedFile("caratula.png", picture(), "image/png")}
    given = client.post(f"{at_page}cuenta/{refund_id}/", {"clabe": CLABE, "holder": "Otra Persona", **proof})
    assert given.status_code == 302
    told = view(refund_id)
    assert told.account is not None
    assert (told.account.clabe, told.needs_account, told.needs_person) == (CLABE, False, True)
    assert names_differ(told)
    assert ReturnInstruction.objects.count() == 0

    clerk = entered(there.store_id, "payments", "mari")
    supervisor = entered(there.store_id, "supervisor", "dora")
    page = clerk.get(f"{AREA}{refund_id}/").content.decode()
    assert "La cuenta está a nombre de Otra Persona" in page
    proved = clerk.get(f"/reembolsos/prueba/{told.account.id}/", follow=True)
    assert (proved.status_code, proved["Content-Disposition"][:10]) == (200, "attachment")
    assert "/archivos/" in proved.redirect_chain[0][0], "where no cookie is"
    assert proved["Content-Security-Policy"] == "sandbox; default-src 'none'"
    clerk.post(f"{AREA}{refund_id}/proponer/", {"what": "account"})
    (proposal,) = open_proposals(there.store_id)
    decided = f"{AREA}{refund_id}/propuesta/{proposal.id}/"
    assert supervisor.post(decided, {"decision": "approve", "seen": proposal.hash}).status_code == 302
    leave(there, at)
    told = view(refund_id)
    assert (told.state, told.legs[0].state, told.legs[0].to) == (RefundState.CONFIRMED, LegState.CONFIRMED, CLABE)
    assert broken_truths() == {}


def test_an_account_that_is_not_good_is_asked_for_again(at: datetime) -> None:
    there, refund_id = no_account(at)
    with pytest.raises(ClabeWrong):
        give(refund_id, "123", at)
    account_id = give(refund_id, CLABE, at)
    proposal_id = refunds.propose_account(account_id, by=there.mariana, at=at)
    refunds.reject_any(proposal_id, reason="No se ve tu nombre", by=there.diego, at=at)
    told = view(refund_id)
    assert told.account is not None
    assert (told.needs_account, told.account.words) == (True, "No se ve tu nombre")
    give(refund_id, CLABE, at)
    assert not view(refund_id).needs_account
    assert broken_truths() == {}


def give(refund_id: int, clabe: str, at: datetime) -> int:
    return refunds.give_account(
        refund_id, clabe=clabe, holder="Lucía Hernández", filename="estado.png", body=picture(), by=LUCIA, at=at
    )


def test_a_transfer_that_failed_may_go_to_another_account(at: datetime) -> None:
    there = paid(at)
    refund_id = refunds.ask_refund(
        there.order_id, Money(100_00), reason=RefundReason.BY_STORE, note="x", by=there.mariana, at=at
    )
    yes(there, refund_id, at)
    row = leave(there, at)
    bank_side.fail_return(row.pk, reason="Cuenta cancelada", by=there.diego, at=at)
    hear(at)
    refunds.propose_again(refund_id, other_account=True, by=there.mariana, at=at)
    yes(there, refund_id, at)
    assert view(refund_id).needs_account
    account_id = give(refund_id, CLABE, at)
    refunds.propose_account(account_id, by=there.mariana, at=at)
    yes(there, refund_id, at)
    assert there.instruction.account == CLABE
    leave(there, at)
    assert view(refund_id).state is RefundState.CONFIRMED
    assert broken_truths() == {}


def test_another_store_sees_nothing(at: datetime) -> None:
    there, refund_id = no_account(at)
    account_id = give(refund_id, CLABE, at)
    carla = entered(paid(at).store_id, "supervisor", "carla")
    assert carla.get(f"{AREA}{refund_id}/").status_code == 404
    assert carla.get(f"/oficina/reembolsos/{refund_id}/").status_code == 404
    assert carla.get(f"/reembolsos/prueba/{account_id}/").status_code == 404
    assert refund(10**9) is None
    stranger = Client()
    assert stranger.post(f"/pedido/{token_of(paid(at).order_id)}/cuenta/{refund_id}/", {}).status_code == 404
    assert there.order_id
