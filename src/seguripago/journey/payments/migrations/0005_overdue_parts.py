from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_look_alikes")]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["expires_at", "id"], condition=Q(state="partly_paid"), name="payment_part_overdue"
            ),
        ),
    ]
