"""Notices that led to their look are forgotten, the oldest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cards", "0005_hook_code")]

    operations = [
        migrations.AddIndex(
            model_name="gatewayevent",
            index=models.Index(
                fields=["received_at"],
                condition=models.Q(state__in=["looked", "unknown"]),
                name="gateway_event_to_forget",
            ),
        ),
    ]
