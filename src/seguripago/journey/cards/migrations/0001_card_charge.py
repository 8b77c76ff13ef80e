"""The table card_charge was made by payments and keeps its rows; only who owns it changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("payments", "0007_cards_moved_out"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[
                migrations.CreateModel(
                    name="CardCharge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("gateway", models.CharField(max_length=20)),
                        ("key", models.CharField(max_length=64)),
                        ("ref", models.CharField(default="", max_length=80)),
                        ("state", models.CharField(default="created", max_length=16)),
                        ("amount_centavos", models.BigIntegerField()),
                        ("currency", models.CharField(default="MXN", max_length=3)),
                        ("redirect_url", models.TextField(default="")),
                        ("decline", models.CharField(default="", max_length=40)),
                        ("card_label", models.CharField(default="", max_length=40)),
                        ("authorization", models.CharField(default="", max_length=40)),
                        ("made_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.payment"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "card_charge",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["created", "requires_action", "processing"])),
                                fields=["changed_at"],
                                name="card_charge_in_doubt",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("gateway", "key"), name="card_charge_key_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "paid")), fields=("payment",), name="card_charge_paid_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["created", "requires_action", "processing"])),
                                fields=("payment",),
                                name="card_charge_one_in_flight",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "created",
                                            "requires_action",
                                            "processing",
                                            "paid",
                                            "declined",
                                            "cancelled",
                                            "expired",
                                        ],
                                    )
                                ),
                                name="card_charge_state_known",
                            ),
                        ],
                    },
                ),
            ],
        )
    ]
