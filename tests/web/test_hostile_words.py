"""What strangers write, kept as raw as no door would let it in, is text on every page of the site and in every mail."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from html import unescape

import pytest

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Attachment, Conversation
from seguripago.journey.checkout.models import Cart
from seguripago.journey.evidence.models import Evidence
from seguripago.journey.notices.commands import write_to_who_left
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.models import Check, Order
from seguripago.values.actor import Actor
from tests.assistance.builders import hear
from tests.web.addresses import VISITORS, table
from tests.web.test_every_address import World, address, now, world

__all__ = ["now", "world"]
pytestmark = pytest.mark.django_db

HARM = "\"'><i id=x9>{{7*7}}{% now 'Y' %}=1+1\u202e"
MARK = "<i id=x9"
WHERE = {"street", "ext_number", "int_number", "neighborhood", "municipality", "state", "references"}


def poisoned(world: World, at: datetime) -> None:
    """Everything that a buyer, his browser or his papers can say, as HARM."""
    talk = world.ids["conversation_id"]
    chat.say(talk, HARM, client_id=uuid.uuid4(), at=at)
    chat.buyer_corrects(talk, HARM, at=at)
    hear(at=at)
    words = {"buyer_name": HARM, "buyer_email": HARM, "buyer_phone": HARM[:20]}
    Conversation.objects.update(**words, question=HARM, last_line=HARM, rating_says=HARM, rating=1, rated_at=at)
    Conversation.objects.update(topic=HARM[:40])
    for order in Order.objects.all():
        there = order.shipping | dict.fromkeys(WHERE & order.shipping.keys(), HARM)
        billing = order.billing | {"wants_invoice": True, "rfc": HARM, "legal_name": HARM, "address": there}
        Order.objects.filter(pk=order.pk).update(**words, shipping=there, billing=billing, correction=HARM)
    Check.objects.update(says=HARM, detail=HARM)
    Attachment.objects.update(filename=HARM)
    names = ("amount", "clabe", "concept", "beneficiary_name", "date", "tracking_key")
    Evidence.objects.update(state="read", filename=HARM, by_name=HARM, reasons=[HARM])
    Evidence.objects.update(fields=dict.fromkeys(names, HARM))
    Mail.objects.update(to=HARM, subject=HARM, text=HARM, error=HARM)
    Cart.objects.update(details={"email": HARM, "first_name": HARM, "street": HARM})


def test_nothing_that_a_stranger_wrote_is_more_than_text(world: World, now: datetime) -> None:
    poisoned(world, now)
    faults, shown = [], 0
    for route, (get, _post) in table().items():
        for name in ("buyer", "supervisor", "owner"):
            if get[VISITORS.index(name)] != 200:
                continue
            query = {"q": HARM, "periodo": "30", "c": world.ids["conversation_id"]}
            answer = world.browsers[name].get(address(route, world.ids), query)
            if answer.streaming or not answer.headers.get("Content-Type", "").startswith(
                ("text/html", "application/json")
            ):
                continue
            body = answer.content.decode()
            shown += MARK in unescape(body)
            faults += [f"{name} {route}"] if MARK in body or "49" + "2026" in body else []
    assert not faults, "\n".join(faults)
    assert shown >= 20, "the words were on the pages"


def test_a_mail_carries_it_as_text_too(world: World, now: datetime) -> None:
    poisoned(world, now)
    Mail.objects.all().delete()
    Order.objects.update(buyer_email="lucia@correo.test")
    orders.cancel_order(world.ids["order_id"], by=Actor.system(), reason=HARM, at=now)
    hear(at=now)
    Conversation.objects.update(buyer_email="lucia@correo.test", unseen_since=now, buyer_seen_seq=0)
    assert write_to_who_left(draw=lambda: secrets.token_urlsafe(32), at=now + timedelta(hours=1)) > 0
    written = list(Mail.objects.values("template", "subject", "html"))
    assert {"order_cancelled", "chat_unread"} <= {mail["template"] for mail in written}
    assert any(MARK in unescape(mail["html"]) for mail in written)
    assert not [mail for mail in written if MARK in mail["html"] or len(mail["subject"].splitlines()) != 1]
