"""Open a payment link. Opening is logged and consumes nothing: chat apps fetch links before people do."""

from __future__ import annotations

from datetime import datetime

from ..link_token import BadToken, read
from ..models import Link
from ..refusals import BadLink


def open_link(token: str, *, at: datetime) -> int:
    """Find the link of a token and note its first opening; returns its id. Raises BadLink."""
    try:
        claims = read(token)
    except BadToken:
        raise BadLink from None
    link = Link.objects.filter(handle=claims.handle, store_id=claims.store_id).first()
    if link is None:
        raise BadLink
    Link.objects.filter(pk=link.pk, first_opened_at__isnull=True).update(first_opened_at=at)
    Link.objects.filter(pk=link.pk, state="active").update(state="opened")
    return link.pk
