"""What every page of the frame has in common: its store, who may embed it, and that only the frame itself may post."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt

from seguripago.foundations.stores import queries as stores
from seguripago.foundations.stores.queries import StoreView

from . import remembering

GO: Final = "Connectme-Go"
POLICY: Final[dict[str, list[str]]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
NOWHERE: Final[dict[str, list[str]]] = {"default-src": [CSP.NONE], "frame-ancestors": [CSP.NONE]}


class FrameRequest(HttpRequest):
    """A request whose `store` is set."""

    store: StoreView


def frame_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Serve a page of the frame: an empty 404 for an unknown store, nothing cached, embedded only where allowed.

    Django's token needs a cookie, and before the policy is answered there is none. So a POST must name this site as its
    origin, which a browser sends by itself and no other site can forge.
    """

    @wraps(view)
    def inner(request: Any, *, store: str, **more: Any) -> HttpResponse:
        found = stores.store_and_sites(store)
        if found is None or not found[0].assistant_is_on:
            return csp_override(NOWHERE)(_nothing)(request)
        if request.method == "POST" and not is_from_here(request):
            return csp_override(NOWHERE)(_refused)(request)
        request.store, sites = found
        return csp_override(policy(sites))(_told)(request, view, **more)

    return csrf_exempt(never_cache(inner))


def policy(sites: Sequence[str]) -> dict[str, list[str]]:
    """What the frame may do, and who may embed it: this site, our own shop, and the sites that the store named."""
    home = [settings.SEGURIPAGO.base_url] if settings.SEGURIPAGO.assistant_origin else []
    return POLICY | {"frame-ancestors": [CSP.SELF, *home, *sites]}


def _refused(request: HttpRequest) -> HttpResponse:
    return HttpResponseForbidden("SP-399", content_type="text/plain")


def _nothing(request: HttpRequest) -> HttpResponse:
    """The same empty answer for a store that never was and for one that took its assistant away."""
    return HttpResponse(status=404, content_type="text/plain")


def _told(request: HttpRequest, view: Callable[..., HttpResponse], **more: Any) -> HttpResponse:
    """Answer a browser that follows links itself, and the frame's script, which must see each step of the way.

    A script is not told what a redirect said on the way, so it is told the next address instead.
    """
    response = view(request, **more)
    if remembering.HEADER not in request.headers:
        return response
    if isinstance(response, HttpResponseRedirect):
        step = HttpResponse(status=204, headers={GO: response.url})
        step.cookies = response.cookies
        if remembering.HEADER in response.headers:
            step[remembering.HEADER] = response.headers[remembering.HEADER]
        response = step
    remembering.hold(request, response)
    return response


def is_from_here(request: HttpRequest) -> bool:
    """Whether a POST comes from a page of this site."""
    origin = request.headers.get("Origin", "")
    if origin:
        return urlsplit(origin).netloc == request.get_host()
    # Without Origin only a browser that says so itself, or no browser at all, sent it: never another site's page.
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
