"""Count uses. One statement each, so that many at once are counted right."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from .models import LimitWindow
from .rules import Limit

COUNT = """
INSERT INTO limit_window AS w (key, count, ends_at) VALUES (%(key)s, 1, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN w.ends_at <= %(at)s THEN 1 ELSE w.count + 1 END,
    ends_at = CASE WHEN w.ends_at <= %(at)s THEN excluded.ends_at ELSE w.ends_at END
RETURNING count, ends_at
"""


def take(limit: Limit, *who: object, at: datetime) -> int:
    """Count one use; answer 0, or in how many seconds the window ends when this was one too many."""
    ends_at = at + timedelta(seconds=limit.window_s)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": _key(limit, who, at), "ends_at": ends_at, "at": at})
        count, ends_at = cursor.fetchone() or (1, at)
    return max(1, math.ceil((ends_at - at).total_seconds())) if count > limit.most else 0


def is_spent(limit: Limit, *who: object, at: datetime) -> bool:
    """Whether another use would be one too many; counts nothing."""
    window = LimitWindow.objects.filter(key=_key(limit, who, at), ends_at__gt=at, count__gte=limit.most)
    return window.exists()


def alias(who: object, *, at: datetime) -> str:
    """A name for somebody, good for a day: two rows of a day can be told to be of the same one, and no more."""
    return salted_hmac(_salt("alias", at), str(who), algorithm="sha256").hexdigest()[:32]


def forget_windows(at: datetime) -> int:
    """Delete the windows that are over; answers how many."""
    return LimitWindow.objects.filter(ends_at__lt=at).delete()[0]


def _key(limit: Limit, who: tuple[object, ...], at: datetime) -> uuid.UUID:
    said = "\n".join((limit.name, *map(str, who)))
    return uuid.UUID(bytes=salted_hmac(_salt("window", at), said, algorithm="sha256").digest()[:16])


def _salt(use: str, at: datetime) -> str:
    """Made anew each day, and mixed with the installation's secret: today's rows tell nothing about yesterday's, and
    without the secret nobody is found by trying addresses. A window that is open at midnight (UTC) begins anew.
    """
    return f"seguripago.limits.{use}.{at.astimezone(UTC).date()}"
