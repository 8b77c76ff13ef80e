"""The evidence file of a purchase: every chapter, hashed and signed, in a few seconds, for whoever says why."""

from __future__ import annotations

import hashlib
import json
import re
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from seguripago.foundations.audit.commands import seal_entries
from seguripago.foundations.audit.queries import history
from seguripago.foundations.people.commands import hire
from seguripago.jobs.receipt_file import verify_receipt
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Conversation, Entry
from seguripago.journey.claims.commands import accept_offer
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.guarantee.rules import Step
from seguripago.journey.orders.queries import order
from seguripago.ports import paper_seal, pdf_opening
from seguripago.values.actor import Actor
from seguripago.web.dossier.building import dossier, signed_dossier
from seguripago.web.dossier.chapters import PROMISE_WORDS
from seguripago.web.dossier.shown import comprobantes
from tests.architecture.house import SOURCE
from tests.backing.purchases import LUCIA, everybody, paid, show_cep
from tests.captures.house import pin_the_bank, unpin_the_bank
from tests.claims.world import HUNDRED, claimed, delivered, offered
from tests.evidence import bombs
from tests.evidence.files import pdf, picture
from tests.money import bank

pytestmark = pytest.mark.django_db
OWNER = Actor.staff(3, "Ana Ruiz")
WHY = "Contracargo del banco"
KIND = re.compile(r'"([a-z_]+)", by=|kind="([a-z_]+)"')


@pytest.fixture
def sold(at: datetime) -> Iterator[bank.Sale]:
    """A purchase with two comprobantes, a parcel on its way and a conversation."""
    pin_the_bank()
    sold = paid(at)
    show_cep(sold, at)
    keep_evidence(sold.order_id, filename="captura.png", body=picture(size=(400, 700)), by=LUCIA, at=at)
    keep_evidence(sold.order_id, filename="banco.pdf", body=pdf(2), by=LUCIA, at=at)
    talk(sold, at, 6)
    everybody(at)
    seal_entries()
    yield sold
    unpin_the_bank()


def talk(sold: bank.Sale, at: datetime, lines: int, token: str = "t-1") -> int:
    """A conversation of the order's own browser, with what looks like a secret in it."""
    bought = order(sold.order_id)
    own = (bought.access_token,)
    asked = chat.StartConversation(token, bought.buyer.name, bought.buyer.email, "", "SEGURIPAGO", "Hola", "spei", own)
    talk_id = chat.start_conversation(sold.store_id, asked, at=at)
    chat.say(talk_id, bought.number, client_id=uuid.uuid4(), at=at, own_order_tokens=own)
    for number in range(lines):
        later = at + timedelta(seconds=number)
        chat.say(talk_id, f"¿Ya llegó mi pago? Va la línea {number} y mi NIP es 4321", client_id=uuid.uuid4(), at=later)
    return talk_id


def as_many_lines_as(count: int, talk_id: int) -> None:
    """The last line of the conversation again and again, each with its own number: saying 500 takes half a minute."""
    last = Entry.objects.filter(conversation_id=talk_id, author_kind="buyer").order_by("seq").last()
    assert last is not None
    seq = Conversation.objects.get(pk=talk_id).seq
    copies = []
    for number in range(1, count):
        copy = Entry.objects.get(pk=last.pk)
        copy.pk, copy.seq, copy.client_id = None, seq + number, uuid.uuid4()
        copy.body = {**last.body, "text": f"¿Ya llegó mi pago? Va la línea {number}"}
        copies.append(copy)
    Entry.objects.bulk_create(copies)
    Conversation.objects.filter(pk=talk_id).update(seq=seq + count - 1)


def text_of(body: bytes) -> str:
    with pypdfium2.PdfDocument(body) as read:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in read).replace("\u200b", "").split())


