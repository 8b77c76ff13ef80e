"""A buyer's claim on the screen: opened by a plain form, answered, accepted, taken back; nothing typed is lost."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.queries import claim_of
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.orders.queries import order
from tests.claims import world
from tests.claims.world import HUNDRED, Bought, claimed, decided, offered
from tests.evidence.files import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def there(at: datetime) -> Bought:
    return world.delivered(at)


def address(there: Bought, more: str = "") -> str:
    return f"/pedido/{order(there.order_id).access_token}/reclamacion/{more}"


def page(there: Bought, more: str = "") -> str:
    return Client().get(address(there, more)).content.decode()


def opened(there: Bought, **more: object) -> Any:
    typed = {"reason": "damaged", "wanted": "refund", "details": "La caja llegó golpeada", **more}
    return Client().post(address(there), typed)


def press(there: Bought, what: str, **typed: object) -> int:
    return Client().post(address(there, f"{what}/"), typed).status_code


def test_a_claim_is_opened_with_its_files_and_says_until_when_the_store_answers(there: Bought) -> None:
    assert "Abrir reclamación" in Client().get(f"/pedido/{order(there.order_id).access_token}/").content.decode()
    line = order(there.order_id).lines[0]
    shown_file = SimpleUploadedFile("golpe.jpg", picture("JPEG"))
    answer = opened(there, files=shown_file, **{f"line-{line.id}": "1"})
    assert answer.status_code == 302, answer.content.decode()
    found = claim_of(there.order_id)
    assert found is not None
    assert found.lines[0].pieces == 1
    assert len(found.files) == 1
    shown = page(there)
    assert "La tienda responde a más tardar el" in shown
    assert "golpe.jpg" in shown
    assert line.name in shown
    assert "Ver mi reclamación" in Client().get(f"/pedido/{order(there.order_id).access_token}/").content.decode()
    handed = Client().get(address(there, f"archivo/{found.files[0].id}/"), follow=True)
    assert handed["Content-Disposition"].startswith("attachment")
    assert "sandbox" in handed["Content-Security-Policy"]
    assert opened(there).status_code == 302
    assert len(claims_of(there)) == 1


def claims_of(there: Bought) -> list[str]:
    return re.findall(r"Abriste la reclamación", page(there))


def test_what_is_missing_is_said_beside_it_and_what_was_typed_stays(there: Bought) -> None:
    answer = Client().post(address(there), {"details": "Gotea por un lado", "wanted": "replace", "line-1": "x"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Elige qué pasó." in shown
    assert "Gotea por un lado" in shown
    answer = Client().post(address(there), {"reason": "damaged", "wanted": "refund", "details": ""})
    assert answer.status_code == 422
    assert claim_of(there.order_id) is None


def test_before_it_is_late_nobody_says_that_it_did_not_come(at: datetime) -> None:
    sent = world.sent(at)
    assert 'value="not_arrived"' not in page(sent)
    answer = Client().post(address(sent), {"reason": "not_arrived", "wanted": "refund", "details": "No está"})
    assert answer.status_code == 422
    assert "Todavía está a tiempo" in answer.content.decode()


def test_an_offer_is_accepted_and_the_page_says_where_the_money_is(there: Bought, at: datetime) -> None:
    claim_id = claimed(there, at)
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    shown = page(there)
    assert "$100.00" in shown
    assert "No aceptar" in shown
    assert press(there, "no-aceptar", offer=offer) == 302
    assert press(there, "aceptar", offer=offer) == 422
    offer = offered(there, claim_id, OfferKind.REFUND_PART, HUNDRED, at)
    assert press(there, "aceptar", offer=offer) == 302
    shown = page(there)
    assert "Concluida" in shown
    assert "Tu reembolso" in shown
    history = Client().get(f"/pedido/{order(there.order_id).access_token}/").content.decode()
    assert "Historia de tu pedido" in history
    assert "Aceptaste la oferta" in history


def test_a_claim_is_taken_back_added_to_and_handed_to_a_supervisor(there: Bought, at: datetime) -> None:
    claimed(there, at)
    assert press(there, "mensaje", words="También falta el cable") == 302
    assert "También falta el cable" in page(there)
    assert press(there, "supervisor") == 302
    assert "La revisa un supervisor" in page(there)
    assert press(there, "retirar") == 302
    assert "La retiraste" in page(there)
    assert "Abrir otra reclamación" in page(there)
    assert "Enviar reclamación" in page(there, "?otra")
    late = Client().post(address(there, "mensaje/"), {"words": "Tarde, pero esto escribí"})
    assert late.status_code == 422
    assert "Tarde, pero esto escribí" in late.content.decode()


def test_what_a_store_cannot_offer_nobody_can_wish(there: Bought) -> None:
    assert "Reparación" not in page(there)
    assert opened(there, wanted="repair").status_code == 422
    assert claim_of(there.order_id) is None


def test_a_decision_shows_both_amounts_and_is_appealed_once(there: Bought, at: datetime) -> None:
    claim_id = claimed(there, at)
    claims.escalate(claim_id, by=there.ana, at=at)
    decided(there, claim_id, HUNDRED, at)
    shown = page(there)
    assert "Reembolso para ti" in shown
    assert "$100.00" in shown
    assert "Puedes apelar una sola vez" in shown
    assert press(there, "apelar", words="") == 422
    assert press(there, "apelar", words="La foto muestra más daño") == 302
    assert "Apelada" in page(there)
    assert press(there, "apelar", words="Otra vez") == 422


def test_a_file_later_is_kept_or_refused_in_words(there: Bought, at: datetime) -> None:
    claimed(there, at)
    hears = {"Accept": "application/json"}
    answer = Client().post(
        address(there, "archivo/"), {"file": SimpleUploadedFile("a.jpg", picture("JPEG"))}, headers=hears
    )
    assert answer.status_code == 200
    answer = Client().post(
        address(there, "archivo/"), {"file": SimpleUploadedFile("a.svg", b"<svg onload='x()'/>")}, headers=hears
    )
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_another_orders_key_opens_neither_page_nor_file(there: Bought, at: datetime) -> None:
    claimed(there, at)
    for more in ("", "estado/", "archivo/1/"):
        assert Client().get(f"/pedido/{'x' * 43}/reclamacion/{more}").status_code == 404
    assert Client().post(f"/pedido/{'x' * 43}/reclamacion/aceptar/").status_code == 404
    assert press(there, "otra-cosa") == 404
