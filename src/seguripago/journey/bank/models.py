from django.db import models
from django.db.models import Q

from . import asking_tables as asking_tables
from . import capture_tables as capture_tables
from . import statement_tables as statement_tables


class RawNotice(models.Model):
    """A notice exactly as it came from a sender whom we believed. Written once."""

    feed = models.CharField(max_length=20)
    store_id = models.BigIntegerField()
    body = models.BinaryField()
    headers = models.JSONField()
    remote_address = models.CharField(max_length=64)
    authenticity = models.CharField(max_length=8)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "raw_notice"


class UnreadNotice(models.Model):
    """A notice that waits to be read; its row goes in the transaction that keeps what it said.

    Its foreign key is not checked by the database: the statement that writes the row has just written the notice, and
    notices are never deleted.
    """

    notice = models.OneToOneField(RawNotice, models.PROTECT, primary_key=True, db_constraint=False)

    class Meta:
        db_table = "raw_notice_unread"


class NoticeReading(models.Model):
    """What came of reading a notice."""

    notice = models.OneToOneField(RawNotice, models.PROTECT, primary_key=True, db_constraint=False)
    outcome = models.CharField(max_length=12)
    reason = models.TextField(default="")
    read_at = models.DateTimeField()

    class Meta:
        db_table = "notice_reading"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["deposits", "nothing", "unreadable"]), name="notice_reading_outcome_known"
            )
        ]
        indexes = [
            models.Index(fields=["read_at"], condition=Q(outcome="unreadable"), name="notice_reading_unreadable")
        ]


class Movement(models.Model):
    """What a notice says of one bank movement.

    `identity` is the bank's: owner's account, sending institution, tracking key, operation date. The feed is no part
    of it, so the webhook, the day's list and the statement speak of one movement.
    """

    store_id = models.BigIntegerField()
    identity = models.CharField(max_length=120)
    owner_account = models.CharField(max_length=18)
    sending_institution = models.CharField(max_length=5)
    tracking_key = models.CharField(max_length=40)
    operation_date = models.DateField()
    amount_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    clabe = models.CharField(max_length=20)
    is_own_account = models.BooleanField()
    payer_name = models.CharField(max_length=120)
    payer_account = models.CharField(max_length=20)
    payer_rfc = models.CharField(max_length=20)
    concept = models.CharField(max_length=210)
    reference = models.CharField(max_length=20)
    settled_at = models.DateTimeField()
    received_at = models.DateTimeField()
    feed = models.CharField(max_length=20)

    class Meta:
        abstract = True


class Deposit(Movement):
    """Money that arrived, by the word of somebody whom we believe. Never changed; allocations say what it is for."""

    class Meta:
        db_table = "deposit"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "identity"], name="deposit_one_per_bank_movement"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="deposit_amount_positive"),
        ]
        indexes = [
            models.Index(fields=["store_id", "-received_at", "-id"], name="deposit_newest"),
            models.Index(fields=["clabe"], name="deposit_by_clabe"),
            models.Index(fields=["store_id", "operation_date", "id"], name="deposit_by_day"),
            # What two people let in is looked for at each arrival; the account of a statement may hold everything.
            models.Index(fields=["clabe"], condition=Q(feed__in=["banxico_cep", "by_hand"]), name="deposit_captured"),
        ]


class Announcement(Movement):
    """Money that an unsigned notice speaks of: nothing is booked until somebody whom we believe says the same."""

    notice = models.ForeignKey(RawNotice, models.PROTECT, related_name="+")

    class Meta:
        db_table = "deposit_announcement"
        constraints = [
            models.UniqueConstraint(
                fields=["store_id", "identity", "amount_centavos", "currency"], name="announcement_once"
            ),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="announcement_amount_positive"),
        ]
        indexes = [models.Index(fields=["store_id", "-received_at", "-id"], name="announcement_newest")]


class Attestation(models.Model):
    """A notice that speaks of a deposit; one that disagrees with it about the amount is an alarm."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="attestations", db_index=False)
    notice = models.ForeignKey(RawNotice, models.PROTECT, related_name="+")
    feed = models.CharField(max_length=20)
    believed = models.BooleanField()
    agrees = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "deposit_attestation"
        constraints = [models.UniqueConstraint(fields=["deposit", "notice"], name="attestation_once_per_notice")]


class DepositReturn(models.Model):
    """The bank says that a deposit went back to its sender."""

    deposit = models.OneToOneField(Deposit, models.PROTECT, primary_key=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        db_table = "deposit_return"
