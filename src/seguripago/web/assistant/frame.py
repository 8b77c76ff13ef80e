"""What every page of the frame has in common: its store, who may embed it, and that only the frame itself may post."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt

from seguripago.foundations.stores import queries as stores
from seguripago.foundations.stores.queries import StoreView

POLICY: Final[dict[str, list[str]]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF, *settings.SEGURIPAGO.widget_ancestors],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}


class FrameRequest(HttpRequest):
    """A request whose `store` is set."""

    store: StoreView


def frame_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Serve a page of the frame: 404 for an unknown store, nothing cached, embedded only where that is allowed.

    Django's token needs a cookie, and before the policy is answered there is none. So a POST must name this site as its
    origin, which a browser sends by itself and no other site can forge; the cookies are SameSite besides.
    """

    @wraps(view)
    def inner(request: Any, *, store: str, **more: Any) -> HttpResponse:
        found = stores.store(store)
        if found is None:
            raise Http404
        if request.method == "POST" and not is_from_here(request):
            return HttpResponseForbidden("SP-399", content_type="text/plain")
        request.store = found
        return view(request, **more)

    return csrf_exempt(never_cache(csp_override(POLICY)(inner)))


def is_from_here(request: HttpRequest) -> bool:
    """Whether a POST comes from a page of this site."""
    origin = request.headers.get("Origin", "")
    if origin:
        return urlsplit(origin).netloc == request.get_host()
    # Without Origin only a browser that says so itself, or no browser at all, sent it: never another site's page.
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
