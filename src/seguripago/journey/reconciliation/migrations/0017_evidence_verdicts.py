"""What a comprobante is worth beside what the bank told: each verdict is kept, the newest one counts."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file

VERDICTS = ["waiting_for_bank", "matches_deposit", "verified_by_cep", "contradicts", "reused", "unreadable"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("bank", "0013_lighter_indexes"),
        ("evidence", "0003_lighter_indexes"),
        ("reconciliation", "0016_returns_of_payments"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="EvidenceVerdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=16)),
                (
                    "reasons",
                    models.JSONField(help_text="Codes with their data; the words are made where they are shown."),
                ),
                ("compared", models.JSONField(help_text="What was expected and what it says, field by field.")),
                ("at", models.DateTimeField()),
                (
                    "deposit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="bank.deposit",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.evidence"
                    ),
                ),
            ],
            options={
                "db_table": "evidence_verdict",
                "constraints": [
                    models.CheckConstraint(condition=Q(kind__in=VERDICTS), name="evidence_verdict_known"),
                    models.CheckConstraint(
                        condition=~Q(kind="matches_deposit") | Q(deposit__isnull=False),
                        name="evidence_verdict_matches_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceWatch",
            fields=[
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="evidence.evidence",
                    ),
                ),
                ("store_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField()),
                ("clabe", models.CharField(blank=True, default="", max_length=18)),
                ("tracking_key", models.CharField(blank=True, default="", max_length=40)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(help_text="When a person is told that nothing came.", null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "verdict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.evidenceverdict",
                    ),
                ),
            ],
            options={
                "db_table": "evidence_watch",
                "indexes": [
                    models.Index(fields=["order_id"], name="evidence_watch_of_order"),
                    models.Index(fields=["clabe"], condition=~Q(clabe=""), name="evidence_watch_by_clabe"),
                    models.Index(fields=["tracking_key"], condition=~Q(tracking_key=""), name="evidence_watch_by_key"),
                    models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="evidence_watch_due"),
                ],
            },
        ),
        run_file(
            __file__,
            "evidence_verdicts.sql",
            reverse="DROP VIEW inv_evidence_watch_behind; DROP VIEW inv_evidence_verdict_astray;"
            "DROP TRIGGER evidence_verdict_is_append_only ON evidence_verdict;",
        ),
    ]
