from django.conf import settings
from django.db import models
from django.db.models import Q

from .rules import MailState, PushState


class Mail(models.Model):
    """A mail as it was written. `attachments` says what to render when it leaves, not the files themselves.

    Without an order it is a mail to the store itself, or to a buyer about a conversation.
    """

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", null=True)
    key = models.CharField(max_length=64)
    template = models.CharField(max_length=32)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    attachments = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in MailState])
    messenger = models.CharField(max_length=16, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mail"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="mail_once_per_fact_and_template"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in MailState]), name="mail_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=Q(state__in=["queued", "failed"])),
            models.Index(fields=["store", "-id"], name="mail_by_store"),
        ]


class PushSubscription(models.Model):
    """A browser that a person of the desk lets wake him; the same browser of another person changes hands."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    endpoint = models.CharField(max_length=600)
    endpoint_hash = models.CharField(max_length=64)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "push_subscription"
        constraints = [
            models.UniqueConstraint(fields=["endpoint_hash"], name="push_browser_once"),
        ]
        indexes = [
            models.Index(fields=["store", "user"], name="push_of_store"),
        ]


class PushNote(models.Model):
    """One call of one person about one conversation, once for each time that its buyer began to wait."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    conversation = models.ForeignKey("assistance.Conversation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in PushState])
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "push_note"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="push_once_per_wait"),
            models.CheckConstraint(condition=Q(kind__in=["waiting", "message"]), name="push_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PushState]), name="push_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="push_due", condition=Q(state__in=["queued", "failed"])),
        ]
