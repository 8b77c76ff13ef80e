"""What this browser remembers: its cart and its orders, both signed, neither readable by a script."""

from __future__ import annotations

import re
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from seguripago.web.origins import shared_domain

CART: Final = "sp_cart"
ORDERS: Final = "sp_orders"
_SALT: Final = "seguripago.buyer"
_CART_DAYS: Final = 30
_ORDER_DAYS: Final = 180
_MOST_ORDERS: Final = 20
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


def cart_token(request: HttpRequest) -> str:
    """Answer the token of this browser's cart, empty when it has none yet."""
    token = request.get_signed_cookie(CART, default="", salt=_SALT) or ""
    return token if _TOKEN.fullmatch(token) else ""


def new_cart_token() -> str:
    """Draw a token for a new cart."""
    return secrets.token_urlsafe(24)


def keep_cart(response: HttpResponse, token: str) -> None:
    """Let this browser remember its cart for a month."""
    _keep(response, CART, token, days=_CART_DAYS)


def order_tokens(request: HttpRequest) -> tuple[str, ...]:
    """List the access tokens of the orders placed in this browser, newest first."""
    kept = request.get_signed_cookie(ORDERS, default="", salt=_SALT) or ""
    return tuple(token for token in kept.split(".") if _TOKEN.fullmatch(token))


def keep_order(request: HttpRequest, response: HttpResponse, access_token: str) -> None:
    """Let this browser remember one more order."""
    others = [token for token in order_tokens(request) if token != access_token]
    kept = ".".join([access_token, *others][:_MOST_ORDERS])
    _keep(response, ORDERS, kept, days=_ORDER_DAYS, domain=shared_domain())


def _keep(response: HttpResponse, name: str, value: str, *, days: int, domain: str | None = None) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=_SALT,
        max_age=days * 86_400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        domain=domain,
    )
