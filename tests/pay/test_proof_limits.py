"""How often one may guess, what a wrong guess is told, and whose forms count."""

from __future__ import annotations

import pytest
from django.test import Client

from seguripago.journey.orders.shapes import Buyer
from seguripago.web.pay.proof import Proof, proof_in
from tests.pay.payers import opened, proved, sent

LUCIA = Buyer("Lucía Hernández", "Lucia@correo.example", "+52 55 5012 8846")


@pytest.mark.parametrize(
    ("said", "proof"),
    [
        ("lucia@CORREO.example", Proof.WHOLE),
        ("5550128846", Proof.WHOLE),
        ("+52 (55) 5012-8846", Proof.WHOLE),
        ("８８４６", Proof.DIGITS),
        (" 88 46 ", Proof.DIGITS),
        ("8846 correo", Proof.NONE),
        ("lucia8846", Proof.NONE),
        ("846", Proof.NONE),
        ("12 8846", Proof.NONE),
        ("0000", Proof.NONE),
        ("", Proof.NONE),
        ("@", Proof.NONE),
    ],
)
def test_what_proves(said: str, proof: Proof) -> None:
    assert proof_in(said, LUCIA) is proof


@pytest.mark.parametrize("phone", ["", "12", "sin teléfono"])
def test_an_order_without_a_whole_telephone_is_proved_by_its_mail_alone(phone: str) -> None:
    buyer = Buyer("Lucía", "lucia@correo.example", phone)
    assert proof_in(phone, buyer) is Proof.NONE
    assert proof_in("lucia@correo.example", buyer) is Proof.WHOLE


@pytest.mark.django_db
def test_every_wrong_proof_gets_the_same_answer_with_what_was_typed(client: Client) -> None:
    link = sent()
    opened(client, link)
    said = set()
    for typed in ("lucia.hernandez@correo.exampl", "8847", "otra@persona.example"):
        answer = client.post(f"{link.address}comprobar/", {"said": typed})
        assert answer.status_code == 422
        body = answer.content.decode()
        assert f'value="{typed}"' in body
        main = body[body.index('id="said-error"') : body.index("</form>")]
        said.add(main)
        assert "No coincide con los datos del pedido" in main
    assert len(said) == 1


@pytest.mark.django_db
def test_an_empty_proof_costs_no_try(client: Client) -> None:
    link = sent()
    opened(client, link)
    for _ in range(7):
        answer = client.post(f"{link.address}comprobar/", {"said": "  "})
        assert "Escribe el correo o los últimos 4 dígitos" in answer.content.decode()
    proved(client, link)


@pytest.mark.django_db
def test_after_five_tries_of_an_hour_even_the_right_proof_waits(client: Client) -> None:
    link = sent()
    opened(client, link)
    for _ in range(5):
        assert client.post(f"{link.address}comprobar/", {"said": "0000"}).status_code == 422
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    opened(stranger, link)
    for browser in (client, stranger):
        answer = browser.post(f"{link.address}comprobar/", {"said": "8846"})
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 3600
        assert "Demasiados intentos. Espera" in answer.content.decode()
        assert 'value="8846"' in answer.content.decode()
        assert "sp_pago_prueba" not in answer.cookies
    other = sent()
    proved(client, other)


@pytest.mark.django_db
def test_one_caller_has_thirty_tries_over_all_links() -> None:
    caller = Client(REMOTE_ADDR="203.0.113.10")
    links = [sent() for _ in range(7)]
    statuses = []
    for link in links:
        opened(caller, link)
        statuses += [caller.post(f"{link.address}comprobar/", {"said": "0000"}).status_code for _ in range(5)]
    assert statuses == [422] * 30 + [429] * 5


@pytest.mark.django_db
def test_only_the_page_s_own_form_counts() -> None:
    link, browser = sent(), Client(enforce_csrf_checks=True)
    browser.get(link.door)
    body = browser.get(link.address).content.decode()
    token = body.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    prove, said = f"{link.address}comprobar/", {"said": "8846"}
    # The page says no-referrer, and so a browser says `Origin: null` of its own form.
    own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert browser.post(prove, said, headers=own).status_code == 403
    both = said | {"csrfmiddlewaretoken": token}
    for others in ("cross-site", "same-site"):
        assert browser.post(prove, both, headers={"Origin": "null", "Sec-Fetch-Site": others}).status_code == 403
    assert browser.post(prove, both, headers={"Origin": "https://otro.example"}).status_code == 403
    assert browser.post(prove, both, headers=own).status_code == 302
