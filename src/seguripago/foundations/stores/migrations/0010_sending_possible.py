from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

BOUNDS = {
    "cutoff_hour": (1, 24),
    "near_days": (0, 30),
    "national_days": (0, 30),
    "remote_days": (0, 30),
    "arrival_days": (2, 20),
}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0009_sending")]

    operations: ClassVar = [
        migrations.RemoveConstraint("store", "store_sending_possible"),
        *(
            migrations.AddConstraint(
                "store",
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": least, f"{name}__lte": most}), name=f"store_{name}_possible"
                ),
            )
            for name, (least, most) in BOUNDS.items()
        ),
    ]
