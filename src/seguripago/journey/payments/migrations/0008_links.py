"""Links say what they ask for, why they ended and who made them; every look at one is kept."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from seguripago.foundations.sql_files import run_file

LIVE = ["active", "opened"]
FILL = """
    UPDATE payment_link l SET
        amount_centavos = p.amount_centavos, target_centavos = p.amount_centavos,
        ended_at = CASE WHEN l.state IN ('active', 'opened') THEN NULL ELSE greatest(l.made_at, p.changed_at) END,
        first_opened_at = CASE WHEN l.state = 'opened' THEN coalesce(l.first_opened_at, l.made_at)
                               ELSE l.first_opened_at END
    FROM payment p
    WHERE p.id = l.payment_id
"""
UNDO = """
    DROP VIEW inv_link_asks_otherwise, inv_link_paid_twice, inv_link_live_reached, inv_link_paid_not_received;
    DROP TRIGGER link_open_is_append_only ON payment_link_open;
    DROP TRIGGER link_keeps_its_word ON payment_link;
    DROP FUNCTION link_keeps_its_word();
    DROP TRIGGER link_asks_what_is_missing ON payment_link;
    DROP FUNCTION link_asks_what_is_missing();
"""


def name_version(apps: Any, schema_editor: Any) -> None:
    """The links that there are were made for the version that their order has now."""
    payments = apps.get_model("payments", "Payment").objects.filter(pk=models.OuterRef("payment"))
    version = models.Subquery(payments.values("order__pre_invoice_version"))
    apps.get_model("payments", "Link").objects.update(order_version=version)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("facts", "0002_append_only"),
        ("orders", "0001_initial"),
        ("payments", "0007_cards_moved_out"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            "link",
            "purpose",
            models.CharField(default="whole", max_length=8, help_text="whole, deposit, rest or quick"),
            preserve_default=False,
        ),
        migrations.AddField(
            "link",
            "amount_centavos",
            models.BigIntegerField(default=0, help_text="What it asks for, exactly."),
            preserve_default=False,
        ),
        migrations.AddField(
            "link",
            "target_centavos",
            models.BigIntegerField(default=0, help_text="What the payment has received when this link is paid."),
            preserve_default=False,
        ),
        migrations.AddField(
            "link",
            "order_version",
            models.PositiveIntegerField(default=1, help_text="Of the PRE-FACTURA that it was made for."),
            preserve_default=False,
        ),
        migrations.AddField(
            "link",
            "phrase",
            models.CharField(default="", max_length=60, help_text="The words that page, chat and mail show alike."),
            preserve_default=False,
        ),
        migrations.AddField("link", "made_by", models.CharField(max_length=120, default="")),
        migrations.AddField("link", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField("link", "ended_why", models.CharField(max_length=120, default="")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(name_version, migrations.RunPython.noop),
        # What the rows were given is checked at once: a constraint cannot be added over events that wait.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint("link", "link_pays_once"),
        migrations.AddConstraint(
            "link",
            models.UniqueConstraint(
                fields=["payment", "target_centavos"], condition=Q(state="paid"), name="link_pays_once"
            ),
        ),
        migrations.AddConstraint(
            "link",
            models.CheckConstraint(
                condition=Q(purpose__in=["whole", "deposit", "rest", "quick"]), name="link_purpose_known"
            ),
        ),
        migrations.AddConstraint(
            "link",
            models.CheckConstraint(
                condition=Q(amount_centavos__gt=0, target_centavos__gte=F("amount_centavos")),
                name="link_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            "link",
            models.CheckConstraint(
                condition=~Q(purpose="whole") | Q(target_centavos=F("amount_centavos")),
                name="link_whole_is_from_nothing",
            ),
        ),
        migrations.AddConstraint(
            "link",
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at__isnull=True) | (~Q(state__in=LIVE) & Q(ended_at__isnull=False)),
                name="link_ended_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            "link",
            models.CheckConstraint(
                condition=~Q(state="opened") | Q(first_opened_at__isnull=False), name="link_opened_has_its_time"
            ),
        ),
        migrations.AddIndex(
            "link", models.Index(fields=["expires_at"], condition=Q(state__in=LIVE), name="link_to_expire")
        ),
        migrations.CreateModel(
            name="LinkOpen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("caller", models.CharField(help_text="A hash under the day's salt.", max_length=32)),
                (
                    "agent",
                    models.CharField(help_text="phone, computer, preview, robot or unknown", max_length=8),
                ),
                ("own_session", models.BooleanField(help_text="Whether the order's own buyer looked.")),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opens", to="payments.link"
                    ),
                ),
            ],
            options={
                "db_table": "payment_link_open",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(agent__in=["phone", "computer", "preview", "robot", "unknown"]),
                        name="link_open_agent_known",
                    )
                ],
            },
        ),
        run_file(__file__, "link_truths.sql", reverse=UNDO),
    ]
