from typing import ClassVar

from django.db import migrations, models

from seguripago.foundations.sql_files import run_file, text_of


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("refunds", "0002_stopped_parcel"),
        ("orders", "0010_refunds_hold"),
        ("reconciliation", "0018_refunds_that_came_back"),
    ]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="refund",
            name="stopped_parcel",
            field=models.BooleanField(
                db_default=False, default=False, help_text="What has not left of the order stays because of it."
            ),
        ),
        run_file(__file__, "refund_waits.sql", reverse=text_of(__file__, "refund_waits_undone.sql")),
    ]
