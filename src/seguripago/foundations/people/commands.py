"""Hire people, dismiss them, and count failed sign-ins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.values.actor import Actor

from . import queries
from .facts import MemberDismissed
from .models import Membership, User
from .refusals import MemberUnknown, OnlyAnotherOwner

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


def dismiss(store_id: int, user_id: int, *, by: Actor, at: datetime) -> None:
    """End a person's work at the store: the password opens nothing any more, and no session that it opened.

    What the person held goes back to the queue, and no browser is woken: the rooms hear of it. Raises OnlyAnotherOwner,
    MemberUnknown.
    """
    with transaction.atomic():
        hold_people(store_id)
        working = {who.user_id: who for who in queries.members(store_id)}
        maker = working.get(by.id or 0)
        if by.kind == "staff" and (maker is None or maker.role != "owner" or maker.user_id == user_id):
            raise OnlyAnotherOwner
        who = working.get(user_id)
        if who is None:
            raise MemberUnknown
        user = User.objects.get(pk=user_id)
        user.is_active = False
        # Sessions are signed with the password: whoever is hired again signs in anew.
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        record(store_id, by, "people.dismissed", f"user:{user_id}", {"name": who.name, "role": who.role}, at=at)
        publish(MemberDismissed(store_id=store_id, at=at, user_id=user_id))


def hold_people(store_id: int) -> None:
    """Lock who works at a store until the transaction ends: of two owners who dismiss each other one is left."""
    list(Membership.objects.select_for_update().filter(store_id=store_id).order_by("pk").values_list("pk"))


def count_failed_sign_in(email: str, *, at: datetime) -> None:
    """The fifth failure in a row locks the account for fifteen minutes."""
    User.objects.filter(email=email.strip().lower()).update(failed_tries=F("failed_tries") + 1)
    User.objects.filter(email=email.strip().lower(), failed_tries__gte=TRIES).update(
        failed_tries=0, locked_until=at + LOCK
    )


def forget_failures(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(failed_tries=0, locked_until=None)
