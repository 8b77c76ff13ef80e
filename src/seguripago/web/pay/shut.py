"""What every page of the payer has in common: nothing is kept, told onwards, indexed, or asked of anybody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.csp import CSP
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from seguripago.web.card_form import policy as card_policy

STRICTER: Final[dict[str, list[str]]] = {"frame-src": [CSP.NONE], "form-action": [CSP.SELF]}


def with_gateway(response: HttpResponse, context: Mapping[str, Any]) -> HttpResponse:
    """Let the gateway of this page through its policy; everything else stays shut, and there are no frames."""
    return card_policy.with_gateway(response, context.get("card_config"), STRICTER)


class _OwnForms(CsrfViewMiddleware):
    """Django's own check, for pages with `no-referrer`: there a browser says `Origin: null` of the page's own forms.

    The token must match all the same; only that one word is not held against it, unless the browser says besides that
    another site sends it.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.headers.get("Origin") == "null":
            return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        return bool(super()._origin_verified(request))  # type: ignore[misc]


_own_forms = decorator_from_middleware(_OwnForms)


def payers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Serve a page of the payer."""
    guarded = _own_forms(view)

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        response = cast(HttpResponse, guarded(request, *args, **more))
        if not hasattr(response, "_csp_config"):
            with_gateway(response, {})
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return csrf_exempt(never_cache(inner))
