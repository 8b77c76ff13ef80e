from django.db import models
from django.db.models import Q


class Cart(models.Model):
    """What one browser is choosing in one store. `cycle` grows when it is emptied: each purchase has its own key."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+")
    token = models.CharField(max_length=64)
    cycle = models.PositiveIntegerField(default=0)
    details = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "cart"
        constraints = [
            models.UniqueConstraint(fields=["token", "store"], name="cart_once_per_token_and_store"),
            models.CheckConstraint(condition=Q(token__regex=r"^.{16,64}$"), name="cart_token_long_enough"),  # noqa: S106
        ]
        indexes = [models.Index(fields=["updated_at"], name="cart_by_age")]


class CartLine(models.Model):
    """So many pieces of a product in a cart."""

    cart = models.ForeignKey(Cart, models.PROTECT, related_name="lines", db_index=False)
    product = models.ForeignKey("catalogue.Product", models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "cart_line"
        constraints = [
            models.UniqueConstraint(fields=["cart", "product"], name="cart_line_once_per_product"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(quantity__lte=9999), name="cart_line_quantity_possible"
            ),
        ]
