"""What must never happen in the chat: order data without proof, kept secrets, dictated bank details."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, timedelta

import pypdfium2
import pytest
from PIL import Image

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.models import Entry
from seguripago.journey.evidence.cleaning import FileIsBroken
from seguripago.journey.evidence.commands import FileIsNotTaken, FileIsTooBig
from seguripago.journey.orders.queries import order, pre_invoice
from seguripago.ports.documents import printer
from seguripago.values.actor import Actor
from tests.assistance.builders import ALL, EMAIL, cards, open_shop, place, say, someone_is_there, start, texts

pytestmark = pytest.mark.django_db

UNIFORM = "No pude verificar ese pedido con los datos de esta conversación."
CARD = "4111 1111 1111 1111"
CLABE = "646180115700294217"


def _last(talk: int) -> str:
    return texts(talk)[-1]


@pytest.mark.parametrize("which", ["wrong", "other", "none"])
def test_the_answer_is_the_same_whatever_was_wrong(at: datetime, which: str) -> None:
    shop = open_shop()
    strangers = place(shop, at=at, email="carla@correo.test", phone="55 1111 2222")
    other_shop = open_shop("otra-tienda")
    elsewhere = place(other_shop, at=at, turn=3)
    someone_is_there(shop, at=at)
    talk = start(shop, at=at, email=EMAIL)
    number = {"wrong": strangers.number, "other": elsewhere.number, "none": "CM-0000-0000"}[which]
    assert chat.identify_order(talk, number, own_order_tokens=(), by=shop.by_beto, at=at) is None
    assert _last(talk).startswith(UNIFORM)
    assert cards(talk) == []
    view = reading.conversation(talk)
    assert view is not None
    assert (view.order_id, view.order_number) == (None, "")
    panel = reading.desk_panel(talk)
    assert panel is not None
    assert panel.order is None


def test_order_data_stays_unsaid_in_every_entry_until_the_proof(at: datetime) -> None:
    shop = open_shop()
    strangers = place(shop, at=at, email="carla@correo.test", phone="55 1111 2222")
    talk = start(shop, at=at, email=EMAIL)
    for sentence in (strangers.number, "¿Cuándo llega?", "mi pago no aparece", "¿qué garantía tiene?"):
        say(talk, sentence, at=at)
    kept = " ".join(
        str(entry.body) for entry in Entry.objects.filter(conversation_id=talk, author_kind__in=("assistant", "system"))
    )
    for secret in ("Orizaba", "06700", str(strangers.total), "Acultzingo", "carla", strangers.access_token):
        assert secret not in kept


@pytest.mark.parametrize(
    ("email", "phone"), [(EMAIL.upper(), ""), ("otro@correo.test", "+52 55 5012 8846"), (EMAIL, "55 5012 8846")]
)
def test_mail_or_telephone_of_the_order_is_a_second_proof(at: datetime, email: str, phone: str) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, email=email, phone=phone)
    assert chat.identify_order(talk, bought.number, by=shop.by_beto, at=at) == bought.id
    assert cards(talk) == ["order_verified"]


@pytest.mark.parametrize(
    "phone",
    [
        "5550128846",
        "(55) 5012-8846",
        "55.50.12.88.46",
        "+52 1 55 5012 8846",
        "５５ ５０１２ ８８４６",
        "55\u200b5012\u00a08846",
    ],
)
@pytest.mark.parametrize(
    "typed",
    ["{0}", "{0:l}", "{0:b}", "CM {0:4} {0:8}", "cm\u2212{0:4}\u2212{0:8}", "C M - {0:4} -\n{0:8}", "#{0}", "No. {0}.",
     "CM\u200b-{0:4}\u00ad{0:8}"],
)  # fmt: skip
def test_number_and_telephone_prove_however_they_are_spaced(at: datetime, typed: str, phone: str) -> None:
    class Number(str):
        def __format__(self, how: str) -> str:
            parts = {"l": self.lower(), "b": self.replace("-", ""), "4": self[3:7], "8": self[8:]}
            return parts.get(how, str(self))

    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, email="otro@correo.test", phone=phone)
    number = typed.format(Number(bought.number))
    assert chat.identify_order(talk, number, by=shop.by_beto, at=at) == bought.id
    said = start(shop, at=at, email="otro@correo.test", phone=phone, token="t2")
    say(said, f"Es el {number}, gracias", at=at)
    assert cards(said)[0] == "order_verified"


def test_the_sixth_try_is_left_to_a_person_even_with_the_right_number(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at)
    for _try in range(5):
        chat.identify_order(talk, "CM-0000-0000", by=shop.by_beto, at=at)
    assert chat.identify_order(talk, bought.number, by=shop.by_beto, at=at) is None
    assert "Un analista revisará" in _last(talk)


def test_the_pre_invoice_dropped_into_the_chat_is_number_and_proof(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at, email="otra@correo.test", phone="55 9999 0000")
    paper = printer().pdf(pre_invoice(bought.id))
    talk = start(shop, at=at)
    assert chat.drop_document(talk, paper, "PRE-FACTURA.pdf", at=at) == "pre_invoice"
    assert cards(talk)[0] == "order_verified"


def test_a_picture_of_the_pre_invoice_is_read_by_its_qr(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at, email="otra@correo.test", phone="55 9999 0000")
    page = pypdfium2.PdfDocument(printer().pdf(pre_invoice(bought.id)))[0]
    kept = io.BytesIO()
    page.render(scale=2).to_pil().convert("RGB").save(kept, "JPEG", quality=80)
    talk = start(shop, at=at)
    assert chat.drop_document(talk, kept.getvalue(), "foto.jpg", at=at) == "pre_invoice"
    assert cards(talk)[0] == "order_verified"


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7 broken", b"hello", b"\xff\xd8\xff broken"])
def test_a_broken_file_is_no_pre_invoice_and_breaks_nothing(at: datetime, body: bytes) -> None:
    shop = open_shop()
    talk = start(shop, at=at)
    with pytest.raises((FileIsTooBig, FileIsNotTaken, FileIsBroken)):
        chat.drop_document(talk, body, "x.pdf", at=at)
    assert "file" not in cards(talk)


def test_a_picture_without_a_code_is_kept_as_comprobante(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    drawn = io.BytesIO()
    Image.new("RGB", (400, 600), "white").save(drawn, "PNG")
    assert chat.drop_document(talk, drawn.getvalue(), "spei.png", at=at) == "evidence"
    assert "evidence_received" in cards(talk)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"mi tarjeta es {CARD}", "mi tarjeta es •••• 1111"),
        ("mi cvv es 123", "mi cvv es •••"),
        ("NIP: 1234", "NIP: •••"),
        ("el código de verificación es 834912", "el código de verificación es •••"),
        (f"mi CLABE es {CLABE}", f"mi CLABE es {CLABE}"),
        ("rastreo MBAN01002611220072913", "rastreo MBAN01002611220072913"),
        ("Transfe\u202eri\u200b ya", "Transferi ya"),
    ],
)
def test_secrets_are_masked_before_they_are_kept(at: datetime, said: str, kept: str) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    say(talk, said, at=at)
    assert _last(talk) == kept


@pytest.mark.parametrize(
    "digits", [CLABE, "646 180 1157 0029 4217", "6461-8011-5700-2942-17", CARD, "５５５５ ５５５５ ５５５５ ４４４４"]
)
def test_an_analyst_cannot_dictate_an_account(at: datetime, digits: str) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    with pytest.raises(chat.UseTheCard):
        chat.reply(talk, shop.beto, f"Deposita a {digits} por favor", client_id=uuid.uuid4(), seen_seq=99, at=at)
    chat.reply(talk, shop.beto, "Llámanos al 55 5012 8846", client_id=uuid.uuid4(), seen_seq=99, at=at)


def test_bank_details_wait_for_the_six_checks_and_the_buyer(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    with pytest.raises(chat.NoOrderYet):
        chat.send_bank_details(talk, by=shop.by_beto, at=at)
    say(talk, bought.number, at=at)
    with pytest.raises(chat.DetailsNotAllowed) as refused:
        chat.send_bank_details(talk, by=shop.by_beto, at=at)
    assert len(refused.value.missing) == 7
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    with pytest.raises(chat.DetailsNotAllowed):
        chat.send_link(talk, token="x" * 32, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    assert cards(talk)[-2:] == ["bank_details", "transfer_monitored"]
    chat.send_bank_details(talk, by=shop.by_beto, at=at + timedelta(minutes=1))
    assert cards(talk).count("bank_details") == 1
    assert order(bought.id).state == "verified"


def test_a_teammate_who_spoke_first_is_read_first(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    seen = reading.conversation(talk)
    assert seen is not None
    chat.reply(talk, shop.sofia, "Yo lo veo", client_id=uuid.uuid4(), seen_seq=seen.seq, at=at)
    with pytest.raises(chat.TeammateSpokeFirst) as refused:
        chat.reply(talk, shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=seen.seq, at=at)
    assert refused.value.name == "Sofía Paz"


def test_who_answers_where_nobody_is_responsible_becomes_responsible(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.reply(talk, shop.beto, "Hola, Lucía", client_id=uuid.uuid4(), seen_seq=1, at=at)
    view = reading.conversation(talk)
    assert view is not None
    assert (view.state, view.analyst_name) == ("assigned", "Beto Luna")


def test_a_private_note_never_reaches_the_buyer(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.note(talk, shop.beto, "Sospecho de este pago", client_id=uuid.uuid4(), at=at)
    assert "Sospecho de este pago" not in texts(talk)
    assert "Sospecho de este pago" in texts(talk, audience="desk")


def test_somebody_of_another_store_cannot_act(at: datetime) -> None:
    shop, other = open_shop(), open_shop("otra-tienda")
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    with pytest.raises(chat.AnalystUnknown):
        chat.take(talk, other.beto, at=at)
    with pytest.raises(chat.AnalystUnknown):
        chat.reply(talk, other.beto, "Hola", client_id=uuid.uuid4(), seen_seq=9, at=at)
    with pytest.raises(chat.AnalystUnknown):
        chat.confirm_all(talk, ALL, by=other.by_beto, at=at)
    assert chat.take_next(shop.store_id, shop.beto, at=at) == talk


def test_names_lose_badges_and_hidden_letters(at: datetime) -> None:
    shop = open_shop()
    asked = chat.StartConversation("t9", "Mariana ✅ \u202eRíos\u200b", EMAIL, "", "", "Hola", "spei")
    talk = chat.start_conversation(shop.store_id, asked, at=at)
    view = reading.conversation(talk)
    assert view is not None
    assert view.buyer_name == "Mariana Ríos"


def test_a_resolved_conversation_is_heard_again(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    chat.resolve(talk, by=shop.by_beto, at=at)
    with pytest.raises(chat.ConversationClosed):
        chat.reply(talk, shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=99, at=at)
    say(talk, "¿Siguen ahí?", at=at)
    view = reading.conversation(talk)
    assert view is not None
    assert (view.state, view.position) == ("waiting", 1)
    chat.take(talk, shop.beto, at=at + timedelta(seconds=5))
    chat.transfer(talk, shop.sofia, "Pide factura", by=shop.by_beto, at=at + timedelta(seconds=9))
    moved = reading.conversation(talk)
    assert moved is not None
    assert moved.analyst_name == "Sofía Paz"
    assert Actor.assistant().name == "Asistente CONNECT@Me"
