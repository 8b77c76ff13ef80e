"""The cards that anybody may type at the demo's gateway, and what is wrong with a typed one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

type Step = Literal["", "redirect", "frame"]
type Answer = Literal["", "slow", "lost"]


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card that anybody may type, and what happens to it.

    `bank`: its bank asks first, on a page of its own or in a frame. `answer`: the store's server hears late, or never.
    `waits`: the charge is in process for a moment. `declines_months`: only a single payment passes.
    """

    __test__ = False

    number: str
    brand: str
    says: Promise
    decline: str = ""
    bank: Step = ""
    answer: Answer = ""
    waits: bool = False
    declines_months: bool = False

    @property
    def label(self) -> str:
        """All of it that is ever kept or told."""
        return f"{self.brand} •••• {self.number[-4:]}"

    @property
    def spaced(self) -> str:
        return " ".join(self.number[place : place + 4] for place in range(0, 16, 4))


_CARDS: Final = (
    TestCard("4242424242424242", "Visa", gettext_lazy("Se paga")),
    TestCard("5555555555554444", "Mastercard", gettext_lazy("Se paga (Mastercard)")),
    TestCard("4000000000003220", "Visa", gettext_lazy("Tu banco pide autorizar en su página"), bank="redirect"),
    TestCard("4000000000003063", "Visa", gettext_lazy("Tu banco pide autorizar en una ventana"), bank="frame"),
    TestCard("4000000000009995", "Visa", gettext_lazy("Rechazada: fondos insuficientes"), "insufficient_funds"),
    TestCard("4000000000000317", "Visa", gettext_lazy("Rechazada: pasa de su límite"), "limit_exceeded"),
    TestCard("4000000000000069", "Visa", gettext_lazy("Rechazada: tarjeta vencida"), "card_expired"),
    TestCard("4000000000000127", "Visa", gettext_lazy("Rechazada: código de seguridad incorrecto"), "wrong_cvc"),
    TestCard("4000000000009979", "Visa", gettext_lazy("Rechazada: tarjeta reportada"), "stolen_card"),
    TestCard("4000000000000325", "Visa", gettext_lazy("Rechazada: el banco pide una llamada"), "call_bank"),
    TestCard("4000000000000333", "Visa", gettext_lazy("Rechazada: intenta más tarde"), "try_later"),
    TestCard("4000000000000002", "Visa", gettext_lazy("Rechazada por el banco, sin motivo"), "declined"),
    TestCard("4000000000000341", "Visa", gettext_lazy("Se paga, pero no a meses"), declines_months=True),
    TestCard("4000000000000358", "Visa", gettext_lazy("Queda en proceso y se paga poco después"), waits=True),
    TestCard("4000000000000366", "Visa", gettext_lazy("Se paga, pero contesta tarde"), answer="slow"),
    TestCard("4000000000000374", "Visa", gettext_lazy("Se cobra y la respuesta se pierde"), answer="lost"),
)
TEST_CARDS: Final = {card.number: card for card in _CARDS}
BY_LABEL: Final = {card.label: card for card in _CARDS}


@dataclass(frozen=True, slots=True)
class TypedCard:
    """What the buyer typed, and what is wrong with it, by field. The number stays in this request."""

    card: TestCard | None
    name: str
    expiry: str
    errors: Mapping[str, str]


def read_card(form: Mapping[str, str], *, today: date) -> TypedCard:
    """Check what was typed: a test card, a date to come, a code, a name."""
    number = re.sub(r"[\s-]", "", form.get("number", ""))
    card, errors = TEST_CARDS.get(number), {}
    if not number:
        errors["number"] = _("Escribe el número de la tarjeta.")
    elif card is None:
        errors["number"] = _("Aquí solo sirven las tarjetas de prueba de la lista. No escribas una tarjeta real.")
    expiry = form.get("expiry", "").strip()[:7]
    found = re.fullmatch(r"(0[1-9]|1[0-2])\s*/\s*(\d{2})", expiry, re.ASCII)
    if found is None:
        errors["expiry"] = _("Escribe el mes y el año, por ejemplo 12/30.")
    elif (2000 + int(found[2]), int(found[1])) < (today.year, today.month):
        errors["expiry"] = _("Esa fecha ya pasó.")
    if not re.fullmatch(r"\d{3}", form.get("cvc", "").strip(), re.ASCII):
        errors["cvc"] = _("Son tres dígitos, al reverso de la tarjeta.")
    name = " ".join(form.get("name", "").split())[:60]
    if len(name) < 3:
        errors["name"] = _("Escribe el nombre como aparece en la tarjeta.")
    return TypedCard(card, name, expiry, errors)
