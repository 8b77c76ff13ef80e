from django.db import models
from django.db.models import Q


class BrowserReport(models.Model):
    """What browsers refused on our pages, counted by day: where, by which rule, what it was."""

    day = models.DateField()
    page = models.CharField(max_length=80, help_text="The name of the page's address; never a token.")
    directive = models.CharField(max_length=40)
    blocked = models.CharField(max_length=120, help_text="The origin that was refused, or inline, eval, data.")
    count = models.BigIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "browser_report"
        constraints = [
            models.UniqueConstraint(fields=["day", "page", "directive", "blocked"], name="browser_report_once_a_day"),
            models.CheckConstraint(condition=Q(count__gt=0), name="browser_report_counts"),
        ]


class PageLook(models.Model):
    """One look at a store's pay page as a buyer gets it; `findings` is empty when all was as written."""

    store_id = models.BigIntegerField()
    at = models.DateTimeField()
    gateway = models.CharField(max_length=20)
    scripts = models.JSONField(help_text="[[address without query, SHA-384 or empty], …] as they were served.")
    findings = models.JSONField(help_text="[[code, what], …]")

    class Meta:
        db_table = "page_look"
        indexes = [models.Index(fields=["store_id", "-id"], name="page_look_newest")]
