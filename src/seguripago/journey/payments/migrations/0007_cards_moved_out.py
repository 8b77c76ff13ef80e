"""Card charges are a room of their own now; the table and its rows stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_lighter_indexes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="CardCharge")], database_operations=[]
        )
    ]
