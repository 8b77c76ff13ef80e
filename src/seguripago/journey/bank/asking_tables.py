"""Tables of asking: what providers are asked about, which lists were pulled, and how often each feed is heard."""

from django.db import models
from django.db.models import Q


class Enquiry(models.Model):
    """A movement that its provider is to be asked about. `key` names it once per store and feed."""

    store_id = models.BigIntegerField()
    feed = models.CharField(max_length=20)
    key = models.CharField(max_length=160)
    asked = models.JSONField()
    notice_id = models.BigIntegerField()
    announcement_id = models.BigIntegerField(default=0, help_text="0: a notice that only said where to look.")
    state = models.CharField(max_length=8, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, default="")
    next_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bank_enquiry"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "feed", "key"], name="enquiry_once_per_movement"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "found", "absent", "parked"]), name="enquiry_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="enquiry_ends_once",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="enquiry_due")]


class ListPull(models.Model):
    """The list of one operation date of one feed, as far as it was pulled. `digests`: of each page, in order."""

    store_id = models.BigIntegerField()
    feed = models.CharField(max_length=20)
    day = models.DateField()
    digests = models.JSONField(default=list)
    good_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    trouble = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "bank_list_pull"
        constraints = [models.UniqueConstraint(fields=["store_id", "feed", "day"], name="list_pull_once_a_day")]


class FeedHour(models.Model):
    """How many notices a feed's provider sent in an hour, and the last of them."""

    store_id = models.BigIntegerField()
    feed = models.CharField(max_length=20)
    hour = models.DateTimeField()
    heard = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "bank_feed_hour"
        constraints = [models.UniqueConstraint(fields=["store_id", "feed", "hour"], name="feed_hour_once")]


class HeardUntil(models.Model):
    """How far the notices are counted: one row."""

    notice_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "bank_heard_until"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="heard_until_is_one")]


class FeedSilence(models.Model):
    """A feed from which nothing came for longer than is usual. Open while `ended_at` is null."""

    store_id = models.BigIntegerField()
    feed = models.CharField(max_length=20)
    since = models.DateTimeField()
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bank_feed_silence"
        constraints = [
            models.UniqueConstraint(
                fields=["store_id", "feed"], condition=Q(ended_at__isnull=True), name="feed_silence_one_open"
            )
        ]
