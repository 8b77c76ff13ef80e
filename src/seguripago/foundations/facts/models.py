from django.db import models


class FactRow(models.Model):
    """What a room announced. Written once in the room's own transaction, never updated."""

    kind = models.CharField(max_length=64)
    store_id = models.BigIntegerField()
    subject = models.CharField(max_length=80)
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "fact"
        indexes = [models.Index(fields=["subject"], name="fact_by_subject")]


class UnnumberedFact(models.Model):
    """A fact that committed and waits for its number, with what numbering needs of it. Its row goes with the number.

    Its foreign key is not checked by the database: the statement that writes the row has just written the fact, facts
    are never deleted, and thousands of checks a second would only say so again.
    """

    fact = models.OneToOneField(FactRow, models.PROTECT, primary_key=True, db_constraint=False)
    kind = models.CharField(max_length=64)
    store_id = models.BigIntegerField()

    class Meta:
        db_table = "fact_unnumbered"


class FactOrder(models.Model):
    """The one order in which everybody reads the facts: given after commit, so no late committer is skipped."""

    seq = models.BigAutoField(primary_key=True)
    fact = models.OneToOneField(FactRow, models.PROTECT, db_constraint=False)
    kind = models.CharField(max_length=64)
    store_id = models.BigIntegerField()

    class Meta:
        db_table = "fact_order"
        indexes = [
            models.Index(fields=["store_id", "-seq"], name="fact_order_by_store"),
            models.Index(fields=["kind", "seq"], name="fact_order_by_kind"),
        ]


class Cursor(models.Model):
    """How far a listener has read, committed together with its effects."""

    listener = models.CharField(max_length=64, primary_key=True)
    seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "fact_cursor"


class ParkedFact(models.Model):
    """A fact that a listener could not digest, and the later facts of its subject that wait behind it."""

    listener = models.CharField(max_length=64)
    fact = models.ForeignKey(FactRow, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    subject = models.CharField(max_length=80)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    parked_at = models.DateTimeField()

    class Meta:
        db_table = "fact_parked"
        constraints = [models.UniqueConstraint(fields=["listener", "fact"], name="fact_parked_once_per_listener")]
        indexes = [models.Index(fields=["listener", "subject"], name="fact_parked_by_subject")]
