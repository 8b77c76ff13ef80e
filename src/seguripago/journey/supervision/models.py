"""Tables of supervision."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Whisper(models.Model):
    """A private note directed to one person; the words are in the entry, here is only who still has to see it."""

    conversation = models.ForeignKey(
        "assistance.Conversation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seq = models.BigIntegerField()
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        # The name of the room that it comes from: processes of the version before still ask for it while they end.
        db_table = "assistance_whisper"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="assistance_whisper_once"),
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="assistance_whisper_is_to_another"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["to_user"], name="assistance_unseen_whispers", condition=Q(seen_at__isnull=True)),
        ]
