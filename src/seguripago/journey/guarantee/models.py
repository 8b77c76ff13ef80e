from django.db import models
from django.db.models import F, Q

from .rules import GuaranteeState, Step


class FolioCounter(models.Model):
    """The last folio that a store gave in a year."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "guarantee_folio_counter"
        constraints = [models.UniqueConstraint(fields=["store", "year"], name="guarantee_one_counter_a_year")]


class Guarantee(models.Model):
    """The store's promise about one order. The three parts always add up to what funded it."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    order = models.OneToOneField("orders.Order", models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    key = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in GuaranteeState])
    currency = models.CharField(max_length=3, default="MXN")
    funded_centavos = models.BigIntegerField()
    held_centavos = models.BigIntegerField()
    released_centavos = models.BigIntegerField(default=0)
    returned_centavos = models.BigIntegerField(default=0)
    mode = models.CharField(
        max_length=24,
        default="merchant_obligation",
        db_default="merchant_obligation",
        help_text="Whose obligation it is, as the store said when the certificate was issued.",
    )
    partner = models.CharField(max_length=80, blank=True, default="", db_default="")
    inspection_days = models.PositiveSmallIntegerField(
        default=7, db_default=7, help_text="The days to look that were promised when the certificate was issued."
    )
    held_at = models.DateTimeField()
    ship_by = models.DateTimeField()
    deliver_by = models.DateTimeField()
    inspection_ends_at = models.DateTimeField(null=True)
    inspection_left = models.DurationField(null=True, help_text="What is left of the days while a claim stops them.")
    next_step = models.CharField(max_length=16, blank=True, default="", db_default="")
    next_at = models.DateTimeField(null=True, help_text="When the next step of the clocks is looked at.")
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "guarantee"
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="guarantee_folio_once_per_store"),
            models.CheckConstraint(
                condition=Q(funded_centavos=F("held_centavos") + F("released_centavos") + F("returned_centavos")),
                name="guarantee_parts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    held_centavos__gte=0, released_centavos__gte=0, returned_centavos__gte=0, funded_centavos__gt=0
                ),
                name="guarantee_parts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "claimed"], held_centavos=F("funded_centavos"))
                | Q(state="released", held_centavos=0, released_at__isnull=False)
                | Q(state="resolved", held_centavos=0),
                name="guarantee_state_agrees_with_parts",
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", inspection_ends_at__isnull=True)
                | (~Q(state="claimed") & Q(inspection_left__isnull=True)),
                name="guarantee_claim_stops_the_clock",
            ),
            models.CheckConstraint(
                condition=Q(next_step__in=["", *(step.value for step in Step)]), name="guarantee_step_is_known"
            ),
            models.CheckConstraint(
                condition=Q(next_step="", next_at__isnull=True) | (~Q(next_step="") & Q(next_at__isnull=False)),
                name="guarantee_step_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(mode="merchant_obligation", partner="") | (Q(mode="licensed_partner") & ~Q(partner="")),
                name="guarantee_partner_is_named",
            ),
            models.CheckConstraint(condition=Q(deliver_by__gte=F("ship_by")), name="guarantee_ships_before_it_arrives"),
        ]
        indexes = [
            models.Index(
                fields=["inspection_ends_at"],
                name="guarantee_clock",
                condition=Q(state="held", inspection_ends_at__isnull=False),
            ),
            models.Index(
                fields=["next_at"], name="guarantee_next_step", condition=Q(state="held", next_at__isnull=False)
            ),
        ]


class GuaranteeEvent(models.Model):
    """What happened to a guarantee. Append-only: a trigger refuses to change or delete a row."""

    guarantee = models.ForeignKey(Guarantee, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=120)
    released_centavos = models.BigIntegerField(default=0)
    returned_centavos = models.BigIntegerField(default=0)
    is_terminal = models.BooleanField(default=False)

    class Meta:
        db_table = "guarantee_event"
        constraints = [
            models.UniqueConstraint(
                fields=["guarantee"], condition=Q(is_terminal=True), name="guarantee_one_terminal_event"
            ),
            models.CheckConstraint(
                condition=Q(is_terminal=True) | Q(released_centavos=0, returned_centavos=0),
                name="guarantee_event_amounts_only_at_the_end",
            ),
        ]
