from django.db import models
from django.db.models import F, Q

from .rules import FILES_OF_A_SIDE, OfferKind, Outcome, Reason, Side, State, Wanted

_PEOPLE = [Side.BUYER.value, Side.STORE.value]
_OFFERS = ["open", "accepted", "refused", "replaced", "lapsed"]
_WAYS = ["agreement", "second_person", "delay", "policy"]


class Claim(models.Model):
    """What a buyer says is wrong with one order. `of_centavos` is what the guarantee answers for."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", db_index=False)
    turn = models.PositiveSmallIntegerField(help_text="The order's first claim, its second, ...")
    number = models.CharField(max_length=16)
    reason = models.CharField(max_length=16)
    wanted = models.CharField(max_length=12)
    details = models.TextField()
    of_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    state = models.CharField(max_length=16, default=State.OPENED.value)
    owner = models.CharField(max_length=10, blank=True, help_text="Who is waited for.")
    due_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    appealed_at = models.DateTimeField(null=True)
    appealed_by = models.CharField(max_length=10, blank=True, default="")
    carrier = models.CharField(max_length=32, blank=True, default="", help_text="Of what travels now.")
    tracking_number = models.CharField(max_length=40, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    to_store_centavos = models.BigIntegerField(default=0)
    to_buyer_centavos = models.BigIntegerField(default=0)
    refund_centavos = models.BigIntegerField(default=0, help_text="What was left to give back when it closed.")

    class Meta:
        db_table = "claim"
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=~Q(state="closed"), name="claim_one_open_per_order"),
            models.UniqueConstraint(fields=["order", "turn"], name="claim_turn_once"),
            models.UniqueConstraint(fields=["store", "number"], name="claim_number_once_per_store"),
            models.CheckConstraint(condition=Q(state__in=[each.value for each in State]), name="claim_state_is_known"),
            models.CheckConstraint(
                condition=Q(reason__in=[each.value for each in Reason], wanted__in=[each.value for each in Wanted]),
                name="claim_reason_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, due_at__isnull=True, owner="")
                | (~Q(state="closed") & ~Q(owner="") & Q(closed_at__isnull=True, due_at__isnull=False)),
                name="claim_waits_for_somebody_until_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", outcome__in=[each.value for each in Outcome])
                | (~Q(state="closed") & Q(outcome="")),
                name="claim_closed_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at__isnull=True, appealed_by="")
                | Q(appealed_at__isnull=False, appealed_by__in=_PEOPLE),
                name="claim_appeal_has_its_side",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["appealed", "reviewed"]) | Q(appealed_at__isnull=False),
                name="claim_reviewed_was_appealed",
            ),
            models.CheckConstraint(
                condition=Q(to_store_centavos__gte=0, to_buyer_centavos__gte=0, refund_centavos__gte=0)
                & Q(refund_centavos__lte=F("to_buyer_centavos"))
                & (
                    Q(to_store_centavos=0, to_buyer_centavos=0)
                    | Q(of_centavos=F("to_store_centavos") + F("to_buyer_centavos"), state="closed")
                ),
                name="claim_shares_what_is_held",
            ),
            models.CheckConstraint(condition=Q(of_centavos__gt=0), name="claim_is_about_money"),
        ]
        indexes = [
            models.Index(fields=["store", "due_at"], name="claim_open_of_store", condition=~Q(state="closed")),
            models.Index(fields=["due_at"], name="claim_due", condition=~Q(state="closed")),
            models.Index(fields=["remind_at"], name="claim_to_remind", condition=Q(remind_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class ClaimLine(models.Model):
    """Pieces of a line that the claim is about; a claim without lines is about the whole order."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines", db_index=False)
    line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="+", db_index=False)
    pieces = models.PositiveIntegerField()

    class Meta:
        db_table = "claim_line"
        constraints = [
            models.UniqueConstraint(fields=["claim", "line"], name="claim_line_once"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="claim_line_has_pieces"),
        ]


