"""Tables of capturing: what two people let in, which seals were used, and what is asked of Banxico."""

from django.db import models
from django.db.models import Q


class Capture(models.Model):
    """What somebody proposes to take for a deposit, in the very bytes that a second person would let in."""

    proposal_id = models.BigIntegerField()
    store_id = models.BigIntegerField()
    feed = models.CharField(max_length=20)
    body = models.BinaryField()
    seal_digest = models.CharField(max_length=64, default="", blank=True)
    was_looked_up = models.BooleanField(default=False)
    is_another = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "bank_capture"
        constraints = [models.UniqueConstraint(fields=["proposal_id"], name="capture_one_per_proposal")]


class TakenCapture(models.Model):
    """A capture that a second person let in. A CEP's seal is that by which it is unique: once in all stores."""

    capture = models.OneToOneField(Capture, models.PROTECT, primary_key=True)
    notice = models.OneToOneField("bank.RawNotice", models.PROTECT, related_name="+")
    seal_digest = models.CharField(max_length=64, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "bank_capture_taken"
        constraints = [
            models.UniqueConstraint(fields=["seal_digest"], condition=~Q(seal_digest=""), name="cep_seal_used_once"),
            models.CheckConstraint(
                condition=Q(seal_digest="") | Q(seal_digest__regex=r"^[0-9a-f]{64}$"), name="cep_seal_is_a_digest"
            ),
        ]


class CepQuestion(models.Model):
    """A CEP that somebody wants to have looked up at Banxico, and what Banxico said."""

    store_id = models.BigIntegerField()
    tracking_key = models.CharField(max_length=30)
    operation_date = models.DateField()
    sending_institution = models.CharField(max_length=5)
    receiving_institution = models.CharField(max_length=5)
    account = models.CharField(max_length=18)
    amount_centavos = models.BigIntegerField()
    to_a_participant = models.BooleanField()
    state = models.CharField(max_length=10)
    says = models.CharField(max_length=200, default="", blank=True)
    body = models.BinaryField(default=b"")
    tries = models.PositiveSmallIntegerField(default=0)
    days_tried = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField()
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cep_question"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "found", "no_cep", "not_found", "went_back", "gave_up"]),
                name="cep_question_state_known",
            ),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="cep_question_amount_positive"),
            models.UniqueConstraint(
                fields=[
                    "store_id",
                    "tracking_key",
                    "operation_date",
                    "sending_institution",
                    "account",
                    "amount_centavos",
                ],
                condition=Q(state="waiting"),
                name="cep_question_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="cep_question_due")]


class CepTurn(models.Model):
    """When this installation may ask Banxico again: one row, so that all processes together stay polite."""

    free_at = models.DateTimeField()

    class Meta:
        db_table = "cep_turn"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="cep_turn_is_one")]
