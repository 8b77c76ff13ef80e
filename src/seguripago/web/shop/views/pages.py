"""What anyone may read, and the choice of language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from seguripago.web.origins import shared_domain
from seguripago.web.shop.stores import demo_store
from seguripago.web.shop.views import catalogue


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the demo's store; without a demo, say what this is."""
    store = demo_store()
    return catalogue.shelf(request, store.slug) if store else render(request, "shop/home.html")


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """Show the seven steps."""
    return render(request, "shop/how_it_works.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy notice."""
    return render(request, "shop/privacy.html", {"owner": demo_store()})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to where the visitor was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 86_400,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            domain=shared_domain(),
        )
    return response