class ClaimEvent(models.Model):
    """What happened to a claim. Append-only: a trigger refuses to change or delete a row."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    side = models.CharField(max_length=10)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    words = models.TextField(blank=True, default="")
    centavos = models.BigIntegerField(default=0)
    is_public = models.BooleanField(default=True, help_text="False: only the store's people see it.")

    class Meta:
        db_table = "claim_event"
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=Q(kind="appealed"), name="claim_one_appeal"),
            models.UniqueConstraint(fields=["claim"], condition=Q(kind="closed"), name="claim_one_end"),
            models.CheckConstraint(
                condition=Q(side__in=[each.value for each in Side]), name="claim_event_side_is_known"
            ),
        ]


class ClaimOffer(models.Model):
    """What the store offered. Money is offered after a second person approved it; at most what is held."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="offers", db_index=False)
    turn = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    centavos = models.BigIntegerField()
    of_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    words = models.TextField(blank=True, default="")
    carrier = models.CharField(max_length=32, blank=True, default="", help_text="Of a return label.")
    label_number = models.CharField(max_length=40, blank=True, default="")
    proposal_id = models.BigIntegerField(null=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "claim_offer"
        constraints = [
            models.UniqueConstraint(fields=["claim", "turn"], name="claim_offer_turn_once"),
            models.UniqueConstraint(fields=["claim"], condition=Q(state="open"), name="claim_one_open_offer"),
            models.UniqueConstraint(
                fields=["proposal_id"], condition=Q(proposal_id__isnull=False), name="claim_offer_once_per_proposal"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in OfferKind], state__in=_OFFERS),
                name="claim_offer_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="replace", centavos=0, proposal_id__isnull=True)
                | (~Q(kind="replace") & Q(centavos__gt=0, proposal_id__isnull=False)),
                name="claim_offer_of_money_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(centavos__gte=0, centavos__lte=F("of_centavos")), name="claim_offer_within_held"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="claim_offer_ended_has_its_time",
            ),
        ]


class ClaimDecision(models.Model):
    """What was decided, or agreed, about the money of a claim, and by whom. Append-only; the last one counts."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="decisions", db_index=False)
    turn = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=14)
    to_store_centavos = models.BigIntegerField()
    to_buyer_centavos = models.BigIntegerField()
    of_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    is_replacement = models.BooleanField(default=False)
    reason = models.TextField(blank=True, default="")
    proposal_id = models.BigIntegerField()
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by = models.CharField(max_length=120, blank=True, default="")
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "claim_decision"
        constraints = [
            models.UniqueConstraint(fields=["claim", "turn"], name="claim_decision_turn_once"),
            models.CheckConstraint(condition=Q(way__in=_WAYS), name="claim_decision_way_is_known"),
            models.CheckConstraint(
                condition=~Q(way="second_person")
                | (
                    Q(proposed_by_id__isnull=False, decided_by_id__isnull=False) & ~Q(proposed_by_id=F("decided_by_id"))
                ),
                name="claim_decision_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(is_replacement=True, to_store_centavos=0, to_buyer_centavos=0)
                | Q(
                    is_replacement=False,
                    to_store_centavos__gte=0,
                    to_buyer_centavos__gte=0,
                    of_centavos=F("to_store_centavos") + F("to_buyer_centavos"),
                ),
                name="claim_decision_shares_what_is_held",
            ),
        ]


class ClaimFile(models.Model):
    """A picture or paper that one side shows: the original sealed away, a clean copy to look at. Six a side."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="files", db_index=False)
    side = models.CharField(max_length=10)
    place = models.PositiveSmallIntegerField()
    filename = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed_name = models.CharField(max_length=80)
    clean_name = models.CharField(max_length=80)
    clean_kind = models.CharField(max_length=8)
    clean_sha256 = models.CharField(max_length=64)
    scanner = models.CharField(max_length=20)
    by_name = models.CharField(max_length=120)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "claim_file"
        constraints = [
            models.UniqueConstraint(fields=["claim", "side", "place"], name="claim_file_place_once"),
            models.UniqueConstraint(fields=["claim", "side", "sha256"], name="claim_file_once_per_side"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=FILES_OF_A_SIDE, side__in=_PEOPLE), name="claim_six_files_a_side"
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="claim_file_sha256_is_hex"),
        ]
