"""A refund of all that was paid holds an order back by itself, whatever doubts and claims do."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0009_hold_has_holders")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="order",
            name="shipping_holders",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8),
                db_default=[],
                default=list,
                help_text="Who holds it: a doubt, a claim, a refund.",
            ),
        ),
        migrations.RemoveConstraint(model_name="order", name="order_hold_has_its_holders"),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("shipping_hold", False), ("shipping_holders", [])),
                    Q(
                        ("shipping_hold", True),
                        ("shipping_holders__contained_by", ["doubt", "claim", "refund"]),
                        Q(("shipping_holders", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="order_hold_has_its_holders",
            ),
        ),
    ]
