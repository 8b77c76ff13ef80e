"""Every address of the site: each folder of web/ brings its own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path

from seguripago.web import access, health

_WEB = Path(access.__file__).parent

urlpatterns: list[URLPattern | URLResolver] = [
    path("entrar/", access.sign_in, name="sign_in"),
    path("salir/", access.sign_out, name="sign_out"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    *(
        path("", include(import_module(f"seguripago.web.{urls.parent.name}.urls")))
        # Hooks first: a bank rings hundreds of times a second, and nobody shares their addresses.
        for urls in sorted(_WEB.glob("*/urls.py"), key=lambda urls: (urls.parent.name != "hooks", urls.parent.name))
    ),
]

handler404 = "seguripago.web.refusals.not_found"
handler500 = "seguripago.web.refusals.broken"
