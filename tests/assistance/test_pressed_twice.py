"""What a buyer presses arrives twice, and is told once; what he types for a key may be a card."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.foundations.audit.models import AuditEntry
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Conversation, Entry
from seguripago.journey.payments.commands import claim_transfer
from seguripago.journey.payments.models import TransferClaim
from seguripago.journey.payments.refusals import NoOpenTransfer
from seguripago.values.actor import Actor
from tests.assistance.builders import ALL, hear, open_shop, pay, place, someone_is_there, start, texts

pytestmark = pytest.mark.django_db


def confirmed(at: datetime) -> tuple[int, int]:
    """A conversation whose buyer has the confirmation before him, and whose analyst."""
    shop = open_shop()
    someone_is_there(shop, at=at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.take(talk, shop.beto, at=at)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    return talk, shop.beto


def test_a_transfer_announced_twice_at_once_is_one_and_later_another(at: datetime) -> None:
    talk, beto = confirmed(at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=Actor.staff(beto, "Beto Luna"), at=at)
    for later in (0, 1, 30):
        chat.buyer_transferred(talk, "40012", at.date(), "MBAN0100", at=at + timedelta(seconds=later))
    hear(at=at + timedelta(seconds=31))
    assert TransferClaim.objects.count() == 1
    assert sum("Ya transferí desde" in text for text in texts(talk)) == 1
    chat.buyer_transferred(talk, "40012", at.date(), "MBAN0200", at=at + timedelta(seconds=40))
    chat.buyer_transferred(talk, "40012", at.date(), "MBAN0100", at=at + timedelta(minutes=5))
    assert TransferClaim.objects.count() == 3


def test_a_press_that_the_money_overtook_is_no_error_and_claims_nothing(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.buyer_accepts(talk, at=at)
    pay(bought.id, at=at)
    # The card with the button is still on the screen: nobody heard of the money yet.
    for later in (1, 2):
        chat.buyer_transferred(talk, "40012", at.date(), "", at=at + timedelta(seconds=later))
    hear(at=at + timedelta(seconds=3))
    assert TransferClaim.objects.count() == 0
    assert sum("Ya transferí desde" in text for text in texts(talk)) == 1
    # Here the card is closed, and the press was on its way.
    chat.buyer_transferred(talk, "40014", at.date(), "", at=at + timedelta(seconds=4))
    assert TransferClaim.objects.count() == 0
    assert texts(talk)[-1].startswith("Tu pago ya está confirmado.")


def test_a_press_for_a_transfer_that_nobody_waits_for_is_refused(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    with pytest.raises(NoOpenTransfer):
        chat.buyer_transferred(talk, "40012", at.date(), "", at=at)
    assert not any("Ya transferí" in text for text in texts(talk))


@pytest.mark.parametrize("is_in_the_chat", [True, False])
def test_a_card_typed_for_the_clave_de_rastreo_is_kept_nowhere(at: datetime, is_in_the_chat: bool) -> None:
    talk, beto = confirmed(at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=Actor.staff(beto, "Beto Luna"), at=at)
    order_id = Conversation.objects.get(pk=talk).order_id
    assert order_id is not None
    for key in ("4111 1111 1111 1111", "4111111111111111", " mban 0100 2611 "):
        if is_in_the_chat:
            chat.buyer_transferred(talk, "40012", at.date(), key, at=at)
        else:
            claim_transfer(order_id, bank=f"BBVA {key}", date=at.date(), tracking_key=key, at=at)
    keys = TransferClaim.objects.order_by("pk").values_list("tracking_key", flat=True)
    assert set(keys) == {"", "MBAN01002611"}
    kept = str(list(TransferClaim.objects.values())) + str(list(AuditEntry.objects.values_list("said")))
    kept += str([entry.body for entry in Entry.objects.filter(conversation_id=talk)])
    assert "11111111" not in kept.replace(" ", "")


def test_a_correction_sent_twice_is_one_until_it_was_looked_at(at: datetime) -> None:
    talk, beto = confirmed(at)
    for later in (0, 1):
        chat.buyer_corrects(talk, "Mi calle es Orizaba 172", at=at + timedelta(seconds=later))
    assert sum("Pediste corregir" in text for text in texts(talk)) == 1
    chat.confirm_all(talk, ALL, by=Actor.staff(beto, "Beto Luna"), at=at + timedelta(minutes=1))
    chat.buyer_corrects(talk, "Mi calle es Orizaba 172", at=at + timedelta(minutes=2))
    assert sum("Pediste corregir" in text for text in texts(talk)) == 2
