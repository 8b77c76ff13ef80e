from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0010_sending_possible")]

    operations: ClassVar = [
        migrations.AddField(
            "store",
            "guarantee_partner",
            models.CharField(
                max_length=80,
                blank=True,
                default="",
                db_default="",
                help_text="The authorised institution that carries the payment, when the mode says that there is one.",
            ),
        ),
        # No screen ever set a partner: whoever did so by hand names him now, and until then the store answers.
        migrations.RunSQL(
            "UPDATE store SET guarantee_mode = 'merchant_obligation' WHERE guarantee_mode = 'licensed_partner'",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "store",
            models.CheckConstraint(
                condition=Q(guarantee_mode="merchant_obligation", guarantee_partner="")
                | (Q(guarantee_mode="licensed_partner") & ~Q(guarantee_partner="")),
                name="store_guarantee_partner_is_named",
            ),
        ),
    ]
