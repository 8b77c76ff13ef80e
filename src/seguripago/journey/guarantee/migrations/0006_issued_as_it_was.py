"""Whose obligation a guarantee is, and the days to look, as they were promised when its certificate was issued."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file

BEFORE = (Path(__file__).parent / "sql" / "issued_as_it_was_reverse.sql").read_text()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("guarantee", "0005_claims_and_steps"), ("stores", "0011_guarantee_partner")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="guarantee",
            name="mode",
            field=models.CharField(
                db_default="merchant_obligation",
                default="merchant_obligation",
                help_text="Whose obligation it is, as the store said when the certificate was issued.",
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="guarantee",
            name="partner",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="guarantee",
            name="inspection_days",
            field=models.PositiveSmallIntegerField(
                db_default=7,
                default=7,
                help_text="The days to look that were promised when the certificate was issued.",
            ),
        ),
        migrations.AddConstraint(
            model_name="guarantee",
            constraint=models.CheckConstraint(
                condition=Q(mode="merchant_obligation", partner="") | (Q(mode="licensed_partner") & ~Q(partner="")),
                name="guarantee_partner_is_named",
            ),
        ),
        run_file(__file__, "issued_as_it_was.sql", reverse=BEFORE),
    ]
