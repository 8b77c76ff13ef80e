from django.db import models
from django.db.models import Q

STANDINGS = ["no_statement", "agrees", "differs"]


class DayClose(models.Model):
    """A day that a person closed: the proof as canonical JSON, signed by the store, chained to the close before.

    Never changed nor deleted (trigger). What comes later for its day is an adjustment of the next close: this one saw
    the ledger up to `booked_up_to`.
    """

    store_id = models.BigIntegerField()
    place = models.PositiveIntegerField()
    day = models.DateField()
    standing = models.CharField(max_length=12)
    unexplained_centavos = models.BigIntegerField()
    booked_up_to = models.BigIntegerField()
    body = models.TextField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)
    closed_by_id = models.BigIntegerField()
    closed_by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "day_close"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "day"], name="day_close_once_per_day"),
            models.UniqueConstraint(fields=["store_id", "place"], name="day_close_one_per_place"),
            models.CheckConstraint(condition=Q(place__gt=0), name="day_close_place_counts"),
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="day_close_standing_known"),
            models.CheckConstraint(
                condition=Q(unexplained_centavos=0) | Q(unexplained_centavos__gt=0, standing="differs"),
                name="day_close_unexplained_is_told",
            ),
        ]


class DayCloseEnd(models.Model):
    """The end of a store's chain of closes: whoever removes the last one is seen too. Its lock lines closes up."""

    store_id = models.BigIntegerField(primary_key=True)
    last_place = models.PositiveIntegerField(default=0)
    last_day = models.DateField(null=True)
    last_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "day_close_end"


class DayCheck(models.Model):
    """The proof that the clock made of a day by night, before anybody closes it. Written once."""

    store_id = models.BigIntegerField()
    day = models.DateField()
    standing = models.CharField(max_length=12)
    unexplained_centavos = models.BigIntegerField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "day_check"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "day"], name="day_check_once_per_day"),
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="day_check_standing_known"),
        ]
