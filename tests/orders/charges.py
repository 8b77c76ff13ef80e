"""Charges without a cart, for tests that only need one."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from seguripago.journey.orders import commands
from seguripago.journey.orders.shapes import PlaceQuickOrder
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.steps import Preference
from tests.orders.builders import BETO, BUYER


def asking(**more: Any) -> PlaceQuickOrder:
    """What a store asks of Lucía; each call is another charge."""
    defaults: dict[str, Any] = {
        "checkout_key": secrets.token_hex(20),
        "number": order_number.draw(secrets.choice),
        "access_token": secrets.token_urlsafe(24),
        "buyer": BUYER,
        "concept": "Mantenimiento de molino",
        "amount": Money(116_000),
        "iva_bp": 1600,
        "note": "En tu domicilio, el viernes",
        "valid_days": 3,
        "preference": Preference.LINK,
        "privacy_version": "2026-11",
    }
    return PlaceQuickOrder(**{**defaults, **more})


def charged(store_id: int, at: datetime, *, by: Actor = BETO, **more: Any) -> int:
    """Make a charge; its buyer has not said yes."""
    return commands.place_quick_order(store_id, asking(**more), by=by, at=at)


def accepted(store_id: int, at: datetime, **more: Any) -> int:
    """Make a charge that its buyer accepted."""
    order_id = charged(store_id, at, **more)
    commands.accept_confirmation(order_id, by=Actor.buyer(BUYER.name), at=at)
    return order_id
