from django.db import models
from django.db.models import F, Q

from .cases import Case

PART_KINDS = ["payment", "moved", "difference", "return", "write_off", "not_ours", "card", "card_back"]
_TO_A_PAYMENT = ["payment", "moved", "difference"]
_CARD = ["card", "card_back"]


class ReturnFile(models.Model):
    """A file of returns, exactly as it was handed to the bank. Never changed, never deleted."""

    store_id = models.BigIntegerField()
    layout = models.CharField(max_length=4, help_text="csv or stp")
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    total_centavos = models.BigIntegerField()
    made_by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "return_file"
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0, total_centavos__gt=0), name="return_file_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="return_file_hash_is_sha256"),
        ]


class PaymentReturns(models.Model):
    """What of the transfers of a payment that became whole is going back, or has gone: at most what they brought.

    A trigger counts the instructions that did not fail; the constraint refuses what would go back twice.
    """

    payment = models.OneToOneField("payments.Payment", models.PROTECT, primary_key=True, related_name="+")
    funded_centavos = models.BigIntegerField(help_text="What transfers brought of the payment: cards go back to cards.")
    returning_centavos = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "payment_return"
        constraints = [
            models.CheckConstraint(
                condition=Q(returning_centavos__gte=0, returning_centavos__lte=F("funded_centavos")),
                name="payment_returns_within_transfers",
            ),
        ]


class ReturnInstruction(models.Model):
    """Money of a case, or of a payment that became whole, that goes back: where, how the bank was told, its answer."""

    store_id = models.BigIntegerField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, null=True, related_name="+", help_text="Of whose money a refund is."
    )
    deposit = models.ForeignKey("bank.Deposit", models.PROTECT, null=True, related_name="+")
    proposal = models.ForeignKey("approvals.Proposal", models.PROTECT, related_name="+")
    amount_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    account = models.CharField(max_length=18)
    institution = models.CharField(max_length=5)
    holder = models.CharField(max_length=120)
    proof = models.CharField(max_length=240, default="")
    state = models.CharField(max_length=10, default="approved")
    road = models.CharField(max_length=5, default="", help_text="file, order or hand: how the bank was told")
    file = models.ForeignKey(ReturnFile, models.PROTECT, null=True, related_name="instructions")
    tracking_key = models.CharField(max_length=30, default="", help_text="Ours, given when the bank is told.")
    bank_ref = models.CharField(max_length=80, default="")
    reason = models.CharField(max_length=240, default="")
    asked_at = models.DateTimeField()
    approved_at = models.DateTimeField()
    instructed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True, help_text="When the provider is asked next what became of its order.")

    class Meta:
        db_table = "return_instruction"
        constraints = [
            models.UniqueConstraint(
                fields=["tracking_key"], condition=~Q(tracking_key=""), name="return_tracking_key_once"
            ),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="return_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "instructed", "confirmed", "failed"]), name="return_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", instructed_at__isnull=True)
                | Q(state__in=["instructed", "confirmed"], instructed_at__isnull=False)
                | Q(state="failed"),
                name="return_instructed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(road="file", file__isnull=False) | (~Q(road="file") & Q(file__isnull=True)),
                name="return_by_file_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(account__regex=r"^\d{10}(\d{6}(\d{2})?)?$"), name="return_account_digits"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, payment__isnull=True) | Q(case__isnull=True, payment__isnull=False),
                name="return_of_case_or_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["store_id", "state", "-id"], name="return_by_state"),
            models.Index(fields=["case"], name="return_of_case"),
            models.Index(fields=["payment"], condition=Q(payment__isnull=False), name="return_of_payment"),
            models.Index(fields=["ask_at"], condition=Q(state="instructed", road="order"), name="return_to_ask_about"),
            models.Index(
                fields=["ask_at"],
                condition=Q(state="confirmed", road="order", ask_at__isnull=False),
                name="return_to_look_at_again",
            ),
        ]


class CasePart(models.Model):
    """Where money of a case went, by whose decision. Never changed, never deleted.

    `moved`: a part of a deposit that allocations moved to a payment. `payment`: other money of the case to a payment.
    `difference`: what the store bears of a payment. `not_ours`: it never was in an account of the store. `card`: back
    to the card that brought it (without a proposal: in the gateway's own panel); `card_back`: it did not arrive.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    part = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    centavos = models.BigIntegerField()
    payment = models.ForeignKey("payments.Payment", models.PROTECT, null=True, related_name="+")
    instruction = models.ForeignKey(ReturnInstruction, models.PROTECT, null=True, related_name="+")
    card_refund = models.ForeignKey("cards.CardRefund", models.PROTECT, null=True, related_name="+")
    proposal = models.ForeignKey("approvals.Proposal", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "case_part"
        constraints = [
            models.UniqueConstraint(fields=["case", "part"], name="case_part_once"),
            models.UniqueConstraint(
                fields=["instruction"], condition=Q(kind="return"), name="case_part_once_per_return"
            ),
            models.CheckConstraint(condition=Q(centavos__gt=0), name="case_part_positive"),
            models.CheckConstraint(condition=Q(kind__in=PART_KINDS), name="case_part_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=_TO_A_PAYMENT, payment__isnull=False, instruction__isnull=True, card_refund__isnull=True
                )
                | Q(kind="return", payment__isnull=True, instruction__isnull=False, card_refund__isnull=True)
                | Q(
                    kind__in=["write_off", "not_ours"],
                    payment__isnull=True,
                    instruction__isnull=True,
                    card_refund__isnull=True,
                )
                | Q(kind__in=_CARD, payment__isnull=True, instruction__isnull=True, card_refund__isnull=False),
                name="case_part_goes_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(proposal__isnull=False) | Q(kind__in=_CARD), name="case_part_was_decided"
            ),
        ]
