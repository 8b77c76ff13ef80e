"""Tables of the chat."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Conversation(models.Model):
    """One talk with one buyer. `seq` counts its entries and is only raised under this row's lock."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    token_hash = models.CharField(max_length=64)
    code = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="waiting")
    led_by = models.CharField(max_length=10, default="analyst")
    seq = models.BigIntegerField(default=0)
    buyer_name = models.CharField(max_length=120)
    buyer_email = models.CharField(max_length=254, blank=True)
    buyer_phone = models.CharField(max_length=20, blank=True)
    topic = models.CharField(max_length=40, blank=True)
    question = models.CharField(max_length=4000, blank=True)
    medium = models.CharField(max_length=10, default="spei")
    order = models.ForeignKey("orders.Order", null=True, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=12, blank=True)
    own_order_ids = models.JSONField(default=list)
    analyst = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    analyst_name = models.CharField(max_length=120, blank=True)
    analyst_number = models.CharField(max_length=20, blank=True)
    correcting = models.BooleanField(default=False)
    handed_over = models.CharField(max_length=20, blank=True)
    last_line = models.CharField(max_length=160, blank=True)
    started_at = models.DateTimeField()
    waiting_since = models.DateTimeField()
    last_buyer_at = models.DateTimeField()
    last_staff_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    first_answer_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token_hash"], name="assistance_token_once"),
            models.UniqueConstraint(fields=["store", "code"], name="assistance_code_once_per_store"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "assigned", "resolved")), name="assistance_conversation_state"
            ),
            models.CheckConstraint(condition=Q(led_by__in=("assistant", "analyst")), name="assistance_led_by"),
            models.CheckConstraint(condition=Q(medium__in=("spei", "link", "card")), name="assistance_medium"),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(analyst__isnull=False), name="assistance_assigned_has_analyst"
            ),
            models.CheckConstraint(condition=Q(seq__gte=0), name="assistance_seq_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "state", "waiting_since"], name="assistance_queue"),
            models.Index(fields=["order"], name="assistance_of_order", condition=Q(order__isnull=False)),
            models.Index(
                fields=["last_buyer_at"],
                name="assistance_unanswered",
                condition=~Q(state="resolved")
                & (Q(last_staff_at__isnull=True) | Q(last_staff_at__lt=F("last_buyer_at"))),
            ),
        ]


class Entry(models.Model):
    """Something said or shown. Rows are only added: a card answered later is closed by a newer entry."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    author_kind = models.CharField(max_length=10)
    author_id = models.BigIntegerField(default=0)
    author_name = models.CharField(max_length=120)
    client_id = models.UUIDField()
    visibility = models.CharField(max_length=4, default="all")
    closes = models.BigIntegerField(default=0)
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="assistance_entry_seq_once"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="assistance_entry_client_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("text", "card", "note", "join", "status")), name="assistance_entry_kind"
            ),
            models.CheckConstraint(
                condition=Q(author_kind__in=("buyer", "analyst", "assistant", "system")), name="assistance_entry_author"
            ),
            models.CheckConstraint(condition=Q(visibility__in=("all", "desk")), name="assistance_entry_visibility"),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(visibility="desk"), name="assistance_notes_are_private"
            ),
            models.CheckConstraint(
                condition=~Q(kind="card") | Q(author_kind__in=("assistant", "system")),
                name="assistance_cards_by_server",
            ),
            models.CheckConstraint(condition=Q(seq__gt=0), name="assistance_entry_seq_positive"),
            models.CheckConstraint(condition=Q(closes__lt=F("seq")), name="assistance_closes_older"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "closes"], name="assistance_closings", condition=Q(closes__gt=0)),
        ]


class Consent(models.Model):
    """What a visitor chose about cookies, with the exact text that was shown."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    visitor = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    choice = models.CharField(max_length=10)
    text_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(choice__in=("necessary", "all")), name="assistance_consent_choice"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "visitor", "-at"], name="assistance_consent_visitor"),
        ]


class Presence(models.Model):
    """Whether an analyst is at the desk; seen more than a minute ago is away whatever the state says."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "store"], name="assistance_presence_once"),
            models.CheckConstraint(
                condition=Q(state__in=("available", "busy", "away")), name="assistance_presence_state"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "seen_at"], name="assistance_presence_seen"),
        ]


class ProofAttempt(models.Model):
    """A try at naming an order that failed; after five only a person can look."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation"], name="assistance_attempts"),
        ]
