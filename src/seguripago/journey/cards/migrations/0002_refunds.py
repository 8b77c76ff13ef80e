"""Refunds, capped by the database itself, and chargebacks."""

import django.db.models.deletion
from django.db import migrations, models

from seguripago.foundations.sql_files import run_file

REVERSE = """
    DROP VIEW inv_card_refunded_too_much, inv_card_refund_not_booked, inv_card_refund_not_granted, inv_chargeback_not_booked;
    DROP TRIGGER card_refund_is_counted ON card_refund;
    DROP FUNCTION card_refund_counts();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0003_lighter_indexes"),
        ("cards", "0001_card_charge"),
        ("payments", "0009_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="CardRefund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("gateway", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=80)),
                ("ref", models.CharField(default="", max_length=80)),
                ("amount_centavos", models.BigIntegerField()),
                ("currency", models.CharField(default="MXN", max_length=3)),
                ("state", models.CharField(default="pending", max_length=8)),
                ("reason", models.CharField(default="", max_length=240)),
                ("failure", models.CharField(default="", max_length=240)),
                ("asked_by", models.CharField(default="", max_length=120)),
                ("approved_by", models.CharField(default="", max_length=120)),
                ("made_at", models.DateTimeField()),
                (
                    "sent_at",
                    models.DateTimeField(
                        help_text="Before the gateway is called: from now on it may know of it.", null=True
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(help_text="When the gateway was last asked what became of it.", null=True),
                ),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "card_refund",
            },
        ),
        migrations.CreateModel(
            name="Chargeback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("gateway", models.CharField(max_length=20)),
                ("ref", models.CharField(max_length=80)),
                ("amount_centavos", models.BigIntegerField()),
                ("currency", models.CharField(default="MXN", max_length=3)),
                ("state", models.CharField(default="open", max_length=5)),
                ("reason", models.CharField(default="", max_length=80)),
                ("evidence_by", models.DateTimeField(null=True)),
                ("counted", models.BooleanField(default=False)),
                ("turns", models.PositiveSmallIntegerField(default=0, help_text="How often it was opened or decided.")),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(help_text="When the gateway was last asked about it.", null=True)),
            ],
            options={
                "db_table": "card_chargeback",
            },
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="captured_centavos",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="What the gateway said that it took, once it is paid."
            ),
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="returning_centavos",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="Refunds pending or done; kept by a trigger of card_refund."
            ),
        ),
        migrations.AddField(
            model_name="cardrefund",
            name="charge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="cards.cardcharge"
            ),
        ),
        migrations.AddField(
            model_name="cardrefund",
            name="proposal",
            field=models.ForeignKey(
                help_text="Null: made in the gateway's panel.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="approvals.proposal",
            ),
        ),
        migrations.AddField(
            model_name="chargeback",
            name="charge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="chargebacks", to="cards.cardcharge"
            ),
        ),
        migrations.AddIndex(
            model_name="cardrefund",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["made_at"], name="card_refund_pending"
            ),
        ),
        migrations.AddIndex(
            model_name="cardrefund",
            index=models.Index(fields=["store_id", "-id"], name="card_refund_of_store"),
        ),
        migrations.AddConstraint(
            model_name="cardrefund",
            constraint=models.UniqueConstraint(fields=("gateway", "key"), name="card_refund_key_once"),
        ),
        migrations.AddConstraint(
            model_name="cardrefund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ref", ""), _negated=True), fields=("gateway", "ref"), name="card_refund_ref_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_centavos__gt", 0)), name="card_refund_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "done", "failed"])), name="card_refund_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state", "pending")),
                    models.Q(models.Q(("state", "pending"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="card_refund_ended_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True), ("sent_at__isnull", False), _connector="OR"
                ),
                name="card_refund_done_was_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="chargeback",
            index=models.Index(condition=models.Q(("state", "open")), fields=["changed_at"], name="chargeback_open"),
        ),
        migrations.AddConstraint(
            model_name="chargeback",
            constraint=models.UniqueConstraint(fields=("gateway", "ref"), name="chargeback_once"),
        ),
        migrations.AddConstraint(
            model_name="chargeback",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_centavos__gt", 0)), name="chargeback_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeback",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "won", "lost"])), name="chargeback_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeback",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "won"), _negated=True), ("counted", False), _connector="OR"),
                name="chargeback_won_counts_nothing",
            ),
        ),
        run_file(__file__, "refund_truths.sql", reverse=REVERSE),
        migrations.AddConstraint(
            model_name="cardcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("returning_centavos__gte", 0), ("returning_centavos__lte", models.F("captured_centavos"))
                ),
                name="card_charge_returns_within_captured",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("captured_centavos__gt", 0), ("state", "paid")),
                    models.Q(models.Q(("state", "paid"), _negated=True), ("captured_centavos", 0)),
                    _connector="OR",
                ),
                name="card_charge_paid_is_captured",
            ),
        ),
    ]
