from typing import ClassVar

from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies: ClassVar = [("refunds", "0003_waiting_counts")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="refund",
            name="order",
            field=models.ForeignKey(
                db_index=False,
                help_text="Null: money that was for no order.",
                null=True,
                on_delete=PROTECT,
                related_name="+",
                to="orders.order",
            ),
        ),
        migrations.AlterField(
            model_name="refundaccount",
            name="refund",
            field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="accounts", to="refunds.refund"),
        ),
        migrations.AlterField(
            model_name="refundleg",
            name="refund",
            field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="legs", to="refunds.refund"),
        ),
    ]
