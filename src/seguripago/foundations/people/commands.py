"""Hire people and count failed sign-ins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from .models import Membership, User

TRIES: Final = 5
LOCK: Final = timedelta(minutes=15)


def hire(store_id: int, *, email: str, name: str, role: str, analyst_number: str, password: str) -> int:
    """Make the person and the membership; a known e-mail stays as it is. Returns the person's id."""
    known = User.objects.filter(email=email).values_list("pk", flat=True).first()
    if known is not None:
        return known
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name, analyst_number=analyst_number)
        Membership.objects.create(user=user, store_id=store_id, role=role)
    return user.pk


def count_failed_sign_in(email: str, *, at: datetime) -> None:
    """The fifth failure in a row locks the account for fifteen minutes."""
    User.objects.filter(email=email.strip().lower()).update(failed_tries=F("failed_tries") + 1)
    User.objects.filter(email=email.strip().lower(), failed_tries__gte=TRIES).update(
        failed_tries=0, locked_until=at + LOCK
    )


def forget_failures(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(failed_tries=0, locked_until=None)
