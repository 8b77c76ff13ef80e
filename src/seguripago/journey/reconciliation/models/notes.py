from django.db import models
from django.db.models import Q


class ShiftNote(models.Model):
    """What a clerk leaves for the next shift. Never changed, never deleted."""

    store_id = models.BigIntegerField()
    text = models.CharField(max_length=600)
    author_id = models.BigIntegerField()
    author = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "shift_note"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="shift_note_says_something")]
        indexes = [models.Index(fields=["store_id", "-id"], name="shift_note_newest")]


class SavedSearch(models.Model):
    """A search that the store's clerks look at again: its name and the query of its address."""

    store_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400)
    author = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "saved_search"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "name"], name="saved_search_once_per_name"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_a_name"),
        ]
