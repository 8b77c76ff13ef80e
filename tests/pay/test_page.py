"""What the page of a link shows: to whoever holds it, to whoever proves himself, at every moment of its life."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.journey.orders import commands as orders
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.models import Link
from seguripago.journey.receipts.queries import receipt_of
from seguripago.values.money import Money
from tests.orders import builders
from tests.orders.charges import charged
from tests.pay.payers import MEDIOS, Sent, at_home, opened, paid, proved, sent
from tests.receipts.purchases import let_receipts_be_issued

pytestmark = pytest.mark.django_db
MAIL = "lucia.hernandez@correo.example"
PRIVATE = (MAIL, "5012", "8846", "Orizaba", "06700", "Hernández", "Lucía")


def test_before_a_proof_the_page_shows_what_is_asked_and_nothing_of_the_buyer(client: Client) -> None:
    link = sent()
    body = opened(client, link)
    assert link.order.number in body
    assert "$2,063.00" in body or str(link.order.total) in body
    assert link.page.phrase in body
    assert "la misma del chat y del correo" in body
    assert "data-left" in body
    instructions = link.page.instructions
    assert instructions is not None
    for secret in (instructions.clabe, instructions.clabe_pretty, link.order.access_token, link.token, *PRIVATE):
        assert secret not in body


def test_the_buyer_s_own_browser_needs_no_proof(client: Client) -> None:
    link = sent()
    at_home(client, link)
    body = opened(client, link)
    told = link.page.instructions
    assert told is not None
    for each in (told.clabe, told.beneficiary, told.bank, told.concept, link.page.missing.plain):
        assert f'data-copy="{each}"' in body
    assert told.clabe_pretty in body
    assert "Esperando tu transferencia" in body
    assert "no es CoDi" in body
    assert link.order.access_token not in body


@pytest.mark.parametrize(
    "said",
    ["lucia.hernandez@correo.example", " LUCIA.Hernandez@correo.example ", "8846", "55 5012 8846", "+525550128846"],
)
def test_mail_telephone_or_its_last_four_digits_prove(client: Client, said: str) -> None:
    link = sent()
    told = link.page.instructions
    assert told is not None
    assert told.clabe_pretty in proved(client, link, said)
    for private in PRIVATE:
        assert private not in client.get(link.address).content.decode()


def test_a_proof_is_of_one_link(client: Client) -> None:
    one, other = sent(), sent()
    proved(client, one)
    client.cookies["sp_pago_prueba"]["path"] = "/"
    assert "Antes de mostrarte los datos de pago" in opened(client, other)


def test_a_deposit_and_its_rest_say_what_they_are(client: Client) -> None:
    link = sent(purpose="deposit", amount=Money(50_000))
    total, rest = link.order.total, link.order.total - Money(50_000)
    body = proved(client, link)
    assert f"Anticipo de $500.00 de {total}; el resto, {rest}, lo pagas después con otro link." in body
    assert 'data-copy="500.00"' in body
    assert "Monto fijo, IVA incluido" in body
    paid(link)
    body = client.get(link.address).content.decode()
    assert "Recibimos tu anticipo" in body
    assert f"El resto, {rest}, se paga con otro link" in body
    row = Link.objects.get(payment_id=link.payment_id, purpose="rest")
    assert row.handle != link.handle
    second = sent(order_id=link.order_id, purpose="rest")
    body = proved(Client(), second)
    assert "Resto de tu pedido" in body
    assert f"Ya recibimos $500.00 de {total}; con esto queda pagado tu pedido." in body
    assert f'data-copy="{rest.plain}"' in body


def test_a_part_that_came_is_counted_and_the_clabe_stays(client: Client) -> None:
    link = sent()
    body = proved(client, link)
    paid(link, Money(10_000))
    body = client.get(f"{link.address}estado/").content.decode()
    missing = link.order.total - Money(10_000)
    assert f"Llevas <b>$100.00</b>, faltan <b>{missing}</b>, misma CLABE." in body
    assert f'data-copy="{missing.plain}"' in body


def test_paid_shows_the_receipt_and_the_order_only_to_who_proved(client: Client) -> None:
    link, stranger = sent(), Client()
    opened(stranger, link)
    proved(client, link)
    at = timezone.now()
    paid(link, at=at)
    let_receipts_be_issued(at)
    receipt = receipt_of(link.order_id)
    assert receipt is not None
    body = client.get(f"{link.address}estado/").content.decode()
    assert "Este pedido ya está pagado" in body
    assert receipt.number in body
    assert "Ver mi pedido" in body
    body = stranger.get(link.address).content.decode()
    assert "Este pedido ya está pagado" in body
    assert receipt.number not in body
    assert "Ver mi pedido" not in body
    assert stranger.get(f"{link.address}pedido/").url == link.address


def test_four_digits_show_what_to_pay_and_the_whole_mail_opens_the_order(client: Client) -> None:
    link = sent()
    proved(client, link, "8846")
    assert client.get(f"{link.address}pedido/").url == link.address
    paid(link)
    body = client.get(f"{link.address}pedido/").content.decode()
    assert "Correo o teléfono completo del pedido" in body
    assert link.order.access_token not in body
    again = {"said": "8846", "para": "pedido"}
    assert client.post(f"{link.address}comprobar/", again).status_code == 422
    answer = client.post(f"{link.address}comprobar/", {"said": MAIL, "para": "pedido"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/pedido/{link.order.access_token}/"


def test_the_buyer_goes_from_the_paid_link_to_his_order(client: Client) -> None:
    link = sent()
    at_home(client, link)
    opened(client, link)
    paid(link)
    assert client.get(f"{link.address}pedido/").url == f"/pedido/{link.order.access_token}/"


def expired(link: Sent) -> None:
    Link.objects.filter(handle=link.handle).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoked(link: Sent) -> None:
    payments.revoke_link(link.page.id, why="monto equivocado", by=MEDIOS, at=timezone.now())


def cancelled(link: Sent) -> None:
    orders.cancel_order(link.order_id, reason="Ya no lo quiere", by=MEDIOS, at=timezone.now())


def superseded(link: Sent) -> None:
    sent(order_id=link.order_id)


def by_bank_details(link: Sent) -> None:
    payments.send_transfer_details(link.order_id, by=MEDIOS, at=timezone.now())


@pytest.mark.parametrize(
    ("end", "heading", "says", "next_step", "panel"),
    [
        (expired, "Este link venció", "Tu pedido sigue apartado", "Enviarme un link nuevo", "expired"),
        (revoked, "La tienda retiró este link", "pregúntale a la tienda", "Hablar con un analista", "revoked"),
        (cancelled, "Este pedido se canceló", "Ya no hay nada que pagar", "Hablar con un analista", "revoked"),
        (superseded, "Este link ya no se usa", "Usa el link más reciente", "Enviarme un link nuevo", "superseded"),
        (by_bank_details, "Este link ya no se usa", "más nueva", "Enviarme un link nuevo", "superseded"),
    ],
)  # fmt: skip
def test_every_end_has_its_words_and_its_next_step(
    client: Client, end: object, heading: str, says: str, next_step: str, panel: str
) -> None:
    link = sent()
    told = link.page.instructions
    proved(client, link)
    end(link)  # type: ignore[operator]
    body = client.get(link.address).content.decode()
    assert f'data-panel="{panel}"' in body
    for each in (heading, says, next_step):
        assert each in body
    assert told is not None
    assert told.clabe_pretty not in body
    assert heading in opened(Client(), link)


def test_a_link_whose_order_expired_leads_back_to_the_store(client: Client) -> None:
    at = timezone.now() - timedelta(days=20)
    link = sent(at)
    payments.expire_payments(at=timezone.now())
    orders.expire_orders(at=timezone.now())
    body = opened(client, link)
    assert "Tu pedido también venció" in body
    assert "Volver a la tienda" in body
    assert "Enviarme un link nuevo" not in body


def test_the_link_of_a_charge_without_a_cart_ends_and_nothing_was_held(client: Client) -> None:
    link = sent(order_id=charged(builders.make_store(), timezone.now()), purpose="quick")
    expired(link)
    assert "Tu cobro sigue vigente hasta" in opened(client, link)
    after = timezone.now() + timedelta(days=20)
    payments.expire_payments(at=after)
    orders.expire_orders(at=after)
    body = opened(client, link)
    assert "Tu cobro también venció." in body
    assert "apartado" not in body


def test_a_charge_without_a_cart_waits_for_the_buyer_s_yes(client: Client) -> None:
    at = timezone.now()
    link = sent(order_id=charged(builders.make_store(), at), purpose="quick")
    at_home(client, link)
    body = opened(client, link)
    assert "Es correcto, pagar" in body
    assert "Mantenimiento de molino" in body
    assert "En tu domicilio, el viernes" in body
    assert "Esperando tu transferencia" not in body
    answer = client.post(f"{link.address}aceptar/", follow=True)
    body = answer.content.decode()
    assert link.order.accepted_at is not None
    told = link.page.instructions
    assert told is not None
    assert told.clabe_pretty in body
    assert client.post(f"{link.address}aceptar/").url == link.address


def test_nobody_says_yes_without_a_proof(client: Client) -> None:
    link = sent(order_id=charged(builders.make_store(), timezone.now()), purpose="quick")
    opened(client, link)
    client.post(f"{link.address}aceptar/")
    assert link.order.accepted_at is None


def test_the_page_speaks_english_too(client: Client) -> None:
    client.cookies["sp_idioma"] = "en"
    link = sent()
    body = opened(client, link)
    assert "Antes de mostrarte" not in body
    assert "last 4 digits" in body


def test_the_page_needs_few_queries(client: Client, django_assert_num_queries) -> None:
    link = sent()
    proved(client, link)
    client.get(link.address)
    with django_assert_num_queries(6):
        client.get(link.address)
    with django_assert_num_queries(6):
        client.get(f"{link.address}estado/")


def test_the_page_listens_without_a_secret_of_the_order(client: Client) -> None:
    link = sent()
    body = opened(client, link)
    assert 'data-live="pay:' in body
    assert link.order.access_token not in body
