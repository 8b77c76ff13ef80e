from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q


def small(default: int, help_text: str) -> Any:
    return models.PositiveSmallIntegerField(default=default, db_default=default, help_text=help_text)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0008_days_of_claims")]

    operations: ClassVar = [
        migrations.AddField(
            "store", "cutoff_hour", small(14, "What is ordered from this hour on counts from the next working day.")
        ),
        migrations.AddField("store", "near_days", small(0, "Added within the store's state.")),
        migrations.AddField("store", "national_days", small(0, "Added to another state.")),
        migrations.AddField("store", "remote_days", small(2, "Added to a far state.")),
        migrations.AddField(
            "store",
            "arrival_days",
            small(5, "Working days after the buyer was asked until a parcel that nobody misses counts as arrived."),
        ),
        migrations.AddConstraint(
            "store",
            models.CheckConstraint(
                condition=Q(cutoff_hour__gte=1, cutoff_hour__lte=24, arrival_days__gte=2), name="store_sending_possible"
            ),
        ),
    ]
