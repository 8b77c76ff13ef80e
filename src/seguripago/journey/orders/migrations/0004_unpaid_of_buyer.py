from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0003_unfinished_orders")]
    operations: ClassVar = [
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["store", "buyer_email", "-id"],
                name="order_unpaid_of_buyer",
                condition=Q(state__in=["placed", "verified"]),
            ),
        )
    ]
