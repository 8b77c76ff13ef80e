"""A buyer pays with a card through Stripe: our pages, our adapter, and Stripe's stand-in in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.adapters.stripe_side import event, signed
from tests.e2e import walking
from tests.e2e.conftest import RunningSite
from tests.e2e.looking import look
from tests.e2e.stripe_stand_in import COMPLETED, PUBLIC_KEY, SECRET_KEY, WEBHOOK_SECRET, StandIn, stand_in
from tests.e2e.test_c_ways_to_pay import CARD, CHARGES

pytestmark = pytest.mark.e2e

HEARD, NOBODYS = 200, 404
GOOD, DECLINED, ASKS_FIRST = "4242424242424242", "4000000000000341", "4000002760003184"


@pytest.fixture(scope="module")
def stripe(running_site: RunningSite, browser: Browser) -> Iterator[StandIn]:
    """The store charges through Stripe, as its owner set it up, until these tests are over."""
    with stand_in() as there:
        running_site.hosts_let_through.add(urlsplit(there.url).netloc)
        owner = browser.new_context(base_url=running_site.url)
        page = owner.new_page()
        _set_up(page, running_site.password, there)
        yield there
        _choose(page, "Pasarela de pruebas")
        owner.close()
        running_site.hosts_let_through.clear()


@pytest.fixture
def buyer(desktop: Callable[[], BrowserContext], stripe: StandIn) -> Callable[[], Page]:
    """Another person, in whose browser Stripe's script is whole."""

    def new() -> Page:
        context = desktop()
        context.add_init_script(path=COMPLETED)
        return context.new_page()

    return new


def hook(site: RunningSite) -> str:
    [(key,)] = look(site, "SELECT hook_key FROM store WHERE slug = 'sierra-alta'")
    return f"{site.url}/hooks/card/stripe/{key}/"


def hear(site: RunningSite, body: bytes, headers: dict[str, str]) -> int:
    """Knock at the store's hook, as anybody may."""
    return httpx.post(hook(site), content=body, headers=headers, timeout=10).status_code


def type_card(page: Page, number: str) -> None:
    for name, value in (("number", number), ("exp_month", "12"), ("exp_year", "30"), ("cvc", "123")):
        page.locator(f"input[placeholder={name}]").fill(value)
    page.get_by_label("Nombre en la tarjeta").fill("LUCIA HERNANDEZ")


def order_with(page: Page, card: str, *, months: str = "1") -> str:
    """Steps 1 to 3 with the card typed at the checkout: gives the order number."""
    walking.fill_the_cart(page, "Plato de postre")
    walking.fill_the_checkout(page, method=CARD)
    type_card(page, card)
    page.get_by_label("Cómo la pagas").select_option(months)
    return walking.place_the_order(page)


