"""A person's rights over what a store keeps of him: told in full, erased as far as money lets it, never by surprise."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from seguripago.foundations.audit.models import AuditEntry
from seguripago.jobs.buyer import FolderInUse, NobodyNamed, NotWhatWasShown, erase, export
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.models import Attachment, Conversation
from seguripago.journey.checkout.commands import keep_details
from seguripago.journey.checkout.models import Cart
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.notices.commands import retry_mail, send_due_mails
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.models import Order, PreInvoice
from seguripago.journey.orders.queries import orders_of_store
from seguripago.journey.payments.queries import with_money
from seguripago.values.actor import Actor
from tests.assistance.builders import ALL, EMAIL, PHONE, Shop, hear, open_shop, pay, place, say, someone_is_there, start
from tests.evidence.files import pdf

pytestmark = pytest.mark.django_db
LUCIA: dict[str, str] = {"store": "sierra-alta", "email": EMAIL.upper(), "phone": ""}
WHOLE = ("Lucía", "lucia", "5012", "Orizaba")
TABLES = (
    "shop_order",
    "pre_invoice",
    "shop_order_check",
    "assistance_conversation",
    "assistance_entry",
    "cart",
    "mail",
)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def ended(shop: Shop, at: datetime, turn: int = 1) -> int:
    """An order of Lucía's that nobody paid."""
    bought = place(shop, at=at, turn=turn)
    orders.prefill_checks(bought.id, at=at)
    orders.cancel_order(bought.id, by=shop.by_beto, reason="Lucía lo pidió", at=at)
    return bought.id


def kept_words() -> str:
    with connection.cursor() as cursor:
        said = []
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(string_agg({table}::text, ' '), '') FROM {table}")
            said.append(str(cursor.fetchone()))
    return " ".join(said)


def told(**other: Any) -> dict[str, Any]:
    return erase(**(LUCIA | {"confirm": ""} | other))


def test_a_person_without_money_is_erased_everywhere_and_nobody_else(shop: Shop, now: datetime) -> None:
    someone_is_there(shop, at=now)
    ended(shop, now)
    place(shop, at=now, turn=2, email="otra@correo.test", phone="55 9999 0000")
    talk = start(shop, at=now, phone=PHONE, question="Soy Lucía")
    chat.send_file(talk, shop.beto, filename="Lucía.pdf", body=pdf(), client_id=uuid.uuid4(), at=now)
    other = start(shop, at=now, token="t2", email="otra@correo.test")
    keep_details(shop.store_id, "c" * 32, {"email": EMAIL, "street": "Orizaba"}, at=now)
    keep_details(shop.store_id, "d" * 32, {"email": "otra@correo.test"}, at=now)
    hear(at=now)
    send_due_mails(20, at=now)
    shown = told()
    assert (shown["erased"], shown["conversations"], shown["orders"], shown["carts"]) == (False, 1, 1, 1)
    assert "Orizaba" in kept_words(), "looking changes nothing"
    done = told(confirm=shown["confirm"])
    assert done["erased"]
    # The other buyer of the fixture has the same name and address; what is Lucía's alone is gone.
    for personal in (EMAIL, "5012"):
        assert personal not in kept_words(), personal
    row = Conversation.objects.get(pk=talk)
    assert (row.buyer_name, row.state, bool(row.forgotten_at)) == ("Comprador", "resolved", True)
    assert not Attachment.objects.filter(conversation_id=talk).exclude(key="", filename="").exists()
    assert Conversation.objects.get(pk=other).forgotten_at is None
    assert Cart.objects.get(token="d" * 32).details == {"email": "otra@correo.test"}
    assert Order.objects.filter(buyer_email="otra@correo.test").count() == 1
    assert told()["conversations"] == told()["orders"] == told()["carts"] == told()["mails"] == 0
    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert actions.count("buyer.erased") == actions.count("order.buyer_erased") == 1
    assert actions.count("conversation.forgotten") == 1
    assert EMAIL not in str(list(AuditEntry.objects.filter(action__startswith="buyer.").values()))


def test_a_blank_order_still_draws_its_pages(shop: Shop, now: datetime) -> None:
    order_id = ended(shop, now)
    told(confirm=told()["confirm"])
    row = Order.objects.get(pk=order_id)
    assert (row.buyer_name, row.buyer_email, row.buyer_phone, row.cancel_reason) == ("Comprador", "", "", "")
    for personal in WHOLE:
        assert personal not in str(list(PreInvoice.objects.filter(order=row).values("body"))), personal
    assert not orders_of_store(shop.store_id, search="lucia")
    assert orders_of_store(shop.store_id, search=row.number)
    from django.test import Client

    assert Client().get(f"/pedido/{row.access_token}/").status_code == 200
    assert Client().get(f"/pedido/{row.access_token}/pre-factura.pdf").status_code == 200


def test_what_money_left_behind_stays_and_is_told_with_its_reason(shop: Shop, now: datetime) -> None:
    someone_is_there(shop, at=now)
    bought = place(shop, at=now)
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    say(talk, bought.number, at=now)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=now)
    chat.buyer_accepts(talk, at=now)
    chat.send_bank_details(talk, by=shop.by_beto, at=now)
    pay(bought.id, at=now)
    shown = told()
    assert (shown["conversations"], shown["orders"]) == (0, 0)
    assert any(bought.number in line and "pagado" in line for line in shown["stays"])
    assert any("siguen" in line for line in shown["stays"]), "its conversation waits for the delivery"
    told(confirm=shown["confirm"])
    assert Order.objects.get(pk=bought.id).buyer_email == EMAIL
    assert Conversation.objects.get(pk=talk).forgotten_at is None