def test_every_chapter_is_there_and_each_hash_is_of_what_it_says(sold: bank.Sale, at: datetime) -> None:
    paper = dossier(sold.order_id, reason=WHY, by=OWNER, at=at)
    assert [section.title for section in paper.sections] == [
        "Pedido y PRE-FACTURA",
        "Aceptaciones",
        "Las seis comprobaciones",
        "Conversación",
        "Datos bancarios enviados",
        "El pago",
        "Comprobantes y veredictos",
        "Recibo, certificado y respaldo",
        "Envíos y entregas",
        "Garantía",
        "Bitácora",
        "Firmas",
    ]
    chapters = json.loads(paper.contents)["chapters"]
    for section, chapter in zip(paper.sections, chapters, strict=True):
        written = json.dumps(chapter, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(written.encode()).hexdigest() == section.sha256


def test_what_was_read_and_what_was_done_stand_in_the_words_of_the_store(sold: bank.Sale, at: datetime) -> None:
    chapters = {one.title: one for one in dossier(sold.order_id, reason=WHY, by=OWNER, at=at).sections}
    read = [row for table in chapters["Comprobantes y veredictos"].tables for row in table.rows]
    said = {name: value for name, value in read if name.startswith("Dice: ")}
    assert {"Dice: Monto", "Dice: Clave de rastreo", "Dice: Fecha", "Dice: Institución que recibió"} <= said.keys()
    assert not [name for name in said if "_" in name or name.removeprefix("Dice: ")[0].islower()]
    assert said["Dice: Monto"].startswith("$")
    (told,) = (row for table in chapters["El pago"].tables for row in table.rows if row[0] == "Recibido aquí")
    assert told[1].endswith("por Banco de pruebas")
    assert "Hizo el pedido" in {row[1] for row in chapters["Bitácora"].tables[0].rows}


def test_the_file_is_signed_whole_and_says_what_is_known(sold: bank.Sale, at: datetime, tmp_path) -> None:  # type: ignore[no-untyped-def]
    body = signed_dossier(sold.order_id, reason=WHY, by=OWNER, at=at)
    file = tmp_path / "expediente.pdf"
    file.write_bytes(body)
    said = verify_receipt(file=str(file))
    assert (said["valid"], said["paper"], said["number"]) == (True, "dossier", f"EX-{order(sold.order_id).number}")
    file.write_bytes(body[:5000] + bytes([body[5000] ^ 1]) + body[5001:])
    assert verify_receipt(file=str(file))["reasons"] == ["signature_invalid"]
    text = text_of(body)
    for word in (
        "BBVA260311000012345",
        "Va la línea 5",
        "Motivo " + WHY,
        "Operación respaldada",
        "captura.png",
        "Todo correcto",
    ):
        assert word in text, word
    assert "4321" not in text
    with pikepdf.open(BytesIO(body)) as pdf_file:
        assert json.loads(pdf_file.attachments["expediente.json"].get_file().read_bytes())["format"]
        pictures = [image for page in pdf_file.pages for image in page.get_images()]
    assert len(pictures) >= 3


def test_who_took_it_and_why_stays_with_the_hash_of_what_was_taken(sold: bank.Sale, at: datetime) -> None:
    body = signed_dossier(sold.order_id, reason=WHY, by=OWNER, at=at)
    (entry,) = [
        one for one in history(sold.store_id, f"order:{sold.order_id}") if one.action == "purchase.dossier_taken"
    ]
    assert entry.said == {"reason": WHY, "sha256": hashlib.sha256(body).hexdigest()}
    assert paper_seal.seal_of(body) is not None


def test_five_hundred_lines_take_a_few_seconds(sold: bank.Sale, at: datetime) -> None:
    as_many_lines_as(500, talk(sold, at, 1, "t-2"))
    begun = time.perf_counter()
    body = signed_dossier(sold.order_id, reason=WHY, by=OWNER, at=at)
    assert time.perf_counter() - begun < 6
    assert "Va la línea 499" in text_of(body)


def test_a_purchase_that_nobody_paid_has_a_file_too(at: datetime) -> None:
    unpaid = bank.sale(at)
    titles = [section.title for section in dossier(unpaid.order_id, reason=WHY, by=OWNER, at=at).sections]
    assert "Recibo, certificado y respaldo" not in titles
    assert titles[-1] == "Firmas"


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("supervisor", 200), ("analyst", 404), ("payments", 404)])
def test_the_office_hands_it_to_owner_and_supervisor_with_a_reason(
    sold: bank.Sale, at: datetime, client: Client, role: str, status: int
) -> None:
    hire(
        sold.store_id,
        email=f"{role}@tienda.test",
        password="cafe-de-altura-2026",
        name="Ana Ruiz",
        role=role,
        analyst_number="A-9",
    )
    client.post("/entrar/", {"email": f"{role}@tienda.test", "password": "cafe-de-altura-2026"})
    address = reverse("office_dossier", args=[order(sold.order_id).number])
    assert client.post(address, {"reason": WHY}).status_code == status
    if status == 200:
        assert client.post(address, {"reason": "  "}).status_code == 422
        assert client.get(address).status_code == 405


def test_of_a_comprobante_that_cannot_be_drawn_stands_its_hash_and_one_as_large_as_a_house_is_drawn_small(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_opening, "CPU_S", 0.6)
    sold = paid(at)
    for body in (bombs.chain(), bombs.street()):
        keep_evidence(sold.order_id, filename="banco.pdf", body=body, by=LUCIA, at=at)
    section = comprobantes(sold.order_id)
    assert section is not None
    bomb, street = section.files
    assert bomb.says.endswith("no se pudo dibujar; su huella es esta.")
    assert bomb.sha256 == hashlib.sha256(bomb.body).hexdigest()
    with Image.open(BytesIO(street.body)) as drawn:
        assert max(drawn.size) <= 2_401


def test_a_claim_is_told_in_words_and_no_step_of_a_promise_by_its_code(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    accept_offer(claim_id, offer, by=LUCIA, at=at)
    sections = {section.title: section for section in dossier(there.order_id, reason=WHY, by=OWNER, at=at).sections}
    told = [row[2:4] for row in sections["Reclamaciones"].tables[0].rows]
    assert ("Tu cliente aceptó la oferta", "") in told
    assert ("La reclamación concluyó", "Llegaron a un acuerdo") in told
    commands = SOURCE / "journey/guarantee/commands"
    kinds = {kind for path in commands.glob("*.py") for pair in KIND.findall(path.read_text()) for kind in pair if kind}
    assert {"held", "claimed", "resolved", "payment_reversed"} <= kinds
    assert kinds | {step.value for step in Step} == set(PROMISE_WORDS)
