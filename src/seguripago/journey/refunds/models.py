from django.db import models
from django.db.models import Q

from .rules import Keeper, RefundReason, RefundState, Road, Waits

ACCOUNT_STATES = ["given", "confirmed", "rejected"]


class Refund(models.Model):
    """Money that goes back to whoever paid: why, how much, and where it is. One row for every reason.

    Its legs say by which roads; what the bank or the gateway says of them moves it.
    """

    store_id = models.BigIntegerField()
    order = models.ForeignKey(
        "orders.Order",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Null: money that was for no order.",
        db_index=False,
    )
    case = models.ForeignKey(
        "reconciliation.Case", models.PROTECT, null=True, related_name="+", help_text="Whose money it is; null: paid."
    )
    subject = models.CharField(max_length=80, help_text="What it is for, once: claim:7, cancel:12, return:5.")
    reason = models.CharField(max_length=12)
    amount_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    state = models.CharField(max_length=10)
    note = models.CharField(max_length=240, default="", help_text="Why, in the words of whoever asked.")
    words = models.CharField(max_length=240, default="", help_text="Why it failed or was not granted.")
    charge = models.ForeignKey(
        "cards.CardCharge", models.PROTECT, null=True, related_name="+", help_text="When asked of one charge alone."
    )
    stopped_parcel = models.BooleanField(
        default=False,
        db_default=False,
        help_text="What has not left of the order stays because of it.",
    )
    proposal = models.ForeignKey("approvals.Proposal", models.PROTECT, null=True, related_name="+")
    asked_by = models.CharField(max_length=120, help_text="As screens show it; who it was, the next two say.")
    asked_by_kind = models.CharField(max_length=10, default="", db_default="")
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=120, default="")
    approved_at = models.DateTimeField(null=True)
    instructed_at = models.DateTimeField(null=True)
    waits_for = models.CharField(max_length=16, blank=True, default="", db_default="", help_text="Empty: nobody.")
    keeper = models.CharField(max_length=10, blank=True, default="", db_default="", help_text="Who is waited for.")
    due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "refund"
        constraints = [
            models.UniqueConstraint(fields=["subject"], name="refund_once_per_subject"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(waits_for="", keeper="", due_at__isnull=True, remind_at__isnull=True)
                | Q(
                    waits_for__in=[each.value for each in Waits],
                    keeper__in=[each.value for each in Keeper],
                    due_at__isnull=False,
                ),
                name="refund_waits_for_somebody_until_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RefundState]), name="refund_state_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in RefundReason]), name="refund_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "rejected"]) | Q(approved_at__isnull=False),
                name="refund_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "failed", "rejected"]) | Q(ended_at__isnull=False),
                name="refund_ended_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="refund_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["remind_at"], name="refund_to_remind", condition=Q(remind_at__isnull=False)),
            models.Index(fields=["store_id", "state", "-id"], name="refund_by_state"),
            models.Index(fields=["order", "id"], name="refund_of_order"),
        ]


class RefundAccount(models.Model):
    """An account that the buyer gave for a refund, with what proves that it is his; a second person confirms it."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="accounts", db_index=False)
    clabe = models.CharField(max_length=18)
    institution = models.CharField(max_length=5)
    holder = models.CharField(max_length=120)
    filename = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    clean_name = models.CharField(max_length=80, help_text="The clean copy in the file store.")
    sealed_name = models.CharField(max_length=80, help_text="The original, sealed: never served.")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="given")
    words = models.CharField(max_length=240, default="")
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    proposal = models.ForeignKey("approvals.Proposal", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "refund_account"
        constraints = [
            models.CheckConstraint(condition=Q(clabe__regex=r"^\d{18}$"), name="refund_account_clabe_digits"),
            models.CheckConstraint(condition=Q(state__in=ACCOUNT_STATES), name="refund_account_state_known"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(proposal__isnull=False), name="refund_account_confirmed_by_two"
            ),
        ]
        indexes = [models.Index(fields=["refund", "-id"], name="refund_account_of")]


class RefundLeg(models.Model):
    """One road of a refund: a refund of a card charge, or an instruction to the bank; neither yet: it waits.

    Where a leg is, its card refund or its instruction says. `is_over`: it failed, and another leg took its place.
    """

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="legs", db_index=False)
    place = models.PositiveSmallIntegerField()
    road = models.CharField(max_length=4)
    amount_centavos = models.BigIntegerField()
    charge = models.ForeignKey("cards.CardCharge", models.PROTECT, null=True, related_name="+")
    deposit = models.ForeignKey("bank.Deposit", models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(RefundAccount, models.PROTECT, null=True, related_name="+")
    card_refund = models.OneToOneField("cards.CardRefund", models.PROTECT, null=True, related_name="+")
    instruction = models.OneToOneField("reconciliation.ReturnInstruction", models.PROTECT, null=True, related_name="+")
    is_over = models.BooleanField(default=False)

    class Meta:
        db_table = "refund_leg"
        constraints = [
            models.UniqueConstraint(fields=["refund", "place"], name="refund_leg_one_per_place"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="refund_leg_positive"),
            models.CheckConstraint(
                condition=Q(road=Road.CARD.value, card_refund__isnull=False, charge__isnull=False)
                & Q(instruction__isnull=True, deposit__isnull=True, account__isnull=True)
                | Q(road=Road.SPEI.value, card_refund__isnull=True, charge__isnull=True),
                name="refund_leg_has_one_road",
            ),
        ]
