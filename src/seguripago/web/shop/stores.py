"""Which store a page belongs to, and what every page of a store shows around its middle."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest

from seguripago.foundations.stores.queries import StoreView, store_by_id, stores_all
from seguripago.foundations.stores.queries import store as store_called
from seguripago.journey.checkout.queries import pieces_in_cart
from seguripago.web.shop.cookies import cart_token


def store_or_404(slug: str) -> StoreView:
    """Answer the store under this slug; a stranger's guess is a 404."""
    found = store_called(slug)
    if found is None:
        raise Http404
    return found


def around(request: HttpRequest, store: StoreView, **more: Any) -> dict[str, Any]:
    """Gather what the frame of a store's page needs: the store and how many pieces are in the cart."""
    token = cart_token(request)
    return {"store": store, "cart_count": pieces_in_cart(store.id, token) if token else 0, **more}


def demo_store() -> StoreView | None:
    """Answer the demo's store, None outside the demo."""
    if not settings.SEGURIPAGO.demo:
        return None
    return next((store for store in stores_all() if store.is_demo), None)


def store_of(store_id: int) -> StoreView:
    """Answer the store of an order that was found."""
    return store_by_id(store_id)
