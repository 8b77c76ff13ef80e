"""Many parcels an order: what is in each, what happened to it. The one parcel of before keeps all that it held."""

from pathlib import Path
from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file
from seguripago.values.calendar import end_of_working_day

KINDS = [
    "sent", "collected", "travels", "arrived_near", "out_for_delivery", "not_found", "delayed", "delivered",
    "returned", "late_to_send", "late_to_arrive", "asked",
]  # fmt: skip
SAYS = ["store", "carrier", "buyer", "clock"]
# What the one parcel of an order held is all that was ordered; whose word the delivery was, the audit has.
BRING_ALONG = """
    UPDATE shipment s SET promised_to = o.promised_to FROM shop_order o WHERE o.id = s.order_id;
    UPDATE shipment SET delivered_says = 'store' WHERE state = 'delivered';
    UPDATE shipment SET returned_at = shipped_at, return_reason = '—' WHERE state = 'returned';
    INSERT INTO shipment_line (shipment_id, order_line_id, quantity)
        SELECT s.id, l.id, l.quantity FROM shipment s JOIN shop_order_line l ON l.order_id = s.order_id
        WHERE s.state <> 'preparing' ORDER BY s.id, l.position;
    INSERT INTO shipment_event (shipment_id, kind, at, noted_at, place, says, source, key)
        SELECT id, 'sent', shipped_at, shipped_at, '', '', 'store', 'sent' FROM shipment
        WHERE shipped_at IS NOT NULL AND carrier <> 'by_hand' ORDER BY id;
    INSERT INTO shipment_event (shipment_id, kind, at, noted_at, place, says, source, key)
        SELECT id, 'delivered', delivered_at, delivered_at, '', '', delivered_says, 'delivered' FROM shipment
        WHERE delivered_at IS NOT NULL ORDER BY id;
"""
UNDO = (Path(__file__).parent / "sql" / "parcels_reverse.sql").read_text()
BEFORE = "DELETE FROM shipment_event; DELETE FROM shipment_line;"


def fill_ship_by(apps: Any, schema_editor: Any) -> None:
    shipments = apps.get_model("delivery", "Shipment")
    days = dict(apps.get_model("stores", "Store").objects.values_list("pk", "ship_days"))
    rows = list(shipments.objects.only("pk", "store_id", "prepared_at"))
    for row in rows:
        row.ship_by = end_of_working_day(row.prepared_at, days[row.store_id])
    shipments.objects.bulk_update(rows, ["ship_by"], batch_size=500)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("delivery", "0003_money_went_back"),
        ("orders", "0007_part_sent"),
        ("stores", "0007_chat_months"),
    ]

    operations: ClassVar = [
        migrations.RunSQL("DROP VIEW inv_shipment_differs_from_order;", reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(
            "shipment",
            "order",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order", db_index=False
            ),
        ),
        migrations.AddField(
            "shipment",
            "position",
            models.PositiveSmallIntegerField(default=1, help_text="1 for the first parcel of the order."),
        ),
        migrations.AddField(
            "shipment",
            "tracking_link",
            models.CharField(
                blank=True,
                default="",
                max_length=300,
                help_text="Typed by the store, where its carrier has no page here.",
            ),
        ),
        migrations.AddField("shipment", "ship_by", models.DateTimeField(null=True)),
        migrations.AddField("shipment", "promised_to", models.DateField(null=True)),
        migrations.AddField("shipment", "returned_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "shipment",
            "delivered_says",
            models.CharField(blank=True, default="", max_length=8, help_text="Whose word it is."),
        ),
        migrations.AddField("shipment", "received_by", models.CharField(blank=True, default="", max_length=120)),
        migrations.AddField("shipment", "return_reason", models.CharField(blank=True, default="", max_length=240)),
        migrations.AddField(
            "shipment", "followed_at", models.DateTimeField(null=True, help_text="When its carrier was last asked.")
        ),
        migrations.CreateModel(
            name="ShipmentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="delivery.shipment",
                    ),
                ),
            ],
            options={
                "db_table": "shipment_line",
                "constraints": [
                    models.UniqueConstraint(fields=["shipment", "order_line"], name="shipment_line_once"),
                    models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("noted_at", models.DateTimeField()),
                ("place", models.CharField(blank=True, default="", max_length=120)),
                ("says", models.CharField(blank=True, default="", max_length=240)),
                ("source", models.CharField(max_length=8)),
                (
                    "key",
                    models.CharField(
                        max_length=80, help_text="Names it within its parcel: what is told twice is kept once."
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="delivery.shipment",
                    ),
                ),
            ],
            options={
                "db_table": "shipment_event",
                "constraints": [
                    models.UniqueConstraint(fields=["shipment", "key"], name="shipment_event_once"),
                    models.CheckConstraint(condition=Q(kind__in=KINDS), name="shipment_event_kind_known"),
                    models.CheckConstraint(condition=Q(source__in=SAYS), name="shipment_event_said"),
                ],
            },
        ),
        migrations.RunPython(fill_ship_by, migrations.RunPython.noop),
        migrations.RunSQL(BRING_ALONG, reverse_sql=BEFORE),
        # What the rows above left to be checked at the end is checked now: the table changes its shape below.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(
            "shipment",
            "ship_by",
            models.DateTimeField(help_text="The end of the last day on which the store may send it."),
        ),
        migrations.AlterField(
            "shipment",
            "promised_to",
            models.DateField(help_text="The last day on which it may arrive, as the order was promised."),
        ),
        migrations.AddConstraint(
            "shipment",
            models.UniqueConstraint(fields=["order", "position"], name="shipment_place_in_its_order"),
        ),
        migrations.AddConstraint(
            "shipment",
            models.UniqueConstraint(fields=["order"], condition=Q(state="preparing"), name="shipment_one_prepared"),
        ),
        migrations.AddConstraint(
            "shipment",
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_says__in=SAYS)
                | (~Q(state="delivered") & Q(delivered_says="")),
                name="shipment_delivered_by_a_word",
            ),
        ),
        migrations.AddConstraint(
            "shipment",
            models.CheckConstraint(
                condition=(Q(state="returned", returned_at__isnull=False) & ~Q(return_reason=""))
                | (~Q(state="returned") & Q(returned_at__isnull=True, return_reason="")),
                name="shipment_returned_has_its_reason",
            ),
        ),
        migrations.AddConstraint(
            "shipment",
            models.CheckConstraint(
                condition=Q(tracking_link="") | Q(tracking_link__startswith="https://"), name="shipment_link_is_https"
            ),
        ),
        migrations.AddIndex(
            "shipment",
            models.Index(
                fields=["store", "promised_to"],
                name="shipment_on_the_way",
                condition=Q(state__in=["shipped", "in_transit"]),
            ),
        ),
        run_file(__file__, "parcels.sql", reverse=UNDO),
    ]
