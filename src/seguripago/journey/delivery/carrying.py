"""Which carriers a store may send with: the one that only plays moves parcels of the demo's store, in the demo."""

from __future__ import annotations

from django.conf import settings

from seguripago.foundations.stores.queries import StoreView
from seguripago.ports.carriers import Carrier, carriers, is_simulated


def usable_carriers(store: StoreView) -> dict[str, Carrier]:
    """Answer the carriers of this house that the store may send with, by slug."""
    plays = settings.SEGURIPAGO.demo and store.is_demo
    return {slug: carrier for slug, carrier in carriers().items() if plays or not is_simulated(carrier)}
