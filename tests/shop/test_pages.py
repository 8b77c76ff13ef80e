"""What anyone may read, the language, and what every page must never carry."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from django.test import Client

from seguripago.jobs.demo_products import PRODUCTS
from seguripago.web import components, shop
from tests.shop.buyers import a_product, a_store

COMPONENTS = Path(components.__file__).parent
PICTURES = Path(shop.__file__).parent / "static" / "shop" / "products"
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)", re.IGNORECASE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/como-funciona/", "/privacidad/", "/nada/", "/t/nada/", "/t/nada/carrito/", "/entrar/"]
)
def test_public_pages_carry_no_inline_code(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == (404 if "nada" in path else 200)
    assert not INLINE.search(page.content.decode())
    assert 'lang="es-MX"' in page.content.decode()


@pytest.mark.django_db
def test_a_store_s_page_brings_its_assistant(client: Client) -> None:
    store = a_store()
    body = client.get(f"/t/{store.slug}/").content.decode()
    tag = re.search(r'<script src="/asistente\.js\?v=[\w-]{12}"[^>]*>', body)
    assert tag
    for attribute in (f'data-store="{store.slug}"', 'integrity="sha384-', 'crossorigin="anonymous"', " async"):
        assert attribute in tag[0]
    assert not INLINE.search(body)


@pytest.mark.django_db
def test_the_language_is_chosen_and_never_guessed(client: Client) -> None:
    store = a_store()
    a_product(store)
    address = f"/t/{store.slug}/"
    assert 'lang="es-MX"' in client.get(address, headers={"accept-language": "en-US"}).content.decode()
    answer = client.post("/idioma/", {"language": "en", "next": address})
    assert answer.url == address
    assert '<html lang="en"' in client.get(address).content.decode()
    client.post("/idioma/", {"language": "es-mx", "next": address})
    assert '<html lang="es-MX"' in client.get(address).content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_choice_of_language_leads_nowhere_else(client: Client, target: str) -> None:
    assert client.post("/idioma/", {"language": "en", "next": target}).url == "/"


def test_an_unknown_language_is_not_kept(client: Client) -> None:
    client.post("/idioma/", {"language": "xx", "next": "/"})
    assert "sp_idioma" not in client.cookies


def test_every_demo_product_has_a_small_clean_picture() -> None:
    drawn = {path.stem: path.read_text() for path in PICTURES.glob("*.svg")}
    assert {product.picture for product in PRODUCTS} <= set(drawn)
    for slug, body in drawn.items():
        assert len(body) <= 4096, slug
        assert not re.search(r"style|script|http(?!://www\.w3\.org/2000/svg)", body), slug


def test_every_icon_that_a_template_draws_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (COMPONENTS / "static" / "icons.svg").read_text()))
    web = COMPONENTS.parent
    drawn = {
        name
        for path in web.glob("*/templates/**/*.html")
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text())
    }
    assert drawn <= sprite


def test_vendored_files_are_what_their_list_says() -> None:
    listed = re.findall(r"\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|", (COMPONENTS / "static" / "VENDORED.md").read_text())
    assert {name for name, _ in listed} >= {"htmx.min.js"}
    for name, digest in listed:
        assert hashlib.sha256((COMPONENTS / "static" / name).read_bytes()).hexdigest() == digest, name


def test_the_styles_ask_nothing_of_other_hosts() -> None:
    for path in COMPONENTS.parent.glob("*/static/**/*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:|//|data:)|@import", path.read_text()), path
