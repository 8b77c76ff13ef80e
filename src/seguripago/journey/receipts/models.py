from django.db import models
from django.db.models import Q


class ReceiptCounter(models.Model):
    """The end of a store's chain: its row lock puts receipts in line, so numbers have no gaps."""

    store = models.OneToOneField("stores.Store", models.PROTECT, primary_key=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_in_year = models.PositiveIntegerField(default=0)
    last_place = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "receipt_counter"


class Receipt(models.Model):
    """A signed receipt. Append-only: a trigger refuses to change or delete a row."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+")
    payment = models.OneToOneField("payments.Payment", models.PROTECT, related_name="+")
    place = models.BigIntegerField(help_text="1, 2, 3… in the store's chain, over the years.")
    number = models.CharField(max_length=20)
    body = models.TextField(help_text="Canonical JSON, to the byte that was hashed.")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)
    key_id = models.CharField(max_length=16)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "receipt"
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="receipt_number_once_per_store"),
            models.UniqueConstraint(fields=["store", "place"], name="receipt_place_once_per_store"),
            models.UniqueConstraint(fields=["store", "prev_hash"], name="receipt_chain_does_not_fork"),
            models.CheckConstraint(condition=Q(place__gt=0), name="receipt_place_counts_from_one"),
            models.CheckConstraint(condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="receipt_hash_is_hex"),
        ]
        indexes = [
            models.Index(fields=["order"], name="receipt_by_order"),
            models.Index(fields=["number"], name="receipt_by_number"),
        ]


class ReceiptAnchor(models.Model):
    """The end of a store's chain as it was on a day, looked at and signed, with the end of the audit's. Append-only.

    Published without `receipt_place`: nobody counts a store's sales by it.
    """

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    place = models.PositiveIntegerField(help_text="1, 2, 3… in the store's chain of anchors.")
    day = models.DateField()
    receipt_place = models.BigIntegerField()
    head = models.CharField(max_length=64)
    faults = models.JSONField(default=list, help_text="What was found wrong since the anchor before.")
    body = models.TextField(help_text="Canonical JSON, to the byte that was hashed.")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)
    key_id = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        db_table = "receipt_anchor"
        constraints = [
            models.UniqueConstraint(fields=["store", "day"], name="receipt_anchor_once_a_day"),
            models.UniqueConstraint(fields=["store", "place"], name="receipt_anchor_one_per_place"),
            models.CheckConstraint(condition=Q(place__gt=0), name="receipt_anchor_place_counts_from_one"),
            models.CheckConstraint(condition=Q(receipt_place__gt=0), name="receipt_anchor_holds_a_receipt"),
        ]
