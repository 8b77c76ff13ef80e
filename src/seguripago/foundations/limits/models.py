from django.db import models


class LimitWindow(models.Model):
    """How often something was done in one window. Unlogged: after a crash everybody starts anew."""

    key = models.UUIDField(primary_key=True, help_text="128 bits of a hash under the day's salt.")
    count = models.IntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "limit_window"
        constraints = [models.CheckConstraint(condition=models.Q(count__gt=0), name="limit_window_counts")]
        indexes = [models.Index(fields=["ends_at"], name="limit_window_ends")]
