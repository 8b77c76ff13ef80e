from typing import ClassVar

from django.db import migrations, models

from seguripago.foundations.sql_files import run_file

BACK = (
    "DROP VIEW inv_day_close_differs_from_ledger; DROP VIEW inv_day_close_hash_differs; DROP VIEW inv_day_close_end_missing;"
    "DROP VIEW inv_day_close_chain_broken; DROP TRIGGER day_check_is_append_only ON day_check;"
    "DROP TRIGGER day_close_is_never_truncated ON day_close; DROP TRIGGER day_close_is_append_only ON day_close;"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0003_parts_move_on"), ("ledger", "0004_open_journals")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DayCloseEnd",
            fields=[
                ("store_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_place", models.PositiveIntegerField(default=0)),
                ("last_day", models.DateField(null=True)),
                ("last_hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "day_close_end",
            },
        ),
        migrations.CreateModel(
            name="DayCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("standing", models.CharField(max_length=12)),
                ("unexplained_centavos", models.BigIntegerField()),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "day_check",
                "constraints": [
                    models.UniqueConstraint(fields=("store_id", "day"), name="day_check_once_per_day"),
                    models.CheckConstraint(
                        condition=models.Q(("standing__in", ["no_statement", "agrees", "differs"])),
                        name="day_check_standing_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayClose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("place", models.PositiveIntegerField()),
                ("day", models.DateField()),
                ("standing", models.CharField(max_length=12)),
                ("unexplained_centavos", models.BigIntegerField()),
                ("booked_up_to", models.BigIntegerField()),
                ("body", models.TextField()),
                ("prev_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=88)),
                ("closed_by_id", models.BigIntegerField()),
                ("closed_by", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "day_close",
                "constraints": [
                    models.UniqueConstraint(fields=("store_id", "day"), name="day_close_once_per_day"),
                    models.UniqueConstraint(fields=("store_id", "place"), name="day_close_one_per_place"),
                    models.CheckConstraint(condition=models.Q(("place__gt", 0)), name="day_close_place_counts"),
                    models.CheckConstraint(
                        condition=models.Q(("standing__in", ["no_statement", "agrees", "differs"])),
                        name="day_close_standing_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unexplained_centavos", 0),
                            models.Q(("standing", "differs"), ("unexplained_centavos__gt", 0)),
                            _connector="OR",
                        ),
                        name="day_close_unexplained_is_told",
                    ),
                ],
            },
        ),
        run_file(__file__, "day_close_truths.sql", reverse=BACK),
    ]
