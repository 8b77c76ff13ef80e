"""Call people of the desk whose page is closed: a browser that they allowed is woken, and told no personal data."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from seguripago.foundations.people.queries import member as member_of
from seguripago.foundations.staffing.queries import at_the_desk
from seguripago.journey.assistance import queries as chat
from seguripago.journey.assistance.queries import Call
from seguripago.ports.pushers import Browser, NotPushed, Push, pusher

from .. import rules
from ..models import PushNote, PushSubscription
from ..rules import PushState
from .leasing import take_due

LONGEST_ENDPOINT: Final = 600

log = logging.getLogger(__name__)


def subscribe(store_id: int, user_id: int, browser: Browser, *, at: datetime) -> bool:
    """Let a browser be woken for this person; False for an address to which nothing is ever sent.

    Of one person's browsers the newest ten are kept. A browser that was another person's is this person's now.
    """
    endpoint = browser.endpoint
    if len(endpoint) > LONGEST_ENDPOINT or not pusher().takes(endpoint):
        return False
    if not 80 <= len(browser.p256dh) <= 100 or not 20 <= len(browser.auth) <= 40:
        return False
    mine = {"store_id": store_id, "user_id": user_id, "p256dh": browser.p256dh, "auth": browser.auth, "at": at}
    with transaction.atomic():
        PushSubscription.objects.update_or_create(
            endpoint_hash=_hash(endpoint), defaults=mine, create_defaults=mine | {"endpoint": endpoint}
        )
        kept = PushSubscription.objects.filter(user_id=user_id).order_by("-at", "-pk").values_list("pk", flat=True)
        PushSubscription.objects.filter(pk__in=list(kept[rules.MOST_BROWSERS :])).delete()
    return True


def unsubscribe(user_id: int, endpoint: str) -> None:
    """Wake this browser of the person no more."""
    PushSubscription.objects.filter(user_id=user_id, endpoint_hash=_hash(endpoint)).delete()


@transaction.atomic
def forget_browsers(user_ids: Collection[int], *, at: datetime) -> None:
    """Wake no browser of these people any more, and drop the calls that wait."""
    PushSubscription.objects.filter(user_id__in=user_ids).delete()
    waiting = PushNote.objects.filter(user_id__in=user_ids, state__in=rules.PUSH_WAITING)
    waiting.update(state=PushState.DROPPED, error="works here no more", due_at=at)


def note_calls(*, at: datetime) -> int:
    """Write down whom to call for buyers who wait, each once a wait; returns how many calls are new."""
    people = list(PushSubscription.objects.values_list("store_id", "user_id").distinct())
    if not people:
        return 0
    stores = {store_id for store_id, _user in people}
    present = {store_id: at_the_desk(store_id, at) for store_id in stores}
    notes = [
        PushNote(
            user_id=user_id,
            conversation_id=call.conversation.id,
            kind=call.kind,
            key=_hash(f"{user_id} {call.kind} {call.conversation.id} {call.since.isoformat()}"),
            state=PushState.QUEUED,
            at=at,
            due_at=at,
        )
        for call in chat.calls(stores, at=at)
        for store_id, user_id in people
        if store_id == call.conversation.store_id and user_id not in present[store_id] and _is_for(call, user_id, at=at)
    ]
    known = set(PushNote.objects.filter(key__in=[note.key for note in notes]).values_list("key", flat=True))
    PushNote.objects.bulk_create([note for note in notes if note.key not in known], ignore_conflicts=True)
    return sum(note.key not in known for note in notes)


def _is_for(call: Call, user_id: int, *, at: datetime) -> bool:
    if call.kind == "message":
        return call.conversation.analyst_id == user_id
    person = member_of(user_id)
    return person is not None and chat.may_take(person, call.conversation, at=at)


def send_due_pushes(limit: int, *, at: datetime) -> int:
    """Send up to `limit` calls that are due. Returns how many were taken up, gone or not.

    One that a worker sent and could not write down is sent again: its topic replaces the first on the screen.
    """
    taken = take_due(PushNote.objects.filter(state__in=rules.PUSH_WAITING), limit, lease=rules.PUSH_LEASE, at=at)
    for note in taken:
        try:
            _send(note, at=at)
        except Exception:
            # One call that cannot be made must not keep the others from being made; its lease brings it back.
            log.exception("push %s could not be sent", note.pk)
    return len(taken)


def _send(note: PushNote, *, at: datetime) -> None:
    view = chat.conversation(note.conversation_id)
    person = member_of(note.user_id)
    is_late = at - note.at > rules.PUSH_LASTS
    if view is None or person is None or person.store_id != view.store_id or is_late or view.state == "resolved":
        _keep(note, PushState.DROPPED, "nobody to call any more", at=at)
        return
    body = _words(note.kind, view.code, view.id)
    trouble: NotPushed | None = None
    for row in PushSubscription.objects.filter(user_id=note.user_id, store_id=view.store_id).order_by("pk"):
        browser = Browser(endpoint=row.endpoint, p256dh=row.p256dh, auth=row.auth)
        try:
            topic = note.key[:32]
            lasts_s = int(rules.PUSH_LASTS.total_seconds())
            pusher().push(Push(browser=browser, body=body, topic=topic, lasts_s=lasts_s, at=at))
        except NotPushed as refused:
            if refused.is_gone:
                log.info("a browser of user %s is gone: %s", note.user_id, refused.reason)
                PushSubscription.objects.filter(pk=row.pk).delete()
            elif trouble is None or not refused.is_permanent:
                # One browser that is refused for good must not keep another from being tried again.
                trouble = refused
    if trouble is None:
        _keep(note, PushState.SENT, "", at=at)
        return
    state, pause = rules.after_push_failure(note.attempts, is_permanent=trouble.is_permanent)
    _keep(note, state, trouble.reason, at=at + pause)


def _keep(note: PushNote, state: PushState, error: str, *, at: datetime) -> None:
    PushNote.objects.filter(pk=note.pk).update(state=state, error=error[:200], due_at=at)


def _words(kind: str, code: str, conversation_id: int) -> bytes:
    """What the browser shows: a kind and the conversation's code, which both sides see and which opens nothing."""
    with override("es-mx"):
        title = _("Alguien espera") if kind == "waiting" else _("Mensaje nuevo en %(code)s") % {"code": code}
    said = {"title": title, "body": code if kind == "waiting" else "", "url": f"/mesa/{conversation_id}/"}
    return json.dumps(said, ensure_ascii=False).encode()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
