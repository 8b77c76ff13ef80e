"""Parcels on their way: carriers that answer are asked how far each is."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings

from seguripago.journey.delivery.commands import take_news
from seguripago.journey.delivery.queries import parcels_to_follow
from seguripago.ports.carriers import CarrierAway, asked_carriers, is_simulated

log = logging.getLogger("seguripago.parcels")


def follow_parcels(at: datetime) -> int:
    """Ask each carrier that answers about its parcels, each at the carrier's own pace; answers how much was new."""
    news = 0
    for slug, carrier in asked_carriers().items():
        if is_simulated(carrier) and not settings.SEGURIPAGO.demo:
            continue
        for parcel in parcels_to_follow(slug, before=at - timedelta(seconds=carrier.pause_s)):
            try:
                told = carrier.follow(parcel.tracking_number, parcel.followed_at, at=at)
            except CarrierAway:
                log.warning("%s does not answer about parcel %s", carrier.label, parcel.id)
                told = ()
            except Exception:
                log.exception("what %s answers about parcel %s cannot be read", carrier.label, parcel.id)
                told = ()
            try:
                news += take_news(parcel.id, told, at=at)
            except Exception:
                # The others must not wait behind it.
                log.exception("the news of parcel %s were not kept", parcel.id)
    return news
