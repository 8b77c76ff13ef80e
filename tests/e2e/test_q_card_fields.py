"""The card form with Mercado Pago's and Conekta's fields, in a real browser.

The scripts of `gateway_scripts/` stand in for the gateways' own; they are written from documentation. What is tried
here is our side: the form, its scripts, and that nothing typed into a frame of theirs ever stands on our page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, expect

from seguripago.ports import registry
from seguripago.ports.card_gateways import ClientConfig, GatewayAccount, NextAction
from seguripago.values.money import Money
from seguripago.web.card_form.answers import card_answer
from seguripago.web.card_form.forms import card_form
from tests.adapters.provider import Question, Reply, provider

pytestmark = pytest.mark.e2e

SCRIPTS = Path(__file__).with_name("gateway_scripts")
NUMBER = "4111111111111111"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
HTML = "text/html; charset=utf-8"


@dataclass
class Shop:
    """A page of ours with nothing but the card form, and what its form sent."""

    config: ClientConfig | None = None
    sent: list[dict[str, str]] = field(default_factory=list)
    bank: list[Question] = field(default_factory=list)
    gateway_url: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)
    """What the form's POSTs are answered, one after another; then that the card did not pass."""

    def __call__(self, question: Question) -> Reply:
        path = urlsplit(question.path).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = TYPES.get(Path(path).suffix, "application/octet-stream")
            return Reply(Path(found).read_bytes(), 200, {"content-type": kind}) if found else Reply(status=404)
        if question.method == "POST":
            self.sent.append(posted(question))
            no = card_answer("declined", says="No se cobró nada.", key="llave-0002")
            answer = self.answers.pop(0) if self.answers else no
            return Reply(json.dumps(answer).encode(), 200, {"content-type": "application/json"})
        return Reply(self.page(), 200, {"content-type": HTML, "content-security-policy": self.policy()})

    def page(self) -> bytes:
        assert self.config is not None
        form = card_form(self.config, action="/pagar/", key="llave-0001", amount=Money(913_550))
        drawn = render_to_string("card_form/form.html", {"card_form": form})
        scripts = render_to_string("card_form/scripts.html", {"card_form": form})
        sheets = "".join(
            f'<link rel="stylesheet" href="/static/{name}">'
            for name in ("tokens.css", "app.css", "card_form/card_form.css")
        )
        head = f'<!doctype html><html lang="es"><meta charset="utf-8"><title>Pagar</title>{sheets}'
        return f"{head}<main class='wrap'>{drawn}</main>{scripts}</html>".encode()

    def policy(self) -> str:
        assert self.config is not None
        own = {"default-src": "'none'", "style-src": "'self'", "font-src": "'self'", "img-src": "'self' data:"}
        own |= {"script-src": "'self'", "connect-src": "'self'", "form-action": "'self'", "frame-src": ""}
        for directive, origins in self.config.csp_origins.items():
            own[directive] = " ".join([own.get(directive, ""), *origins])
        return "; ".join(f"{name} {values}" for name, values in own.items())


def posted(question: Question) -> dict[str, str]:
    whole = message_from_bytes(
        b"content-type: " + question.headers["content-type"].encode() + b"\r\n\r\n" + question.body
    )
    parts = whole.get_payload()
    return {
        str(part.get_param("name", header="content-disposition")): (part.get_payload(decode=True) or b"").decode()
        for part in (parts if isinstance(parts, list) else [])
        if not isinstance(part, str)
    }


def theirs(slug: str) -> dict[str, Reply]:
    pages = {"/field": "mercado_pago_field.html", "/whole": "conekta_whole.html", "/bank": "bank.html"}
    found = {path: Reply((SCRIPTS / name).read_bytes(), 200, {"content-type": HTML}) for path, name in pages.items()}
    script = Reply((SCRIPTS / f"{slug}.js").read_bytes(), 200, {"content-type": TYPES[".js"]})
    return {**found, "/sdk.js": script}


