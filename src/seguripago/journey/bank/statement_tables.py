from django.db import models
from django.db.models import Q


class Statement(models.Model):
    """A bank statement that somebody brought: its file is kept first, then looked at, then imported.

    One file is one statement of a store, by its SHA-256. `taken` counts the items that have been imported; an import
    that was interrupted goes on with the parts that have no step yet.
    """

    store_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    feed = models.CharField(max_length=20, blank=True, help_text="The format's slug; empty while nobody knows.")
    account = models.CharField(max_length=18, blank=True, help_text="Of lines that name none of ours.")
    state = models.CharField(max_length=10, default="kept")
    trouble = models.CharField(max_length=200, blank=True)
    answers = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=32, blank=True)
    preview = models.JSONField(default=dict)
    taken = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    new = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    doubtful = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    debits = models.BigIntegerField(default=0)
    credits_centavos = models.BigIntegerField(default=0)
    debits_centavos = models.BigIntegerField(default=0)
    notice = models.OneToOneField("bank.RawNotice", models.PROTECT, null=True, related_name="+")
    brought_by = models.CharField(max_length=120)
    brought_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=120, blank=True)
    accepted_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "statement"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "sha256"], name="statement_once_per_file"),
            models.CheckConstraint(
                condition=Q(state__in=["kept", "asking", "ready", "importing", "done", "unreadable", "dropped"]),
                name="statement_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(notice__isnull=False, done_at__isnull=False),
                name="statement_done_has_its_notice",
            ),
        ]
        indexes = [
            models.Index(fields=["store_id", "-brought_at", "-id"], name="statement_newest"),
            models.Index(fields=["id"], condition=Q(state__in=["kept", "importing"]), name="statement_to_do"),
        ]


class StatementPiece(models.Model):
    """A part of a statement's file, exactly as it came. Written once."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="pieces", db_index=False)
    position = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        db_table = "statement_piece"
        constraints = [models.UniqueConstraint(fields=["statement", "position"], name="statement_piece_once")]


class StatementStep(models.Model):
    """A part of a statement that was imported: `count` items from the place `first`. Written with what it brought."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="steps", db_index=False)
    first = models.BigIntegerField()
    count = models.BigIntegerField()

    class Meta:
        db_table = "statement_step"
        constraints = [models.UniqueConstraint(fields=["statement", "first"], name="statement_step_once")]


class StatementRow(models.Model):
    """A line that makes no deposit by itself: a debit, or a credit without the bank's identity.

    `print` and `nth` say which line it is, whichever file brings it: two equal lines of one file are two rows, the same
    line of two files is one. A waiting credit attests a deposit, or is a doubt for a person.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="own_rows")
    store_id = models.BigIntegerField()
    line = models.BigIntegerField()
    print = models.CharField(max_length=32)
    nth = models.PositiveIntegerField()
    is_credit = models.BooleanField()
    state = models.CharField(max_length=11)
    why = models.CharField(max_length=40, blank=True)
    deposit = models.ForeignKey("bank.Deposit", models.PROTECT, null=True, related_name="+")
    account = models.CharField(max_length=18, blank=True)
    operation_date = models.DateField()
    amount_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    tracking_key = models.CharField(max_length=40, blank=True)
    sending_institution = models.CharField(max_length=5, blank=True)
    clabe = models.CharField(max_length=18, blank=True)
    payer_name = models.CharField(max_length=120, blank=True)
    concept = models.CharField(max_length=210, blank=True)
    reference = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "statement_row"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "print", "nth"], name="statement_row_once"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="statement_row_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "attests", "known", "doubtful", "contradicts", "debit"]),
                name="statement_row_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["statement", "amount_centavos"], condition=Q(state="waiting"), name="statement_row_waits"
            ),
            models.Index(fields=["store_id", "operation_date"], name="statement_row_by_day"),
            models.Index(
                fields=["store_id", "tracking_key"], condition=Q(state="debit"), name="statement_row_debit_key"
            ),
        ]


class StatementRefusal(models.Model):
    """A line that cannot be read with certainty, and why."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="refusals", db_index=False)
    place = models.BigIntegerField(help_text="Its ordinal among the items that the format gives.")
    line = models.BigIntegerField()
    reason = models.CharField(max_length=80)

    class Meta:
        db_table = "statement_refusal"
        constraints = [models.UniqueConstraint(fields=["statement", "place"], name="statement_refusal_once")]


class StatementBalance(models.Model):
    """What the account held when a day began or ended, as a statement says."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="balances", db_index=False)
    place = models.BigIntegerField()
    account = models.CharField(max_length=18, blank=True)
    day = models.DateField()
    centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_closing = models.BooleanField()

    class Meta:
        db_table = "statement_balance"
        constraints = [models.UniqueConstraint(fields=["statement", "place"], name="statement_balance_once")]


class StatementMapping(models.Model):
    """What a person said about files of one shape, remembered for the account's next one."""

    store_id = models.BigIntegerField()
    account = models.CharField(max_length=18, blank=True)
    fingerprint = models.CharField(max_length=32)
    answers = models.JSONField()
    said_by = models.CharField(max_length=120)
    said_at = models.DateTimeField()

    class Meta:
        db_table = "statement_mapping"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "account", "fingerprint"], name="statement_mapping_once")
        ]
