"""Refunds with their legs; what was sent back before there was this room is kept in them too."""

import django.db.models.deletion
from django.db import migrations, models

from seguripago.foundations.sql_files import run_file, text_of


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("approvals", "0003_lighter_indexes"),
        ("bank", "0013_lighter_indexes"),
        ("cards", "0007_apart"),
        ("orders", "0007_part_sent"),
        ("reconciliation", "0016_returns_of_payments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                (
                    "subject",
                    models.CharField(help_text="What it is for, once: claim:7, cancel:12, return:5.", max_length=80),
                ),
                ("reason", models.CharField(max_length=12)),
                ("amount_centavos", models.BigIntegerField()),
                ("currency", models.CharField(default="MXN", max_length=3)),
                ("state", models.CharField(max_length=10)),
                ("note", models.CharField(default="", help_text="Why, in the words of whoever asked.", max_length=240)),
                ("words", models.CharField(default="", help_text="Why it failed or was not granted.", max_length=240)),
                ("asked_by", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("approved_by", models.CharField(default="", max_length=120)),
                ("approved_at", models.DateTimeField(null=True)),
                ("instructed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        help_text="Whose money it is; null: paid.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.case",
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        help_text="When asked of one charge alone.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.cardcharge",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        help_text="Null: money that was for no order.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.proposal",
                    ),
                ),
            ],
            options={
                "db_table": "refund",
            },
        ),
        migrations.CreateModel(
            name="RefundAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clabe", models.CharField(max_length=18)),
                ("institution", models.CharField(max_length=5)),
                ("holder", models.CharField(max_length=120)),
                ("filename", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=8)),
                ("clean_name", models.CharField(help_text="The clean copy in the file store.", max_length=80)),
                ("sealed_name", models.CharField(help_text="The original, sealed: never served.", max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("state", models.CharField(default="given", max_length=10)),
                ("words", models.CharField(default="", max_length=240)),
                ("given_by", models.CharField(max_length=120)),
                ("given_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.proposal",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="refunds.refund"
                    ),
                ),
            ],
            options={
                "db_table": "refund_account",
            },
        ),
        migrations.CreateModel(
            name="RefundLeg",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                ("road", models.CharField(max_length=4)),
                ("amount_centavos", models.BigIntegerField()),
                ("is_over", models.BooleanField(default=False)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="refunds.refundaccount",
                    ),
                ),
                (
                    "card_refund",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.cardrefund"
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.cardcharge"
                    ),
                ),
                (
                    "deposit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="bank.deposit"
                    ),
                ),
                (
                    "instruction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reconciliation.returninstruction",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="refunds.refund"
                    ),
                ),
            ],
            options={
                "db_table": "refund_leg",
            },
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["store_id", "state", "-id"], name="refund_by_state"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(fields=["order", "id"], name="refund_of_order"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("subject",), name="refund_once_per_subject"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(condition=models.Q(("amount_centavos__gt", 0)), name="refund_positive"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["asked", "approved", "instructed", "confirmed", "failed", "rejected"])
                ),
                name="refund_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "claim",
                            "cancelled",
                            "by_store",
                            "excess",
                            "late",
                            "part",
                            "duplicate",
                            "unknown",
                            "other",
                            "panel",
                        ],
                    )
                ),
                name="refund_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["asked", "rejected"]), ("approved_at__isnull", False), _connector="OR"
                ),
                name="refund_decided_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["confirmed", "failed", "rejected"]), _negated=True),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="refund_ended_has_its_time",
            ),
        ),
        migrations.AddIndex(
            model_name="refundaccount",
            index=models.Index(fields=["refund", "-id"], name="refund_account_of"),
        ),
        migrations.AddConstraint(
            model_name="refundaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("clabe__regex", "^\\d{18}$")), name="refund_account_clabe_digits"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["given", "confirmed", "rejected"])), name="refund_account_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True), ("proposal__isnull", False), _connector="OR"
                ),
                name="refund_account_confirmed_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundleg",
            constraint=models.UniqueConstraint(fields=("refund", "place"), name="refund_leg_one_per_place"),
        ),
        migrations.AddConstraint(
            model_name="refundleg",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_centavos__gt", 0)), name="refund_leg_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundleg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("card_refund__isnull", False),
                        ("charge__isnull", False),
                        ("road", "card"),
                        ("account__isnull", True),
                        ("deposit__isnull", True),
                        ("instruction__isnull", True),
                    ),
                    models.Q(("card_refund__isnull", True), ("charge__isnull", True), ("road", "spei")),
                    _connector="OR",
                ),
                name="refund_leg_has_one_road",
            ),
        ),
        run_file(__file__, "refund_truths.sql", reverse=text_of(__file__, "refund_truths_undone.sql")),
    ]
