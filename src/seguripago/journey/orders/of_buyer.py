"""Every order of one person in a store: for whoever must tell him what is kept, or erase it."""

from __future__ import annotations

from django.db.models import F, Func, Q, Value

from seguripago.values.contact import Contact

from .models import Order
from .reading import views_of
from .shapes import OrderView


def orders_of_buyer(store_id: int, contact: Contact) -> tuple[OrderView, ...]:
    """The person's orders in this store, oldest first. It reads the whole store: a rare question, by a command."""
    wanted = Q(pk__in=())
    if contact.email:
        wanted |= Q(buyer_email__iexact=contact.email)
    if contact.phone:
        wanted |= Q(digits__endswith=contact.phone)
    digits = Func(F("buyer_phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
    return views_of(list(Order.objects.filter(store_id=store_id).alias(digits=digits).filter(wanted).order_by("pk")))
