"""After the talk: ratings, transcripts, what a buyer who left is told, and the way back."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from seguripago.foundations.audit.models import AuditEntry
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance import rules
from seguripago.journey.assistance.models import Conversation, WayBack

from . import builders

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def shop(db: None) -> builders.Shop:
    return builders.open_shop()


def after(**passed: float) -> datetime:
    return AT + timedelta(**passed)


def attended(shop: builders.Shop, *, token: str = "t1", email: str = builders.EMAIL) -> int:
    builders.someone_is_there(shop, at=AT)
    held = builders.start(shop, at=AT, token=token, email=email)
    chat.take(held, shop.beto, at=AT)
    return held


def closed(shop: builders.Shop) -> int:
    held = attended(shop)
    chat.resolve(held, by=shop.by_beto, at=AT)
    return held


def reply(shop: builders.Shop, held: int, text: str, *, at: datetime) -> int:
    seen = reading.conversation(held)
    assert seen is not None
    return chat.reply(held, shop.beto, text, client_id=uuid.uuid4(), seen_seq=seen.seq, at=at)


def row(held: int) -> Conversation:
    return Conversation.objects.get(pk=held)


def test_a_closed_conversation_is_rated_once_and_changed_within_a_day(shop: builders.Shop) -> None:
    held = closed(shop)
    chat.rate(held, 4, "Muy claro", at=AT)
    chat.rate(held, 5, "Muy claro", at=after(hours=23))
    assert (row(held).rating, row(held).rated_at) == (5, AT)
    with pytest.raises(chat.RatingOver):
        chat.rate(held, 1, "", at=after(hours=24))
    said = AuditEntry.objects.filter(action="conversation.rated").order_by("pk").values_list("said", flat=True)
    assert [(each["before"], each["rating"]) for each in said] == [(0, 4), (4, 5)]


def test_an_open_conversation_and_a_sixth_star_are_refused(shop: builders.Shop) -> None:
    held = attended(shop)
    with pytest.raises(chat.NotClosed):
        chat.rate(held, 5, "", at=AT)
    for number in (0, 6, -1):
        with pytest.raises(chat.RatingUnknown):
            chat.rate(held, number, "", at=AT)


def test_an_opinion_is_masked_and_cut(shop: builders.Shop) -> None:
    held = closed(shop)
    chat.rate(held, 2, "Mi tarjeta es 4111 1111 1111 1111 " + "x" * 900, at=AT)
    assert "4111 1111 1111 1111" not in row(held).rating_says
    assert len(row(held).rating_says) == rules.LONGEST_OPINION


def test_a_transcript_is_asked_once_per_request(shop: builders.Shop) -> None:
    held = closed(shop)
    chat.ask_transcript(held, at=AT)
    for later in (1, 11, 60):
        with pytest.raises(chat.TranscriptNotSent):
            chat.ask_transcript(held, at=after(minutes=later))
    builders.say(held, "Una duda más", at=after(minutes=2))
    with pytest.raises(chat.TranscriptNotSent):
        chat.ask_transcript(held, at=after(minutes=9))
    chat.ask_transcript(held, at=after(minutes=12))


def test_without_a_mailbox_there_is_no_transcript(shop: builders.Shop) -> None:
    held = attended(shop, email="")
    with pytest.raises(chat.TranscriptNotSent) as refused:
        chat.ask_transcript(held, at=AT)
    assert refused.value.reason == "mailbox"


def test_reading_goes_forward_only_and_never_beyond_what_was_said(shop: builders.Shop) -> None:
    held = attended(shop)
    seq = reply(shop, held, "Hola", at=AT)
    assert chat.buyer_saw(held, seq, at=AT)
    assert not chat.buyer_saw(held, seq, at=AT)
    assert not chat.buyer_saw(held, seq - 1, at=AT)
    assert not chat.buyer_saw(held, seq + 100, at=AT)
    assert row(held).buyer_seen_seq == seq


def test_only_the_responsible_analysts_screen_counts_as_seen(shop: builders.Shop) -> None:
    held = attended(shop)
    seq = builders.say(held, "¿Me leen?", at=AT)
    assert not chat.staff_saw(held, shop.sofia, seq, at=AT)
    assert chat.staff_saw(held, shop.beto, seq, at=AT)
    assert row(held).staff_seen_seq == seq


def unread(held: int, at: datetime) -> chat.Unread[reading.Line] | None:
    with transaction.atomic():
        return chat.take_unread(held, reading.said_to_buyer, at=at)


def test_what_nobody_showed_for_two_minutes_is_told_once_together(shop: builders.Shop) -> None:
    held = attended(shop)
    reply(shop, held, "Hola, Lucía", at=AT)
    reply(shop, held, "Tu pedido está listo", at=after(seconds=30))
    assert chat.left_with_unread(at=after(seconds=119)) == ()
    assert chat.left_with_unread(at=after(seconds=121)) == (held,)
    told = unread(held, after(seconds=121))
    assert told is not None
    assert [line.text for line in told.lines] == ["Hola, Lucía", "Tu pedido está listo"]
    assert unread(held, after(seconds=122)) is None


def test_there_are_ten_minutes_between_two_mails(shop: builders.Shop) -> None:
    held = attended(shop)
    reply(shop, held, "Primero", at=AT)
    assert unread(held, after(minutes=2)) is not None
    reply(shop, held, "Segundo", at=after(minutes=3))
    reply(shop, held, "Tercero", at=after(minutes=6))
    assert chat.left_with_unread(at=after(minutes=11)) == ()
    assert unread(held, after(minutes=11)) is None
    told = unread(held, after(minutes=12))
    assert told is not None
    assert [line.text for line in told.lines] == ["Segundo", "Tercero"]


def test_whoever_reads_is_not_written_to(shop: builders.Shop) -> None:
    held = attended(shop)
    seq = reply(shop, held, "Hola", at=AT)
    chat.buyer_saw(held, seq, at=after(seconds=10))
    assert chat.left_with_unread(at=after(hours=1)) == ()


def test_a_note_after_what_was_read_wakes_no_mail(shop: builders.Shop) -> None:
    held = attended(shop)
    seq = reply(shop, held, "Hola", at=AT)
    chat.note(held, shop.beto, "Es cliente nuevo", client_id=uuid.uuid4(), at=AT)
    chat.buyer_saw(held, seq, at=AT)
    assert unread(held, after(minutes=5)) is None
    assert row(held).unseen_since is None


def test_without_a_mailbox_nothing_waits_for_a_mail(shop: builders.Shop) -> None:
    held = attended(shop, email="")
    reply(shop, held, "Hola", at=AT)
    assert unread(held, after(minutes=5)) is None
    assert chat.left_with_unread(at=after(minutes=5)) == ()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_lock", [True, False])
def test_two_clocks_tell_the_same_unread_once(has_lock: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = builders.open_shop()
    held = attended(shop)
    reply(shop, held, "Hola", at=AT)
    both, told = threading.Barrier(2), []

    def looked(**_given: object) -> bool:
        # Without the lock both have looked before either writes.
        if not has_lock:
            both.wait(5)
        return True

    monkeypatch.setattr("seguripago.journey.assistance.rules.may_mail_unseen", looked)
    if not has_lock:
        monkeypatch.setattr(type(Conversation.objects.all()), "select_for_update", lambda rows, **_how: rows)

    def tell() -> None:
        with transaction.atomic():
            if has_lock:
                both.wait(5)
            told.append(chat.take_unread(held, reading.said_to_buyer, at=after(minutes=3)))
        connection.close()

    threads = [threading.Thread(target=tell) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(found is not None for found in told) == (1 if has_lock else 2)


def test_the_way_back_opens_once_within_seven_days(shop: builders.Shop) -> None:
    held = attended(shop)
    chat.make_way_back(held, token="correo-1", at=AT)
    assert chat.come_back(shop.store_id, "correo-1", browser_token="otro-navegador", at=after(days=1)) == held
    found = reading.conversation_by_token("otro-navegador")
    assert found is not None
    assert found.id == held
    assert reading.conversation_by_token("t1") is not None
    assert [each.id for each in reading.conversations_of_browser(["otro-navegador"])] == [held]
    for token, at in (("correo-1", after(days=1)), ("inventado", AT), ("", AT)):
        with pytest.raises(chat.WayBackOver):
            chat.come_back(shop.store_id, token, browser_token="tercero", at=at)
    assert reading.conversation_by_token("tercero") is None


def test_the_way_back_expires_and_belongs_to_its_store(shop: builders.Shop) -> None:
    held = attended(shop)
    carlas = builders.open_shop("carla")
    chat.make_way_back(held, token="correo-1", at=AT)
    for store_id, at in ((shop.store_id, after(days=7)), (carlas.store_id, AT)):
        with pytest.raises(chat.WayBackOver):
            chat.come_back(store_id, "correo-1", browser_token="b", at=at)
    assert WayBack.objects.get().used_at is None


def test_a_transcript_holds_no_note_no_whole_mailbox_and_no_whole_account(shop: builders.Shop) -> None:
    placed = builders.place(shop, at=AT)
    held = builders.start(shop, at=AT, own=(placed.access_token,))
    chat.buyer_accepts(held, at=AT)
    chat.take(held, shop.beto, at=AT)
    chat.note(held, shop.beto, "SECRETO de la mesa", client_id=uuid.uuid4(), at=AT)
    builders.say(held, "Mi correo es lucia.hernandez@correo.test y mi teléfono 55 5012 8846", at=AT)
    told = "\n".join(line.text for line in reading.transcript(held))
    assert "SECRETO" not in told
    assert "lucia.hernandez@" not in told
    assert "5012 8846" not in told
    assert "l•••@correo.test" in told
    clabe = next(e.body["clabe"] for e in reading.entries(held) if e.card == "bank_details")
    assert clabe not in told.replace(" ", "")
    assert f"CLABE que termina en {clabe[-4:]}" in told
    assert placed.number in told


@pytest.mark.parametrize(
    ("kind", "visibility"),
    [(kind, "desk") for kind in ("text", "card", "note", "join", "status")]
    + [(kind, "all") for kind in ("text", "card", "join", "status")],
)
def test_nothing_private_leaves_whatever_it_is(shop: builders.Shop, kind: str, visibility: str) -> None:
    from seguripago.journey.assistance.queries.telling import lines

    entry = reading.EntryView(1, kind, "system", 0, "SeguriPago", visibility, "", {"text": "algo"}, AT, False, None, "")
    assert bool(lines([entry])) == (visibility == "all")


def test_a_message_that_was_left_waits_for_a_person_and_nobody_hurries(shop: builders.Shop) -> None:
    asked = chat.StartConversation(
        "m1", "Lucía Hernández", builders.EMAIL, "", "other", "¿Hacen factura?", "spei", (), is_message=True
    )
    held = chat.start_conversation(shop.store_id, asked, at=AT)
    assert row(held).is_message
    chat.lead_waiting(after(minutes=10))
    assert builders.said_by(held, "assistant") == []
    seen = reading.queue(shop.store_id, shop.beto, at=after(minutes=10)).unassigned
    assert [(each.id, each.tone) for each in seen] == [(held, "ok")]
    live = builders.start(shop, at=after(minutes=5), token="t2")
    assert reading.next_place(shop.store_id) <= 2
    builders.say(held, "Ya volví, ¿quién me atiende?", at=after(minutes=11))
    assert not row(held).is_message
    assert builders.said_by(held, "assistant") != []
    assert live


def test_the_wait_is_told_from_what_others_waited(shop: builders.Shop) -> None:
    builders.someone_is_there(shop, at=AT)
    for turn, waited in enumerate((60, 90, 120, 150, 400)):
        began = after(minutes=20 * turn)
        builders.someone_is_there(shop, at=began)
        held = builders.start(shop, at=began, token=f"w{turn}")
        if turn < 4:
            assert reading.expected_wait(shop.store_id, 1, at=began) is None
        chat.take(held, shop.beto, at=began + timedelta(seconds=waited))
    now = after(minutes=120)
    assert reading.expected_wait(shop.store_id, 1, at=now) == 120
    assert reading.expected_wait(shop.store_id, 3, at=now) == 360
    assert reading.expected_wait(shop.store_id, 0, at=now) is None
    assert reading.expected_wait(shop.store_id, 1, at=now + timedelta(hours=12)) is None


def test_personal_data_is_masked_and_amounts_stay() -> None:
    assert rules.mask_personal("646180115700294217 y $9,135.00") == "•••4217 y $9,135.00"
    assert rules.mask_personal("Pedido CM-7K3F-92QX") == "Pedido CM-7K3F-92QX"
    assert rules.mask_personal("+52 55 5012 8846") == "•••8846"
