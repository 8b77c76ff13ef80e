from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bank", "0005_deposits_by_day"), ("approvals", "0002_truths")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Capture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("proposal_id", models.BigIntegerField()),
                ("store_id", models.BigIntegerField()),
                ("feed", models.CharField(max_length=20)),
                ("body", models.BinaryField()),
                ("seal_digest", models.CharField(blank=True, default="", max_length=64)),
                ("was_looked_up", models.BooleanField(default=False)),
                ("is_another", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "bank_capture",
            },
        ),
        migrations.CreateModel(
            name="CepQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("tracking_key", models.CharField(max_length=30)),
                ("operation_date", models.DateField()),
                ("sending_institution", models.CharField(max_length=5)),
                ("receiving_institution", models.CharField(max_length=5)),
                ("account", models.CharField(max_length=18)),
                ("amount_centavos", models.BigIntegerField()),
                ("to_a_participant", models.BooleanField()),
                ("state", models.CharField(max_length=10)),
                ("says", models.CharField(blank=True, default="", max_length=200)),
                ("body", models.BinaryField(default=b"")),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("days_tried", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("asked_by_id", models.BigIntegerField()),
                ("asked_by", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "cep_question",
            },
        ),
        migrations.CreateModel(
            name="CepTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("free_at", models.DateTimeField()),
            ],
            options={
                "db_table": "cep_turn",
            },
        ),
        migrations.CreateModel(
            name="TakenCapture",
            fields=[
                (
                    "capture",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="bank.capture",
                    ),
                ),
                ("seal_digest", models.CharField(blank=True, default="", max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "bank_capture_taken",
            },
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.UniqueConstraint(fields=("proposal_id",), name="capture_one_per_proposal"),
        ),
        migrations.AddIndex(
            model_name="cepquestion",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["next_at"], name="cep_question_due"),
        ),
        migrations.AddConstraint(
            model_name="cepquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "found", "no_cep", "not_found", "went_back", "gave_up"])),
                name="cep_question_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cepquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_centavos__gt", 0)), name="cep_question_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="cepquestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=(
                    "store_id",
                    "tracking_key",
                    "operation_date",
                    "sending_institution",
                    "account",
                    "amount_centavos",
                ),
                name="cep_question_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="cepturn",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="cep_turn_is_one"),
        ),
        migrations.AddField(
            model_name="takencapture",
            name="notice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="bank.rawnotice"
            ),
        ),
        migrations.AddConstraint(
            model_name="takencapture",
            constraint=models.UniqueConstraint(
                condition=models.Q(("seal_digest", ""), _negated=True),
                fields=("seal_digest",),
                name="cep_seal_used_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="takencapture",
            constraint=models.CheckConstraint(
                condition=models.Q(("seal_digest", ""), ("seal_digest__regex", "^[0-9a-f]{64}$"), _connector="OR"),
                name="cep_seal_is_a_digest",
            ),
        ),
        run_file(
            __file__,
            "captures.sql",
            reverse="DROP VIEW inv_capture_without_two_people;"
            " DROP TRIGGER bank_capture_is_append_only ON bank_capture;"
            " DROP TRIGGER bank_capture_taken_is_append_only ON bank_capture_taken;",
        ),
    ]
