"""Which gateway a store charges through, what gateways told us, and when each charge in doubt is asked about next."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
    UPDATE card_charge c SET
        store_id = p.store_id,
        ask_at = CASE WHEN c.state IN ('created', 'requires_action', 'processing') THEN c.changed_at END,
        next_action = CASE WHEN c.state IN ('created', 'requires_action', 'processing') AND c.redirect_url <> ''
            THEN jsonb_build_object('kind', 'redirect', 'url', c.redirect_url) END
    FROM payment p WHERE p.id = c.payment_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0002_refunds"),
        ("payments", "0009_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20)),
                ("event_id", models.CharField(max_length=120)),
                ("store_id", models.BigIntegerField()),
                ("type", models.CharField(default="", max_length=60)),
                ("ref", models.CharField(default="", max_length=120)),
                ("key", models.CharField(default="", max_length=80)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("asks", models.PositiveSmallIntegerField(default=0)),
                ("ask_at", models.DateTimeField(null=True)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "gateway_event",
            },
        ),
        migrations.CreateModel(
            name="StoreGateway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("gateway", models.CharField(max_length=20)),
                ("sealed", models.BinaryField(help_text="Secrets as JSON, encrypted with the main key.")),
                ("given", models.JSONField(default=list, help_text="Names of the values that are set.")),
                ("shown", models.JSONField(default=dict, help_text="Values that are no secret, by name.")),
                (
                    "previous_until",
                    models.DateTimeField(help_text="When the webhook secret before this one stops opening.", null=True),
                ),
                (
                    "months",
                    models.JSONField(
                        default=dict, help_text="Months without interest: how many, from which centavos on."
                    ),
                ),
                ("is_active", models.BooleanField(default=False)),
                ("tested_at", models.DateTimeField(null=True)),
                ("test_said", models.CharField(default="", help_text="Empty: the gateway answered.", max_length=120)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "store_gateway",
            },
        ),
        migrations.RemoveConstraint(
            model_name="cardcharge",
            name="card_charge_paid_once",
        ),
        migrations.RemoveIndex(
            model_name="cardcharge",
            name="card_charge_in_doubt",
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="ask_at",
            field=models.DateTimeField(help_text="When the gateway is asked next; null once it has ended.", null=True),
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="asks",
            field=models.PositiveSmallIntegerField(default=0, help_text="How often the gateway was asked in vain."),
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="can_retry",
            field=models.BooleanField(default=True, help_text="Whether the same card may be tried again."),
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="installments",
            field=models.PositiveSmallIntegerField(default=1, help_text="Months without interest; 1: at once."),
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="link",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.link"
            ),
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="next_action",
            field=models.JSONField(help_text="What the buyer does next, while the charge waits for it.", null=True),
        ),
        migrations.AddField(
            model_name="cardcharge",
            name="store_id",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="cardcharge",
            index=models.Index(
                condition=models.Q(("state__in", ["created", "requires_action", "processing"])),
                fields=["ask_at"],
                name="card_charge_in_doubt",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardcharge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ref", ""), _negated=True),
                fields=("gateway", "store_id", "ref"),
                name="card_charge_ref_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_centavos__gt", 0)), name="card_charge_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(("installments__in", [1, 3, 6, 9, 12, 18, 24])),
                name="card_charge_installments_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardcharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ask_at__isnull", False), ("state__in", ["created", "requires_action", "processing"])),
                    models.Q(
                        models.Q(("state__in", ["created", "requires_action", "processing"]), _negated=True),
                        ("ask_at__isnull", True),
                        ("next_action__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="card_charge_waits_or_ended",
            ),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="charge",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.cardcharge"
            ),
        ),
        migrations.AddConstraint(
            model_name="storegateway",
            constraint=models.UniqueConstraint(fields=("store_id", "gateway"), name="store_gateway_once"),
        ),
        migrations.AddConstraint(
            model_name="storegateway",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)), fields=("store_id",), name="store_gateway_one_active"
            ),
        ),
        migrations.RemoveField(
            model_name="cardcharge",
            name="redirect_url",
        ),
        migrations.AddIndex(
            model_name="gatewayevent",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["ask_at"], name="gateway_event_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.UniqueConstraint(fields=("gateway", "event_id", "store_id"), name="gateway_event_once"),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ask_at__isnull", False), ("state", "waiting")),
                    models.Q(("ask_at__isnull", True), ("state__in", ["looked", "unknown"])),
                    _connector="OR",
                ),
                name="gateway_event_waits_or_ended",
            ),
        ),
    ]
