"""The page beside the office: the demo's mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seguripago.journey.notices.commands import send_due_mails
from seguripago.journey.notices.listeners import LISTENERS as NOTICES
from seguripago.journey.notices.queries import mails
from tests.delivery.builders import listen, open_shop, place

pytestmark = pytest.mark.django_db


def test_without_mails_the_mail_page_says_what_to_do(client: Client) -> None:
    assert "Todavía no hay correos" in client.get("/correo-de-pruebas/").content.decode()


def test_the_mail_page_shows_the_newest_mail_and_gives_its_attachment(client: Client, at: datetime) -> None:
    store_id = open_shop()
    place(store_id, at=at)
    listen(*NOTICES, at=at)
    send_due_mails(10, at=at)
    mail_id = mails(None)[0].id
    shown = client.get("/correo-de-pruebas/").content.decode()
    assert "Recibimos tu pedido" in shown
    assert f"/correo-de-pruebas/{mail_id}/adjunto/0/" in shown
    paper = client.get(f"/correo-de-pruebas/{mail_id}/adjunto/0/")
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"].startswith("attachment;")
    assert paper.content.startswith(b"%PDF")
    assert client.get(f"/correo-de-pruebas/{mail_id}/").status_code == 200


def test_an_unknown_mail_is_not_found(client: Client) -> None:
    assert client.get("/correo-de-pruebas/77/").status_code == 404
    assert client.get("/correo-de-pruebas/77/adjunto/0/").status_code == 404


def test_outside_the_demo_there_is_no_mail_page(client: Client, settings: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    assert client.get("/correo-de-pruebas/").status_code == 404
    assert client.get("/correo-de-pruebas/1/adjunto/0/").status_code == 404
