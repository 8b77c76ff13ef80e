"""Tables of the desk's people."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Team(models.Model):
    """People of a store who attend certain topics: the skill that a waiting conversation asks for."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    topics = models.JSONField(default=list, help_text="Keys of the topics that go to this team.")
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "team"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["store", "name"], name="team_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A person in a team."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="people", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "team_member"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "user"], name="team_member_once"),
        ]


class Seat(models.Model):
    """A person's place at the desk; seen more than a minute ago is away whatever the state says."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, default="away")
    is_automatic = models.BooleanField(default=True, help_text="The desk decides by the person's hand on the keyboard.")
    capacity = models.PositiveSmallIntegerField(default=5, help_text="Open conversations that this person may hold.")
    since_at = models.DateTimeField(null=True, help_text="Since when the state is what it is.")
    seen_at = models.DateTimeField()
    touched_at = models.DateTimeField(null=True, help_text="The newest hand on the desk, of all this person's screens.")
    put_away_at = models.DateTimeField(null=True, help_text="A claim went unanswered: only a newer hand comes back.")

    class Meta:
        db_table = "seat"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "store"], name="seat_once"),
            models.CheckConstraint(condition=Q(state__in=("available", "busy", "away")), name="seat_state"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=50), name="seat_capacity_is_human"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "seen_at"], name="seat_seen"),
        ]


class DeskHours(models.Model):
    """When people attend, by day of the week (Monday is 0), in central Mexico's clock. No row: closed that day."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        db_table = "desk_hours"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["store", "weekday"], name="desk_hours_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="desk_hours_weekday"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="desk_hours_in_order"),
        ]


class DeskRules(models.Model):
    """What a store settled for its desk; no row: as the defaults say."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    reminds_unpaid = models.BooleanField(default=True, help_text="Buyers of unpaid orders are reminded, twice at most.")

    class Meta:
        db_table = "desk_rules"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["store"], name="desk_rules_once"),
        ]