def press_pay(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Pagar \$")).click()


def test_a_card_is_declined_and_another_is_charged_on_the_same_page(
    running_site: RunningSite, stripe: StandIn, buyer: Callable[[], Page]
) -> None:
    page = buyer()
    number = order_with(page, DECLINED)
    declined = page.get_by_role("alert").filter(has_text="Tu pago no pasó")
    expect(declined).to_contain_text("No se cobró nada")
    type_card(page, DECLINED)
    press_pay(page)
    expect(declined).to_be_hidden()
    expect(declined).to_contain_text("No se cobró nada")
    # Nothing typed is lost, and the same page takes the next card.
    assert page.locator("input[placeholder=number]").input_value() == DECLINED
    type_card(page, GOOD)
    page.get_by_role("button", name=re.compile(r"^Pagar \$")).dblclick()
    expect(page.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    assert look(running_site, CHARGES, number) == [("declined",), ("declined",), ("paid",)]
    # What was declined is closed for good; what was pressed twice was asked once.
    assert [each["status"] for each in stripe.of(number)] == ["canceled", "canceled", "succeeded"]
    assert len(stripe.made(number)) == 3


def test_what_two_people_decided_goes_back_once_and_never_more_than_came(
    running_site: RunningSite, stripe: StandIn, buyer: Callable[[], Page], desktop: Callable[[], BrowserContext]
) -> None:
    """The stand-in would refund ten times the charge; that it never hears of it is ours."""
    number = order_with(buyer(), GOOD)
    clerk, owner = desktop().new_page(), desktop().new_page()
    walking.sign_in(clerk, "medios@demo.test", running_site.password, "/medios-de-pago/tarjetas/")
    clerk.get_by_role("link", name=number).click()
    for amount, answer in (("4900.00", clerk.get_by_role("alert")), ("100.00", clerk.locator("#charge-live"))):
        clerk.get_by_role("radio", name="Una parte").check()
        clerk.get_by_label("Monto de la parte").fill(amount)
        clerk.get_by_label("Motivo").fill("Llegó despostillado")
        clerk.get_by_role("button", name="Pedir reembolso").click()
        expect(answer).to_contain_text("$490.00" if amount == "4900.00" else "segunda persona")
    walking.sign_in(owner, "tienda@demo.test", running_site.password, "/oficina/tarjetas/cobros/")
    owner.get_by_role("link", name=number).click()
    owner.get_by_role("button", name="Aprobar").click()
    expect(clerk.locator("#charge-live")).to_contain_text("Reembolsado", timeout=20_000)
    expect(clerk.locator("#charge-live .charge-steps")).to_contain_text("re_", timeout=20_000)
    [charged] = stripe.of(number)
    assert charged["latest_charge"]["amount_refunded"] == 10_000
    assert sum(each.method == "POST" and each.path == "/v1/refunds" for each in stripe.asked) == 1


def test_the_bank_asks_first_says_no_then_yes_and_a_signed_lie_moves_nothing(
    running_site: RunningSite, stripe: StandIn, buyer: Callable[[], Page]
) -> None:
    page = buyer()
    number = order_with(page, ASKS_FIRST)
    page.get_by_text("Fail authentication").click()
    expect(page.get_by_role("alert").filter(has_text="Tu pago no pasó")).to_contain_text("comprobar que eres tú")

    type_card(page, ASKS_FIRST)
    press_pay(page)
    expect(page.get_by_text("Complete authentication")).to_be_visible()
    waiting = stripe.of(number)[-1]
    claim = event({**waiting, "status": "succeeded"}, id=f"evt_{waiting['id']}")
    assert hear(running_site, claim, signed(claim, secret=WEBHOOK_SECRET)) == HEARD
    page.reload()
    # The page goes on where it was, and the bank is asked again, not the card.
    page.get_by_text("Complete authentication").click()
    expect(page.get_by_role("heading", name="Pago confirmado")).to_be_visible()
    assert look(running_site, CHARGES, number) == [("declined",), ("paid",)]
    assert [each["status"] for each in stripe.of(number)] == ["canceled", "succeeded"]
    assert len(stripe.made(number)) == 2


def test_a_lost_answer_is_found_by_our_key_and_forged_and_replayed_notices_are_nobodys(
    running_site: RunningSite, stripe: StandIn, buyer: Callable[[], Page]
) -> None:
    page = buyer()
    stripe.loses = 1
    number = order_with(page, GOOD, months="3")
    expect(page.get_by_role("heading", name="Pago confirmado")).to_be_visible(timeout=30_000)
    assert look(running_site, CHARGES, number) == [("paid",)]
    [charged] = stripe.of(number)
    assert (stripe.loses, len(stripe.made(number)), charged["status"]) == (0, 1, "succeeded")
    plan = "payment_method_options[card][installments][plan][count]"
    assert [dict(parse_qsl(each.body.decode()))[plan] for each in stripe.made(number)] == ["3"]

    told = event(charged, id=f"evt_{charged['id']}")
    good = signed(told, secret=WEBHOOK_SECRET)
    assert hear(running_site, told, {}) == NOBODYS
    assert hear(running_site, told, signed(told, secret="whsec_guessed")) == NOBODYS
    assert hear(running_site, told, signed(told, secret=WEBHOOK_SECRET, at=time.time() - 400)) == NOBODYS
    assert hear(running_site, told.replace(b"succeeded", b"processed"), good) == NOBODYS
    assert [hear(running_site, told, good) for _ in range(2)] == [HEARD, HEARD]
    events = "SELECT count(*) FROM gateway_event WHERE event_id = %s"
    assert look(running_site, events, f"evt_{charged['id']}") == [(1,)]
    assert look(running_site, CHARGES, number) == [("paid",)]


def _set_up(page: Page, password: str, there: StandIn) -> None:
    """Oficina → Tarjetas, as the owner does it: keys, months, a try, and the choice."""
    walking.sign_in(page, "tienda@demo.test", password, "/oficina/tarjetas/")
    page.get_by_role("link", name="Stripe").click()
    there.tell(page.locator("#direccion-de-avisos").inner_text())
    for label, value in (
        ("Llave publicable", PUBLIC_KEY),
        ("Llave secreta", SECRET_KEY),
        ("Secreto de firma", WEBHOOK_SECRET),
        ("Dirección de la API", there.url),
        ("Dirección de Stripe.js", there.script_url),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Guardar cuenta").click()
    expect(page.get_by_role("status")).to_contain_text("Guardado")
    page.get_by_label("3 meses", exact=True).check()
    page.get_by_label("Desde qué monto, a 3 meses").fill("300.00")
    page.get_by_role("button", name="Guardar meses").click()
    page.get_by_role("button", name="Probar conexión").click()
    expect(page.get_by_role("status")).to_contain_text("La pasarela contestó")
    _choose(page, "Stripe")


def _choose(page: Page, gateway: str) -> None:
    page.goto("/oficina/tarjetas/")
    page.get_by_role("radio", name=gateway).check()
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("status")).to_contain_text("Guardado")
