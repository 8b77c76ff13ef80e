"""Saved replies of a store: write, change, take away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.wakeups import wake
from seguripago.values.actor import Actor

from .. import rules
from ..models import CannedReply
from .refusals import CannedReplyWrong, CommandTaken


@dataclass(frozen=True, slots=True)
class WriteCannedReply:
    """A saved reply as a person typed it; `place` orders the list, the smallest first."""

    command: str
    title: str
    text: str
    is_active: bool = True


def write_canned_reply(
    store_id: int, wanted: WriteCannedReply, *, reply_id: int | None = None, by: Actor, at: datetime
) -> int:
    """Write a new reply, or change the one of `reply_id`; returns its id.

    Raises CannedReplyWrong naming what is wrong (also digits like those of a CLABE or a card), CommandTaken,
    CannedReply.DoesNotExist.
    """
    command = wanted.command.strip().lower().removeprefix("/")
    if wrong := rules.wrong_in_canned(command, wanted.title, wanted.text):
        raise CannedReplyWrong(wrong)
    title, text = rules.clean(wanted.title), rules.clean(wanted.text)
    with transaction.atomic():
        # The store's own list is short: whoever writes waits for whoever writes at the same time.
        rows = CannedReply.objects.select_for_update().filter(store_id=store_id).order_by("pk")
        twins = {row.command: row.pk for row in rows}
        if twins.get(command, reply_id) != reply_id:
            raise CommandTaken(command)
        if reply_id is None:
            last = CannedReply.objects.filter(store_id=store_id).aggregate(last=Max("place"))["last"]
            row = CannedReply(store_id=store_id, place=0 if last is None else last + 1)
        else:
            row = CannedReply.objects.get(pk=reply_id, store_id=store_id)
        before = {"command": row.command, "title": row.title, "text": row.text, "active": row.is_active}
        row.command, row.title, row.text, row.is_active = command, title, text, wanted.is_active
        after = {"command": command, "title": title, "text": text, "active": wanted.is_active}
        if reply_id is not None and before == after:
            return row.pk
        row.save()
        said = {"reply": row.pk, "after": after} | ({} if reply_id is None else {"before": before})
        action = "canned.written" if reply_id is None else "canned.changed"
        record(store_id, by, action, f"canned:{row.pk}", said, at=at)
        wake(f"desk:{store_id}")
    return row.pk


def drop_canned_reply(store_id: int, reply_id: int, *, by: Actor, at: datetime) -> None:
    """Take a reply away for good; one that is gone already stays gone."""
    with transaction.atomic():
        row = CannedReply.objects.select_for_update().filter(pk=reply_id, store_id=store_id).first()
        if row is None:
            return
        said = {"reply": row.pk, "before": {"command": row.command, "title": row.title, "text": row.text}}
        row.delete()
        record(store_id, by, "canned.dropped", f"canned:{reply_id}", said, at=at)
        wake(f"desk:{store_id}")


def move_canned_reply(store_id: int, reply_id: int, *, up: bool, by: Actor, at: datetime) -> None:
    """Change a reply's place with its neighbour; at the end of the list nothing moves."""
    with transaction.atomic():
        rows = list(CannedReply.objects.select_for_update().filter(store_id=store_id).order_by("place", "pk"))
        here = next((place for place, row in enumerate(rows) if row.pk == reply_id), None)
        there = None if here is None else here + (-1 if up else 1)
        if here is None or there is None or not 0 <= there < len(rows):
            return
        rows[here], rows[there] = rows[there], rows[here]
        for place, row in enumerate(rows):
            row.place = place
        CannedReply.objects.bulk_update(rows, ["place"])
        said = {"reply": reply_id, "order": [row.command for row in rows]}
        record(store_id, by, "canned.moved", f"canned:{reply_id}", said, at=at)
        wake(f"desk:{store_id}")


def suggest_canned_replies(store_id: int, *, by: Actor, at: datetime) -> int:
    """Write the suggested replies whose command the store does not use yet; returns how many are new."""
    with transaction.atomic():
        known = set(CannedReply.objects.filter(store_id=store_id).values_list("command", flat=True))
        new = [WriteCannedReply(*reply) for reply in rules.SUGGESTED if reply[0] not in known]
        for reply in new:
            write_canned_reply(store_id, reply, by=by, at=at)
    return len(new)