def test_an_order_that_may_still_get_money_or_has_a_comprobante_stays(shop: Shop, now: datetime) -> None:
    with_paper, open_one = ended(shop, now), place(shop, at=now, turn=2)
    keep_evidence(with_paper, filename="a.pdf", body=pdf(), by=Actor.buyer("Lucía"), at=now)
    shown = told()
    assert shown["orders"] == 0
    assert sum("comprobante" in line for line in shown["stays"]) == 1
    assert sum("sigue abierto" in line and open_one.number in line for line in shown["stays"]) == 1


def test_late_money_keeps_an_order_until_nobody_waits_for_it(shop: Shop, now: datetime) -> None:
    someone_is_there(shop, at=now)
    bought = place(shop, at=now)
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    say(talk, bought.number, at=now)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=now)
    chat.buyer_accepts(talk, at=now)
    chat.send_bank_details(talk, by=shop.by_beto, at=now)
    assert with_money([bought.id], at=now) == {bought.id}
    assert with_money([bought.id], at=now + timedelta(days=90)) == frozenset()


def test_what_changed_since_it_was_shown_is_not_erased(shop: Shop, now: datetime) -> None:
    start(shop, at=now)
    shown = told()
    start(shop, at=now, token="t2")
    with pytest.raises(NotWhatWasShown):
        told(confirm=shown["confirm"])
    assert not Conversation.objects.filter(forgotten_at__isnull=False).exists()


def test_a_telephone_finds_a_person_however_it_is_written_and_another_store_is_left_alone(
    shop: Shop, now: datetime
) -> None:
    other = open_shop("otra-tienda")
    ended(shop, now)
    theirs = ended(other, now)
    shown = told(email="", phone="+52 (55) 5012-8846")
    assert shown["orders"] == 1
    told(email="", phone="5550128846", confirm=shown["confirm"])
    assert Order.objects.get(pk=theirs).buyer_email == EMAIL


@pytest.mark.parametrize(
    "wrong", [{"store": "nadie"}, {"email": ""}, {"email": "lucia"}, {"email": "", "phone": "5012"}]
)
def test_nobody_is_found_by_half_a_name(shop: Shop, wrong: dict[str, str]) -> None:
    with pytest.raises(NobodyNamed):
        told(**wrong)


def test_a_person_is_told_all_that_is_kept_of_him_and_no_secret(shop: Shop, now: datetime, tmp_path: Path) -> None:
    someone_is_there(shop, at=now)
    bought = place(shop, at=now)
    talk = start(shop, at=now, phone=PHONE, question="Soy Lucía, mi teléfono es 55 5012 8846")
    chat.take(talk, shop.beto, at=now)
    chat.note(talk, shop.beto, "solo de la mesa", client_id=uuid.uuid4(), at=now)
    chat.send_file(talk, shop.beto, filename="guia.pdf", body=pdf(), client_id=uuid.uuid4(), at=now)
    keep_evidence(bought.id, filename="a.pdf", body=pdf(2), by=Actor.buyer("Lucía"), at=now)
    keep_details(shop.store_id, "c" * 32, {"email": EMAIL, "street": "Orizaba"}, at=now)
    hear(at=now)
    folder = tmp_path / "lucia"
    said = export(**LUCIA, folder=str(folder))
    assert (said["conversations"], said["orders"], said["carts"], said["files"]) == (1, 1, 1, 2)
    whole = (folder / "datos.json").read_text()
    for personal in (*WHOLE, "55 5012 8846", bought.number, "Portón verde"):
        assert personal in whole, personal
    for secret in (bought.access_token, bought.pre_invoice_key, "solo de la mesa", "c" * 32):
        assert secret not in whole, secret
    told_of = json.loads(whole)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*told_of["archivos"], "datos.json"])
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))
    assert AuditEntry.objects.filter(action="buyer.exported").count() == 1
    with pytest.raises(FolderInUse):
        export(**LUCIA, folder=str(folder))


def test_a_mail_that_was_erased_is_not_sent_again(shop: Shop, now: datetime) -> None:
    ended(shop, now)
    hear(at=now)
    Mail.objects.filter(to=EMAIL).update(state="parked")
    told(confirm=told()["confirm"])
    blank = Mail.objects.filter(to="").first()
    assert blank is not None
    retry_mail(shop.store_id, blank.pk, by=shop.by_beto, at=now)
    assert Mail.objects.get(pk=blank.pk).state == "parked"


def test_a_browser_that_came_by_a_mails_link_opens_nothing_that_was_forgotten(shop: Shop, now: datetime) -> None:
    talk = start(shop, at=now)
    chat.make_way_back(talk, token="way", at=now)
    chat.come_back(shop.store_id, "way", browser_token="browser", at=now)
    assert reading.conversation_by_token("browser") is not None
    assert chat.forget_old(now + timedelta(days=2 * 366)) == 1
    assert reading.conversation_by_token("browser") is None


def test_a_file_that_was_forgotten_is_not_found(shop: Shop, now: datetime) -> None:
    someone_is_there(shop, at=now)
    talk = start(shop, at=now)
    chat.send_file(talk, shop.beto, filename="a.pdf", body=pdf(), client_id=uuid.uuid4(), at=now)
    paper = Attachment.objects.get(conversation_id=talk).pk
    assert reading.attachment_file(talk, paper, audience="desk") is not None
    assert chat.forget_old(now + timedelta(days=2 * 366)) == 1
    assert reading.attachment_file(talk, paper, audience="desk") is None
