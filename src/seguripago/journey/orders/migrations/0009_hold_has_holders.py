from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0008_holders")]

    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("shipping_hold", False), ("shipping_holders", [])),
                    Q(
                        ("shipping_hold", True),
                        ("shipping_holders__contained_by", ["doubt", "claim"]),
                        Q(("shipping_holders", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="order_hold_has_its_holders",
            ),
        ),
    ]
