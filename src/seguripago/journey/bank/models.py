from django.db import models
from django.db.models import Q


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
    """A notice that waits to be read; its row goes in the transaction that keeps what it said."""

    notice = models.OneToOneField(RawNotice, models.PROTECT, primary_key=True)

    class Meta:
        db_table = "raw_notice_unread"


class NoticeReading(models.Model):
    """What came of reading a notice."""

    notice = models.OneToOneField(RawNotice, models.PROTECT, primary_key=True)
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


class Deposit(models.Model):
    """Money that the bank says arrived. Never changed; what it is for, allocations say.

    `identity` is the bank's: owner's account, sending institution, tracking key, operation date. The feed is no part
    of it, so the webhook, the day's list and the statement attest one deposit.
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

    class Meta:
        db_table = "deposit"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "identity"], name="deposit_one_per_bank_movement"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="deposit_amount_positive"),
        ]
        indexes = [
            models.Index(fields=["store_id", "-received_at", "-id"], name="deposit_newest"),
            models.Index(fields=["clabe"], name="deposit_by_clabe"),
            models.Index(fields=["tracking_key"], name="deposit_by_tracking_key"),
        ]


class Attestation(models.Model):
    """A notice that speaks of a deposit. `signed` ones are believed; the others announce."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="attestations")
    notice = models.ForeignKey(RawNotice, models.PROTECT, related_name="+")
    feed = models.CharField(max_length=20)
    believed = models.BooleanField()
    agrees = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "deposit_attestation"
        constraints = [models.UniqueConstraint(fields=["deposit", "notice"], name="attestation_once_per_notice")]


class Arrival(models.Model):
    """The moment from which a deposit counts as money: attested by somebody whom we believe. Booked with it."""

    deposit = models.OneToOneField(Deposit, models.PROTECT, primary_key=True)
    feed = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        db_table = "deposit_arrival"


class DepositReturn(models.Model):
    """The bank says that a deposit went back to its sender."""

    deposit = models.OneToOneField(Deposit, models.PROTECT, primary_key=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        db_table = "deposit_return"
