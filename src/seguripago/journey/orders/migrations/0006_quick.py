"""Charges without a cart: their kind, who made them, and a line that has no product."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalogue", "0002_lighter_indexes"),
        ("orders", "0005_lighter_indexes"),
        ("stores", "0007_chat_months"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="order",
            name="kind",
            field=models.CharField(
                db_default="cart", help_text="cart, or quick: a charge without a cart.", max_length=5
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="made_by",
            field=models.CharField(blank=True, db_default="", help_text="Who made a quick charge.", max_length=120),
        ),
        migrations.AddField(
            model_name="order",
            name="note",
            field=models.CharField(
                blank=True, db_default="", help_text="What a quick charge says besides.", max_length=400
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="product",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.product",
            ),
        ),
        migrations.RemoveConstraint(model_name="orderline", name="order_line_once_per_product"),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(
                fields=["order", "product"], nulls_distinct=False, name="order_line_once_per_product"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("kind", "quick")), fields=["store", "-id"], name="order_quick_of_store"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["cart", "quick"])), name="order_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "cart"), ("made_by", ""), ("note", "")),
                    models.Q(
                        ("kind", "quick"),
                        ("shipping_centavos", 0),
                        models.Q(("made_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="order_quick_has_its_maker_and_no_parcel",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("product__isnull", False),
                    models.Q(("position", 0), ("quantity", 1)),
                    _connector="OR",
                ),
                name="order_line_free_is_one_piece",
            ),
        ),
        run_file(
            __file__,
            "quick.sql",
            reverse="DROP VIEW inv_order_lines_of_its_kind;"
            " DROP TRIGGER order_quick_has_one_free_line ON shop_order;"
            " DROP TRIGGER order_line_free_only_in_quick ON shop_order_line;"
            " DROP FUNCTION order_quick_has_one_free_line(); DROP FUNCTION order_line_free_only_in_quick();",
        ),
    ]
