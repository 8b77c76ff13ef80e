"""What strangers write, kept as raw as no door would let it in, is text on every page of the site and in every mail."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pypdfium2
import pytest

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Attachment, Conversation
from seguripago.journey.checkout.models import Cart
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import MoneyOffer, Verdict
from seguripago.journey.claims.models import Claim, ClaimOffer
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.delivery.commands import add_proof, mark_delivered, send_parcel, take_news
from seguripago.journey.delivery.models import Shipment
from seguripago.journey.delivery.rules import Says
from seguripago.journey.evidence.models import Evidence
from seguripago.journey.notices.commands import write_to_who_left
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.models import Check, Order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.models import Refund, RefundAccount
from seguripago.journey.refunds.rules import RefundReason
from seguripago.ports.carriers import CarrierEvent
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.assistance.builders import hear
from tests.claims.world import HUNDRED, LUCIA
from tests.evidence.files import picture
from tests.web.addresses import VISITORS, table
from tests.web.aftermath import CLABE, Aftermath, aftermath
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


def words_after_the_money(stands: Aftermath, at: datetime) -> None:
    """All that buyer, store, carrier and clerk can write once the money is there, through the rooms' own doors."""
    there, claim_id = stands.there, stands.claim_id
    asked = stands.offer_asked
    claims.reject_claim(asked.id, reason=HARM, by=there.diego, at=at)
    claims.add_words(claim_id, words=HARM, by=LUCIA, at=at)
    claims.answer(claim_id, words=HARM, by=there.ana, at=at)
    claims.propose_offer(claim_id, MoneyOffer(OfferKind.REFUND_PART, HUNDRED, HARM), by=there.ana, at=at)
    asked = stands.offer_asked
    offer = claims.approve_offer(asked.id, seen=asked.hash, by=there.diego, at=at)
    claims.refuse_offer(claim_id, offer, words=HARM, by=LUCIA, at=at)
    claims.offer_replacement(claim_id, words=HARM, by=there.ana, at=at)
    claims.escalate(claim_id, words=HARM, by=LUCIA, at=at)
    claims.propose_decision(claim_id, Verdict(there.total - HUNDRED, HUNDRED, HARM), by=there.ana, at=at)
    asked = stands.offer_asked
    claims.approve_decision(asked.id, seen=asked.hash, by=there.diego, at=at)
    claims.appeal(claim_id, words=HARM, by=LUCIA, at=at)
    claims.propose_decision(claim_id, Verdict(there.total, Money(0), HARM), by=stands.people["dario"], at=at)
    claims.keep_claim_file(claim_id, filename=f"{HARM}.png", body=picture(size=(7, 7)), by=LUCIA, at=at)
    refunds.reject_any(stands.account_asked.id, reason=HARM, by=there.diego, at=at)
    refunds.give_account(
        stands.refund_id, clabe=CLABE, holder=HARM, filename=f"{HARM}.png", body=picture(), by=LUCIA, at=at
    )
    mariana = stands.people["mariana"]
    refunds.ask_refund(there.order_id, Money(1_00), reason=RefundReason.BY_STORE, note=HARM, by=mariana, at=at)
    parcel = send_parcel(stands.owed_order_id, None, carrier="manual", tracking_number="GUIA-77", by=there.olga, at=at)
    told = [CarrierEvent("1", "travels", at, HARM, HARM), CarrierEvent("2", "returned", at, HARM, HARM)]
    take_news(parcel, told, at=at)
    parcel = send_parcel(stands.owed_order_id, None, carrier="dhl", tracking_number="4410887209", by=there.olga, at=at)
    mark_delivered(parcel, says=Says.STORE, by=there.olga, at=at, received_by=HARM, place=HARM)
    add_proof(parcel, filename=f"{HARM}.png", body=picture(), by=there.olga, at=at)


def rows_after_the_money(stands: Aftermath) -> None:
    """What no door lets in, in the rows themselves: a rule that is forgotten one day must not become a hole."""
    # A parcel that left is kept as it is by the database: this one never was as a door lets it be.
    parcel = Shipment.objects.filter(order_id=stands.owed_order_id, state="delivered").latest("pk")
    parcel.pk, parcel.position = None, 9
    parcel.carrier, parcel.tracking_number, parcel.tracking_link = HARM[:32], HARM[:40], f"https://x.example/{HARM}"
    parcel.received_by = HARM
    parcel.save(force_insert=True)
    Claim.objects.update(details=HARM, carrier=HARM[:32], tracking_number=HARM[:40])
    ClaimOffer.objects.update(words=HARM, carrier=HARM[:32], label_number=HARM[:40], made_by=HARM)
    Refund.objects.update(words=HARM)
    refund = Refund.objects.filter(order_id=stands.there.order_id, state="asked").latest("pk")
    refund.pk, refund.subject, refund.note, refund.asked_by = None, f"raw:{HARM}", HARM, HARM
    refund.save(force_insert=True)
    RefundAccount.objects.filter(state="given").update(holder=HARM, given_by=HARM)
    Order.objects.update(buyer_name=HARM)


