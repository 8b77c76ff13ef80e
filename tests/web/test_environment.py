"""Production starts only with its secrets and is strict; what belongs to the demo is not there."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from seguripago.config.environment import SettingMissing, database, read_environment
from tests.orders.builders import make_store

PRODUCTION = {
    "SEGURIPAGO_SECRET_KEY": "k" * 50,
    "SEGURIPAGO_MAIN_KEY": base64.b64encode(b"m" * 32).decode(),
    "DATABASE_URL": "postgres://ana:p%40ss@db.example:5433/tienda?sslmode=require",
    "SEGURIPAGO_BASE_URL": "https://pagos.example.mx/",
}


def test_production_is_read_whole() -> None:
    found = read_environment(PRODUCTION)
    assert not found.demo
    assert found.behind_tls
    assert (found.base_url, found.allowed_hosts) == ("https://pagos.example.mx", ("pagos.example.mx",))
    assert found.main_key == b"m" * 32


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_refuses_to_start_without(name: str) -> None:
    rest = {each: value for each, value in PRODUCTION.items() if each != name}
    with pytest.raises(SettingMissing, match=name):
        read_environment(rest)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SEGURIPAGO_SECRET_KEY", "corta"), ("SEGURIPAGO_MAIN_KEY", "bm8="), ("SEGURIPAGO_MAIN_KEY", "¡no es base64!")],
)
def test_a_secret_that_is_none_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingMissing, match=name):
        read_environment({**PRODUCTION, name: value})


def test_another_database_is_refused() -> None:
    with pytest.raises(SettingMissing, match="postgres"):
        database("mysql://root@localhost/tienda")


def test_the_address_of_the_database_is_taken_apart() -> None:
    made = database(PRODUCTION["DATABASE_URL"])
    parts = {name: made[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert parts == {"NAME": "tienda", "USER": "ana", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"}
    options = made["OPTIONS"]
    assert isinstance(options, dict)
    assert options["sslmode"] == "require"
    assert database("postgres:///x?host=/run/pg")["HOST"] == "/run/pg"


def test_the_demo_needs_only_a_secret_and_a_database() -> None:
    demo = read_environment(
        {"SEGURIPAGO_DEMO": "1", "SEGURIPAGO_SECRET_KEY": "k" * 50, "DATABASE_URL": "postgres:///x", "PORT": "3005"}
    )
    assert (demo.base_url, demo.sandbox_url) == ("http://127.0.0.1:3005", "http://127.0.0.1:3006")
    assert not demo.behind_tls
    assert len(demo.main_key) == 32


def test_the_chat_may_have_an_origin_of_its_own() -> None:
    own = read_environment(PRODUCTION | {"SEGURIPAGO_ASSISTANT_ORIGIN": "https://chat.pagos.example.mx/"})
    assert own.assistant_origin == "https://chat.pagos.example.mx"
    assert own.allowed_hosts == ("pagos.example.mx", "chat.pagos.example.mx")


@pytest.mark.parametrize("typed", ["https://Chat.pagos.example.mx/", "https://chat.pagos.example.mx:443"])
def test_an_origin_of_the_chat_is_kept_as_browsers_write_it(typed: str) -> None:
    """Otherwise no request would be the chat's: the desk would be served there, and the chat nowhere."""
    own = read_environment(PRODUCTION | {"SEGURIPAGO_ASSISTANT_ORIGIN": typed})
    assert own.assistant_origin == "https://chat.pagos.example.mx"


@pytest.mark.parametrize(
    "origin",
    [
        "https://pagos.example.mx",
        "https://PAGOS.example.mx:443",
        "http://chat.example.mx",
        "https://chat.example.mx/x",
        "https://ana@chat.example.mx",
        "chat.example.mx",
    ],
)
def test_an_origin_of_the_chat_that_is_none_is_refused(origin: str) -> None:
    with pytest.raises(SettingMissing, match="SEGURIPAGO_ASSISTANT_ORIGIN"):
        read_environment(PRODUCTION | {"SEGURIPAGO_ASSISTANT_ORIGIN": origin})


def in_production(tmp_path: Path, code: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own that knows only production's environment."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("SEGURIPAGO", "DATABASE", "PORT"))
    }
    environment = {**inherited, **PRODUCTION, "SEGURIPAGO_DATA_DIR": str(tmp_path), **more}
    environment["DJANGO_SETTINGS_MODULE"] = "seguripago.config.settings"
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_production_is_strict(tmp_path: Path) -> None:
    names = (
        "DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_HSTS_SECONDS",
        "SECURE_PROXY_SSL_HEADER", "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS", "SECURE_CONTENT_TYPE_NOSNIFF",
    )  # fmt: skip
    code = (
        f"import json; from django.conf import settings; print(json.dumps([getattr(settings, n) for n in {names!r}]))"
    )
    ran = in_production(tmp_path, code)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "static").is_dir(), "WhiteNoise warns of a folder that is not there"
    assert dict(zip(names, json.loads(ran.stdout.splitlines()[-1]), strict=True)) == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "CSRF_TRUSTED_ORIGINS": ["https://pagos.example.mx"],
        "ALLOWED_HOSTS": ["pagos.example.mx"],
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
    }


def test_production_sends_nobodys_form_to_the_sandbox(tmp_path: Path) -> None:
    code = "from django.conf import settings; print([str(each) for each in settings.SECURE_CSP['form-action']])"
    assert in_production(tmp_path, code).stdout.strip() == """["'self'"]"""


def test_without_its_secret_the_program_stops_before_it_serves(tmp_path: Path) -> None:
    ran = in_production(tmp_path, "import seguripago.config.wsgi", SEGURIPAGO_MAIN_KEY="")
    assert ran.returncode != 0
    assert "SEGURIPAGO_MAIN_KEY" in ran.stderr


def test_a_database_that_is_gone_makes_it_not_ready_but_alive(tmp_path: Path) -> None:
    code = """
import django; django.setup()
from django.test import RequestFactory
from seguripago.web import health
asked = RequestFactory().get("/readyz")
print(health.alive(asked).status_code, health.ready(asked).status_code)
"""
    ran = in_production(tmp_path, code, DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert ran.stdout.split()[-2:] == ["200", "503"], ran.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/banco-de-pruebas/", "/correo-de-pruebas/"])
def test_what_is_the_demos_is_not_found_without_it(client: Client, settings: LazySettings, address: str) -> None:
    make_store(slug="sierra-alta")
    assert client.get(address).status_code == 200
    settings.SEGURIPAGO = dataclasses.replace(settings.SEGURIPAGO, demo=False)
    assert client.get(address).status_code == 404
