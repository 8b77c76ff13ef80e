"""The form that opens a conversation: what was typed, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from seguripago.journey.assistance.commands import StartConversation
from seguripago.journey.orders.shapes import OrderView


@dataclass(slots=True)
class StartForm:
    """Everything typed stays, whatever is wrong. `errors` has one sentence per field."""

    key: str
    name: str = ""
    email: str = ""
    phone: str = ""
    is_seguripago: bool = True
    question: str = ""
    medium: str = "spei"
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def media(self) -> tuple[tuple[str, str], ...]:
        return (("spei", _("Transferencia")), ("link", _("Link encriptado")), ("card", _("Tarjeta")))

    def is_right(self) -> bool:
        """Check every field and keep a sentence for each that is wrong."""
        self.errors = {}
        if len(self.name) < 2:
            self.errors["name"] = _("Escribe tu nombre.")
        try:
            validate_email(self.email)
        except ValidationError:
            self.errors["email"] = _("Escribe un correo como nombre@ejemplo.com.")
        if self.phone and len(re.sub(r"\D", "", self.phone).removeprefix("52")) != 10:
            self.errors["phone"] = _("Escribe los 10 dígitos de tu teléfono.")
        if not self.question:
            self.errors["question"] = _("Escribe tu pregunta.")
        if self.medium not in {value for value, _label in self.media}:
            self.errors["medium"] = _("Elige cómo quieres pagar.")
        return not self.errors

    def asked(self, token: str, own_order_tokens: tuple[str, ...]) -> StartConversation:
        topic = "SEGURIPAGO" if self.is_seguripago else _("Otro tema")
        return StartConversation(
            token=token,
            name=self.name,
            email=self.email,
            phone=self.phone,
            topic=topic,
            question=self.question,
            medium=self.medium,
            own_order_tokens=own_order_tokens,
        )


def empty_form(key: str, order: OrderView | None) -> StartForm:
    """Prefill with the order of this browser: nobody types twice what we know."""
    form = StartForm(key, question=_("Quiero comprar y pagar de forma segura"))
    if order is not None:
        form.name, form.email, form.phone = order.buyer.name, order.buyer.email, order.buyer.phone
        form.medium = str(order.preference)
    return form


def typed_form(typed: Mapping[str, str]) -> StartForm:
    """Read what was sent, cut to what fits."""
    return StartForm(
        key=typed.get("key", "")[:200],
        name=typed.get("name", "").strip()[:120],
        email=typed.get("email", "").strip()[:254],
        phone=typed.get("phone", "").strip()[:20],
        is_seguripago=bool(typed.get("seguripago")),
        question=typed.get("question", "").strip()[:4000],
        medium=typed.get("medium", ""),
    )
