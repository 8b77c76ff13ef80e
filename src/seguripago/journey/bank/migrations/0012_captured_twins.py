from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bank", "0011_statement_steps")]

    operations = [
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(
                condition=models.Q(("feed__in", ["banxico_cep", "by_hand"])), fields=["clabe"], name="deposit_captured"
            ),
        ),
    ]
