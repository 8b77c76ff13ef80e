from django.db import models
from django.db.models import Q

from .rules import MailState


class Mail(models.Model):
    """A mail as it was written. `attachments` says what to render when it leaves, not the files themselves.

    Without an order it is a mail to the store itself.
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
