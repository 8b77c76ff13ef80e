"""Files in the conversation that are no comprobante: cleaned like one, kept as their clean copy only."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.journey.evidence import commands as evidence
from seguripago.journey.evidence.rules import CONTENT_TYPES, EXTENSIONS, EvidenceKind
from seguripago.ports.file_stores import file_store
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from .. import rules
from ..models import Attachment, Conversation
from . import acts, leading
from .assigning import begin
from .refusals import ConversationClosed, FilesOfTheHour, UseTheCard
from .speaking import hear_again
from .thread import SYSTEM, Author, analyst, append, keep, known_seq, lock

HOUR: Final = timedelta(hours=1)
A_BUYER_AN_HOUR: Final = 5
THE_DESK_AN_HOUR: Final = 20
OF_THE_DESK: Final = (EvidenceKind.PDF, EvidenceKind.JPEG, EvidenceKind.PNG, EvidenceKind.WEBP)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A clean copy on its way into a conversation."""

    by_kind: Literal["buyer", "analyst"]
    by: Author
    filename: str
    kind: EvidenceKind
    body: bytes


def send_file(
    conversation_id: int,
    user_id: int,
    *,
    filename: str,
    body: bytes,
    client_id: uuid.UUID,
    at: datetime,
    is_private: bool = False,
) -> int:
    """Put an analyst's PDF or picture into the conversation as a card and return the entry's number.

    Only its clean copy is kept; with `is_private` only the desk sees it. The same client id gives the number it has.
    Raises ConversationClosed, FilesOfTheHour, AnalystUnknown, UseTheCard for a name with bank digits, and the refusals
    of `evidence.clean_copy`.
    """
    conversation, client_id = Conversation.objects.get(pk=conversation_id), rules.said_id(client_id)
    author = analyst(conversation, user_id)
    known = known_seq(conversation, client_id)
    if known is not None:
        return known
    _refuse_too_many(conversation, "analyst", at=at)
    if rules.carries_bank_digits(filename):
        raise UseTheCard
    evidence.check_size(body)
    _, copy = evidence.clean_copy(evidence.taken_kind(body, OF_THE_DESK), body)
    paper = _Paper("analyst", author, _named(filename, copy.kind), copy.kind, copy.body)
    with _shelved(paper.body) as key, transaction.atomic():
        conversation = lock(conversation_id)
        known = known_seq(conversation, client_id)
        if known is None:
            if conversation.state == rules.RESOLVED:
                raise ConversationClosed
            _refuse_too_many(conversation, "analyst", at=at)
            if not is_private:
                begin(conversation, Actor.staff(user_id, author.name), at=at)
            seq = _show(conversation, paper, key, client_id=client_id, at=at, is_private=is_private)
            if not is_private:
                acts.staff_acted(conversation, at)
            return seq
    file_store().remove(key)
    return known


def keep_buyers_file(conversation_id: int, *, filename: str, body: bytes, at: datetime) -> int:
    """Keep a file that the buyer gave before an order was verified, and return the entry's number.

    The same bytes again are the file that is there. Raises FilesOfTheHour and the refusals of `evidence.clean_copy`.
    """
    conversation = Conversation.objects.get(pk=conversation_id)
    client_id = rules.stable_uuid("file", conversation_id, hashlib.sha256(body).hexdigest())
    known = known_seq(conversation, client_id)
    if known is not None:
        return known
    _refuse_too_many(conversation, "buyer", at=at)
    evidence.check_size(body)
    _, copy = evidence.clean_copy(evidence.taken_kind(body), body)
    by = Author("buyer", 0, conversation.buyer_name)
    paper = _Paper("buyer", by, _named(filename, copy.kind), copy.kind, copy.body)
    with _shelved(paper.body) as key, transaction.atomic():
        conversation = lock(conversation_id)
        known = known_seq(conversation, client_id)
        if known is None:
            _refuse_too_many(conversation, "buyer", at=at)
            hear_again(conversation, at=at)
            seq = _show(conversation, paper, key, client_id=client_id, at=at)
            keep(conversation, last_buyer_at=at)
            leading.go_on(conversation, None, at=at)
            return seq
    file_store().remove(key)
    return known


@contextmanager
def _shelved(body: bytes) -> Iterator[str]:
    """Where the bytes lie. What is refused after all leaves no file behind."""
    key = file_store().put("attachments", body)
    try:
        yield key
    except Refusal:
        file_store().remove(key)
        raise


def _refuse_too_many(conversation: Conversation, by_kind: str, *, at: datetime) -> None:
    limit = A_BUYER_AN_HOUR if by_kind == "buyer" else THE_DESK_AN_HOUR
    given = Attachment.objects.filter(conversation=conversation, by_kind=by_kind, at__gt=at - HOUR).count()
    if given >= limit:
        raise FilesOfTheHour(limit)


def _show(
    conversation: Conversation,
    paper: _Paper,
    key: str,
    *,
    client_id: uuid.UUID,
    at: datetime,
    is_private: bool = False,
) -> int:
    digest = hashlib.sha256(paper.body).hexdigest()
    row = Attachment.objects.create(
        conversation=conversation,
        by_kind=paper.by_kind,
        filename=paper.filename,
        content_type=CONTENT_TYPES[paper.kind],
        size=len(paper.body),
        sha256=digest,
        key=key,
        at=at,
    )
    # A card is the server's, whoever gave the file: `by_kind` says whose it is.
    body = {
        "card": "file",
        "attachment": row.pk,
        "filename": paper.filename,
        "size": row.size,
        "by_kind": paper.by_kind,
        "by": paper.by.name,
    }
    seq = append(
        conversation,
        kind="card",
        author=SYSTEM,
        body=body,
        client_id=client_id,
        at=at,
        is_private=is_private,
        is_new=True,
        changes={} if is_private else {"last_line": paper.filename[:160]},
    )
    actor = Actor.staff(paper.by.id, paper.by.name) if paper.by_kind == "analyst" else Actor.buyer(paper.by.name)
    said = {"attachment": row.pk, "sha256": digest, "size": row.size, "private": is_private}
    record(conversation.store_id, actor, "file.kept", f"conversation:{conversation.pk}", said, at=at)
    return seq


def _named(filename: str, kind: EvidenceKind) -> str:
    """The name to show, with the extension of what the copy is, never of what the name claims."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", rules.clean_filename(filename))
    return f"{stem[:100] or 'archivo'}.{EXTENSIONS[kind]}"