@contextmanager
def shop(browser: Browser, slug: str, *, has_script: bool = True) -> Iterator[tuple[Page, Shop]]:
    """Open the form of a gateway whose script comes from another origin; every refusal of the policy is a fault."""
    answers, ours, faults = theirs(slug), Shop(), []

    def gateways_answer(question: Question) -> Reply:
        path = urlsplit(question.path).path
        if path == "/bank":
            ours.bank.append(question)
        return answers.get(path, Reply(status=404))

    with provider(gateways_answer) as gateway, provider(ours) as site:
        ours.gateway_url = gateway.url
        script = f"{gateway.url}/sdk.js" if has_script else f"{gateway.url}/nothing.js"
        account = GatewayAccount("", "", "secreta", "secreta", public_key="publica", script_url=script)
        ours.config = registry.adapter("card_gateways", slug).client_config(account)
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("console", lambda said: "Security Policy" in said.text and faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(site.url)
        yield page, ours
        context.close()
    assert not faults


def test_mercado_pagos_fields_give_a_token_with_the_cards_kind_and_bank(browser: Browser) -> None:
    with shop(browser, "mercado_pago") as (page, ours):
        number = page.frame_locator("iframe[name=cardNumber]").locator("input")
        expect(number).to_have_attribute("aria-label", "Número de tarjeta")
        number.fill(NUMBER)
        page.frame_locator("iframe[name=expirationDate]").locator("input").fill("12/30")
        page.frame_locator("iframe[name=securityCode]").locator("input").fill("123")
        button = page.get_by_role("button", name="Pagar")
        button.click()
        expect(page.get_by_text("Escribe el nombre como aparece en la tarjeta.")).to_be_visible()
        assert not ours.sent
        page.get_by_label("Nombre en la tarjeta").fill("Lucía Hernández")
        button.click()
        expect(page.get_by_text("No se cobró nada.")).to_be_visible()
        (sent,) = ours.sent
        assert sent["token"] == "0f1e2d3c4b5a69788796a5b4c3d2e1f0:visa:158"
        assert sent["key"] == "llave-0001"
        assert NUMBER not in json.dumps(sent) + page.content()
        assert "Lucía" not in json.dumps(sent)


def test_the_bank_of_a_card_asks_in_a_frame_and_only_our_server_says_how_it_ended(browser: Browser) -> None:
    with shop(browser, "mercado_pago") as (page, ours):
        step = NextAction("challenge_iframe", f"{ours.gateway_url}/bank", method="POST", form={"creq": "eyJt"})
        ours.answers.append(card_answer("requires_action", key="llave-0001", status="/estado/", action=step))
        page.frame_locator("iframe[name=cardNumber]").locator("input").fill(NUMBER)
        page.get_by_label("Nombre en la tarjeta").fill("Lucía Hernández")
        page.get_by_role("button", name="Pagar").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("iframe").content_frame.get_by_role("button", name="Autorizar").click()
        expect(dialog).to_be_hidden()
        assert (ours.bank[0].method, ours.bank[0].body) == ("POST", b"creq=eyJt")
        # The bank's frame said «COMPLETE»; our server, asked next, says that nothing was charged.
        expect(page.get_by_text("No se cobró nada.")).to_be_visible()


def test_a_card_that_is_typed_wrongly_is_said_in_our_words_and_nothing_is_sent(browser: Browser) -> None:
    with shop(browser, "mercado_pago") as (page, ours):
        page.frame_locator("iframe[name=cardNumber]").locator("input").fill("4111")
        page.get_by_label("Nombre en la tarjeta").fill("Lucía Hernández")
        page.get_by_role("button", name="Pagar").click()
        expect(page.get_by_text("Revisa los datos de la tarjeta.")).to_be_visible()
        page.frame_locator("iframe[name=cardNumber]").locator("input").fill("5031433215406351")
        page.get_by_role("button", name="Pagar").click()
        expect(page.get_by_text("No se cobró nada.")).to_be_visible()
        assert ours.sent[0]["token"].endswith(":master:310")


def test_conektas_frame_gives_a_token_when_our_button_is_pressed(browser: Browser) -> None:
    with shop(browser, "conekta") as (page, ours):
        frame = page.frame_locator("#conekta-card iframe")
        expect(frame.get_by_label("Nombre")).to_be_visible()
        expect(page.get_by_label("Nombre en la tarjeta")).to_be_hidden()
        button = page.get_by_role("button", name="Pagar")
        button.click()
        expect(page.get_by_text("Revisa los datos de la tarjeta.")).to_be_visible()
        frame.get_by_label("Nombre").fill("Lucía Hernández")
        frame.get_by_label("Número").fill("5111111111111111")
        button.click()
        expect(page.get_by_text("El número de tarjeta no es válido.")).to_be_visible()
        assert not ours.sent
        frame.get_by_label("Número").fill(NUMBER)
        button.click()
        expect(page.get_by_text("No se cobró nada.")).to_be_visible()
        (sent,) = ours.sent
        assert sent["token"] == "tok_2znsEnNtewkbkqqCK"
        assert NUMBER not in json.dumps(sent) + page.content()


@pytest.mark.parametrize("slug", ["mercado_pago", "conekta"])
def test_a_script_that_does_not_come_shuts_the_form_and_says_so(browser: Browser, slug: str) -> None:
    with shop(browser, slug, has_script=False) as (page, ours):
        expect(page.get_by_text("No se abrieron los campos seguros de la tarjeta.")).to_be_visible()
        expect(page.get_by_role("button", name="Pagar")).to_be_disabled()
        assert not ours.sent
