import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0010_unchecked_queues")]

    operations = [
        migrations.CreateModel(
            name="StatementStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.BigIntegerField()),
                ("count", models.BigIntegerField()),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="bank.statement"
                    ),
                ),
            ],
            options={"db_table": "statement_step"},
        ),
        migrations.AddConstraint(
            model_name="statementstep",
            constraint=models.UniqueConstraint(fields=("statement", "first"), name="statement_step_once"),
        ),
    ]