def pages_after_the_money(stands: Aftermath) -> Iterator[tuple[str, str]]:
    """Every page that shows it, to everybody who may see it: (where, its text)."""
    office = ("/oficina/", "/oficina/envios/", "/oficina/reembolsos/", "/oficina/reclamaciones/")
    area = ("/medios-de-pago/reembolsos/", "/medios-de-pago/aprobaciones/", "/medios-de-pago/")
    claim, orders = f"/oficina/reclamaciones/{stands.claim_number}/", (stands.order, stands.owed)
    talk = Conversation.objects.get(order_id=stands.there.order_id).pk
    mine = f"/pedido/{stands.order.access_token}/"
    found = [("olga", path) for path in (*office, claim, f"/oficina/reembolsos/{stands.refund_id}/")]
    found += [("olga", f"/oficina/pedidos/{each.number}/") for each in orders]
    found += [("mariana", path) for path in (*area, claim, f"/medios-de-pago/reembolsos/{stands.refund_id}/")]
    found += [("mariana", f"/medios-de-pago/propuesta/{stands.offer_asked.id}/")]
    found += [("dario", path) for path in (claim, "/oficina/reclamaciones/", f"/mesa/{talk}/", f"/mesa/{talk}/pedido/")]
    found += [("buyer", f"/pedido/{each.access_token}/") for each in orders]
    found += [("buyer", f"{mine}{path}") for path in ("estado/", "reclamacion/", "reclamacion/estado/")]
    for name, path in found:
        answer = stands.browser(name).get(path)
        assert answer.status_code == 200, path
        yield f"{name} {path}", answer.content.decode()


def test_after_the_money_nothing_that_was_written_is_more_than_text(now: datetime) -> None:
    stands = aftermath(now)
    words_after_the_money(stands, now)
    hear(at=now)
    faults, shown = [], 0
    for where, body in pages_after_the_money(stands):
        shown += MARK in unescape(body)
        faults += [where] if MARK in body or "49" + "2026" in body or "\u202e" in unescape(body) else []
    assert not faults, "\n".join(faults)
    assert shown >= 12, "the words were on the pages"
    written = list(Mail.objects.values("template", "subject", "text", "html"))
    assert any(MARK in unescape(mail["html"]) for mail in written)
    assert not [mail["template"] for mail in written if MARK in mail["html"] or "\u202e" in str(mail)]
    assert not [mail["template"] for mail in written if len(mail["subject"].splitlines()) != 1]


def test_not_even_a_row_that_no_door_let_in_is_more_than_text(now: datetime) -> None:
    stands = aftermath(now)
    words_after_the_money(stands, now)
    rows_after_the_money(stands)
    bodies = dict(pages_after_the_money(stands))
    assert not [where for where, body in bodies.items() if MARK in body or "49" + "2026" in body]
    assert not [where for where, body in bodies.items() if 'href="javascript:' in body]


def test_the_papers_print_it_as_it_was_written(now: datetime) -> None:
    """What means something to the printer, to a template or to a direction of writing means nothing on a paper."""
    stands = aftermath(now)
    words_after_the_money(stands, now)
    claims.add_words(stands.claim_id, words='#panic("x") $x$ @y *z* `w` <v> \\u{202e}', by=LUCIA, at=now)
    olga, mine = stands.browser("olga"), f"/pedido/{stands.order.access_token}/"
    taken = olga.post(f"/oficina/pedidos/{stands.order.number}/expediente/", {"reason": f"Queja {HARM}"})
    papers = [taken, *(olga.get(f"{mine}{paper}") for paper in ("recibo.pdf", "certificado.pdf", "pre-factura.pdf"))]
    for answer in papers:
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        with pypdfium2.PdfDocument(answer.content) as read:
            text = "".join(page.get_textpage().get_text_bounded() for page in read).replace("\u200b", "")
        assert "\u202e" not in text
    with pypdfium2.PdfDocument(taken.content) as read:
        told = "".join("".join(page.get_textpage().get_text_bounded() for page in read).replace("\u200b", "").split())
    assert '#panic("x")' in told
    assert "<iid=x9>{{7*7}}" in told
