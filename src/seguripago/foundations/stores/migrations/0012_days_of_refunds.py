"""How long everybody has while money goes back."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

DAYS = (
    ("refund_days", 2, 15, "To decide about a refund."),
    ("refund_account_days", 7, 30, "To give an account."),
    ("refund_bank_days", 3, 15, "For bank or gateway."),
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0011_guarantee_partner")]

    operations: ClassVar = [
        *(
            migrations.AddField(
                "store",
                name,
                models.PositiveSmallIntegerField(default=usual, db_default=usual, help_text=what),
            )
            for name, usual, _, what in DAYS
        ),
        *(
            migrations.AddConstraint(
                "store",
                models.CheckConstraint(
                    condition=Q((f"{name}__gte", 1), (f"{name}__lte", most)), name=f"store_{name}_possible"
                ),
            )
            for name, _, most, _ in DAYS
        ),
    ]
