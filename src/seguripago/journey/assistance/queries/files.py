"""Files of a conversation, for the two sides that may open them."""

from __future__ import annotations

from dataclasses import dataclass

from seguripago.journey.evidence.queries import download_headers
from seguripago.journey.evidence.rules import CONTENT_TYPES, EXTENSIONS
from seguripago.ports.file_stores import file_store

from ..models import Attachment, Entry
from .conversations import Audience

_EXTENSION_OF = {CONTENT_TYPES[kind]: EXTENSIONS[kind] for kind in EXTENSIONS}


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """The clean copy of a file, and the headers under which no browser runs it in our name."""

    id: int
    sha256: str
    filename: str
    headers: dict[str, str]
    body: bytes


def attachment_file(conversation_id: int, attachment_id: int, *, audience: Audience) -> AttachmentFile | None:
    """A file of this conversation, None for any other or a forgotten one; the buyer gets none of the desk's.

    Callers have checked that the reader may read the conversation.
    """
    row = Attachment.objects.filter(pk=attachment_id, conversation_id=conversation_id).first()
    if row is None or not row.key:
        return None
    shown = Entry.objects.filter(conversation_id=conversation_id, kind="card", body__attachment=row.pk)
    if audience == "buyer" and not shown.filter(visibility="all").exists():
        return None
    return _file(row)


def attachment_to_serve(attachment_id: int) -> AttachmentFile | None:
    """A file by its id alone. Only for an address that somebody was given who may read its conversation."""
    row = Attachment.objects.filter(pk=attachment_id).first()
    return _file(row) if row is not None and row.key else None


def _file(row: Attachment) -> AttachmentFile:
    plain = f"archivo-{row.pk}.{_EXTENSION_OF[row.content_type]}"
    headers = download_headers(row.content_type, plain)
    return AttachmentFile(row.pk, row.sha256, row.filename, headers, file_store().read(row.key))
