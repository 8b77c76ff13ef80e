"""What is said in the chat and goes by mail: to who left, and the whole of it; never what is private."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.notices.commands import write_to_who_left
from seguripago.journey.notices.models import Mail
from tests.assistance import builders

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
SECRET = "SECRETO de la mesa"


@pytest.fixture
def shop(db: None) -> builders.Shop:
    return builders.open_shop()


def after(**passed: float) -> datetime:
    return AT + timedelta(**passed)


def attended(shop: builders.Shop, **more: object) -> int:
    builders.someone_is_there(shop, at=AT)
    held = builders.start(shop, at=AT, **more)  # type: ignore[arg-type]
    chat.take(held, shop.beto, at=AT)
    return held


def reply(shop: builders.Shop, held: int, text: str, *, at: datetime) -> int:
    seen = reading.conversation(held)
    assert seen is not None
    return chat.reply(held, shop.beto, text, client_id=uuid.uuid4(), seen_seq=seen.seq, at=at)


def tell(*, at: datetime, token: str = "vuelta-1") -> int:
    return write_to_who_left(draw=lambda: token, at=at)


def test_who_left_reads_everything_in_one_mail_with_a_way_back(shop: builders.Shop) -> None:
    held = attended(shop)
    reply(shop, held, "Hola, Lucía", at=AT)
    chat.note(held, shop.beto, SECRET, client_id=uuid.uuid4(), at=AT)
    reply(shop, held, "¿Sigues ahí?", at=after(seconds=40))
    assert tell(at=after(seconds=100)) == 0
    assert tell(at=after(minutes=3)) == 1
    assert tell(at=after(minutes=3)) == 0
    mail = Mail.objects.get()
    assert (mail.to, mail.template) == (builders.EMAIL, "chat_unread")
    assert "Beto Luna te escribió" in mail.subject
    for words in ("Hola, Lucía", "¿Sigues ahí?", "/asistente/sierra-alta/volver/#vuelta-1", "Beto Luna"):
        assert words in mail.text
        assert words in mail.html
    assert SECRET not in mail.text + mail.html
    assert chat.come_back(shop.store_id, "vuelta-1", browser_token="nuevo", at=after(minutes=9)) == held


def test_a_mail_that_cannot_be_kept_marks_nothing_as_told(shop: builders.Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    held = attended(shop)
    reply(shop, held, "Hola", at=AT)

    def broken(*_given: object, **_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("seguripago.journey.notices.commands.chat._write", broken)
        assert tell(at=after(minutes=3)) == 0
    assert not Mail.objects.exists()
    assert tell(at=after(minutes=3), token="vuelta-2") == 1
    assert held


def test_what_was_told_is_not_told_again_after_ten_minutes(shop: builders.Shop) -> None:
    held = attended(shop)
    reply(shop, held, "Primero", at=AT)
    assert tell(at=after(minutes=3)) == 1
    reply(shop, held, "Segundo", at=after(minutes=4))
    assert tell(at=after(minutes=12), token="otra") == 0
    assert tell(at=after(minutes=14), token="otra") == 1
    newest = Mail.objects.order_by("-pk").first()
    assert newest is not None
    assert "Segundo" in newest.text
    assert "Primero" not in newest.text


def test_a_mail_that_cannot_be_written_keeps_no_other_from_being_written(shop: builders.Shop) -> None:
    for number in range(3):
        reply(shop, attended(shop, token=f"t{number}"), "¿Sigues ahí?", at=after(seconds=number))
    drawn = iter(["uno", "uno", "dos", "tres"])
    assert write_to_who_left(draw=lambda: next(drawn), at=after(minutes=3)) == 2
    assert write_to_who_left(draw=lambda: next(drawn), at=after(minutes=3)) == 1
    assert Mail.objects.filter(template="chat_unread").count() == 3


def test_a_way_to_the_order_goes_only_to_the_orders_own_mailbox(shop: builders.Shop) -> None:
    placed = builders.place(shop, at=AT)
    for token, email in (("t1", builders.EMAIL), ("t2", "otra@correo.test")):
        held = attended(shop, token=token, email=email, own=(placed.access_token,))
        builders.say(held, placed.number, at=AT)
        reply(shop, held, "Ya lo reviso", at=AT)
    assert write_to_who_left(draw=lambda: uuid.uuid4().hex, at=after(minutes=3)) == 2
    told = {mail.to: mail.text for mail in Mail.objects.filter(template="chat_unread")}
    assert placed.access_token in told[builders.EMAIL]
    assert placed.access_token not in told["otra@correo.test"]


def test_a_transcript_goes_out_once_per_request_with_everything_masked(shop: builders.Shop) -> None:
    placed = builders.place(shop, at=AT)
    held = builders.start(shop, at=AT, own=(placed.access_token,))
    chat.buyer_accepts(held, at=AT)
    chat.take(held, shop.beto, at=AT)
    chat.note(held, shop.beto, SECRET, client_id=uuid.uuid4(), at=AT)
    builders.say(held, "Escríbeme a lucia.hernandez@correo.test o al 55 5012 8846", at=AT)
    chat.resolve(held, by=shop.by_beto, at=AT)
    chat.ask_transcript(held, at=AT)
    builders.hear(at=AT)
    builders.hear(at=AT)
    mail = Mail.objects.get(template="chat_transcript")
    whole = mail.text + mail.html
    assert "Todo correcto" in whole
    assert "Datos bancarios" in whole
    assert SECRET not in whole
    assert "lucia.hernandez@" not in whole
    assert "5012 8846" not in whole
    assert not re.search(r"\d{18}", re.sub(r"[ .-]", "", mail.text))


@pytest.mark.parametrize("wants", [True, False])
def test_a_closed_conversation_is_mailed_by_itself_where_that_was_wished(shop: builders.Shop, wants: bool) -> None:
    builders.someone_is_there(shop, at=AT)
    asked = chat.StartConversation(
        "t1", "Lucía Hernández", builders.EMAIL, "", "seguripago", "Hola", "spei", (), wants_transcript=wants
    )
    held = chat.start_conversation(shop.store_id, asked, at=AT)
    chat.take(held, shop.beto, at=AT)
    chat.resolve(held, by=shop.by_beto, at=AT)
    builders.hear(at=AT)
    assert Mail.objects.filter(template="chat_transcript").count() == int(wants)
