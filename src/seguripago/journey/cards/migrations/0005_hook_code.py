"""The newest code that a gateway sent to verify our address is found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cards", "0004_charge_truths")]

    operations = [
        migrations.AddIndex(
            model_name="gatewayevent",
            index=models.Index(
                fields=["store_id", "gateway", "-received_at"],
                condition=models.Q(type__startswith="verification:"),
                name="gateway_event_hook_code",
            ),
        ),
    ]
