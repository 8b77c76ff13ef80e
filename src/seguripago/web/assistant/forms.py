"""The form that opens a conversation: what was typed, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.translation import gettext as _

from seguripago.foundations.staffing.queries import TOPICS
from seguripago.journey.assistance.commands import StartConversation
from seguripago.journey.orders.shapes import OrderView
from seguripago.web.shop.views.checkout import PRIVACY_VERSION

SEGURIPAGO: Final = "seguripago"
OTHER: Final = "other"
_PHONE: Final = re.compile(r"(?:52|521|01|044|045)?[0-9]{10}")
"""Ten digits, also with what people still dial or copy before them: +52, the old +52 1, 01, 044 and 045."""


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
    privacy: str = PRIVACY_VERSION
    topics: frozenset[str] = frozenset()
    wants_transcript: bool = False
    is_message: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def media(self) -> tuple[tuple[str, str], ...]:
        return (("spei", _("Transferencia")), ("link", _("Link encriptado")), ("card", _("Tarjeta")))

    @property
    def boxes(self) -> tuple[tuple[str, str, bool], ...]:
        """The topics besides SEGURIPAGO: key, label, ticked."""
        return tuple((key, _(label), key in self.topics) for key, label in TOPICS.items() if key != SEGURIPAGO)

    @property
    def asked_topics(self) -> tuple[str, ...]:
        """What is ticked, what decides who attends first: a topic besides SEGURIPAGO says more."""
        special = tuple(key for key, _label, is_ticked in self.boxes if is_ticked)
        return special + ((SEGURIPAGO,) if self.is_seguripago else ()) or (OTHER,)

    def is_right(self) -> bool:
        """Check every field and keep a sentence for each that is wrong."""
        self.errors = {}
        if len(self.name) < 2:
            self.errors["name"] = _("Escribe tu nombre.")
        try:
            validate_email(self.email)
        except ValidationError:
            self.errors["email"] = _("Escribe un correo como nombre@ejemplo.com.")
        if self.phone and not _PHONE.fullmatch(re.sub(r"\D", "", self.phone)):
            self.errors["phone"] = _("Escribe los 10 dígitos de tu teléfono.")
        if not self.question:
            self.errors["question"] = _("Escribe tu pregunta.")
        if self.medium not in {value for value, _label in self.media}:
            self.errors["medium"] = _("Elige cómo quieres pagar.")
        if self.privacy != PRIVACY_VERSION:
            self.privacy = PRIVACY_VERSION
            self.errors["privacy"] = _("El aviso de privacidad cambió. Léelo y vuelve a enviar; nada se borró.")
        return not self.errors

    def asked(self, token: str, own_order_tokens: tuple[str, ...], caller: str) -> StartConversation:
        return StartConversation(
            token=token,
            name=self.name,
            email=self.email,
            phone=self.phone,
            topic=self.asked_topics[0],
            other_topics=self.asked_topics[1:],
            question=self.question,
            medium=self.medium,
            own_order_tokens=own_order_tokens,
            privacy_version=self.privacy,
            caller=caller,
            wants_transcript=self.wants_transcript,
            is_message=self.is_message,
        )


def empty_form(key: str, order: OrderView | None) -> StartForm:
    """Prefill with the order of this browser: nobody types twice what we know."""
    form = StartForm(key, question=_("Quiero comprar y pagar de forma segura"))
    if order is not None:
        form.name, form.email, form.phone = order.buyer.name, order.buyer.email, order.buyer.phone
        form.medium = str(order.preference)
    return form


def typed_form(typed: QueryDict) -> StartForm:
    """Read what was sent, cut to what fits."""
    return StartForm(
        key=typed.get("key", "")[:200],
        name=typed.get("name", "").strip()[:120],
        email=typed.get("email", "").strip()[:254],
        phone=typed.get("phone", "").strip()[:20],
        is_seguripago=bool(typed.get("seguripago")),
        # A browser sends each line's end as two characters; its own limit counted one.
        question=typed.get("question", "").replace("\r\n", "\n").strip()[:4000],
        medium=typed.get("medium", ""),
        privacy=typed.get("privacy", "")[:20],
        topics=frozenset(typed.getlist("topic")) & TOPICS.keys(),
        wants_transcript=bool(typed.get("transcript")),
    )
