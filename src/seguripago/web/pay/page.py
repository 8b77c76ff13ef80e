"""What the page behind a link is about at each moment. Pure: no request, no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from seguripago.values.money import Money

from .proof import Proof


class Panel(StrEnum):
    """What the page is about, and the name of its template."""

    PROVE = "prove"
    ACCEPT = "accept"
    PAY = "pay"
    PAID = "paid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Way(StrEnum):
    """How the payer pays: the word in the address is the one on the page."""

    SPEI = "spei"
    CARD = "tarjeta"


def panel_of(standing: str, proof: Proof, *, waits_for_yes: bool) -> Panel:
    """Decide what the page is about. That it ended is told to whoever holds the link; how to pay, after a proof."""
    if standing != "valid":
        return Panel(standing)
    if proof is Proof.NONE:
        return Panel.PROVE
    return Panel.ACCEPT if waits_for_yes else Panel.PAY


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks for, in words: `amount` is what is still to be paid through it."""

    purpose: str
    amount: Money
    whole: Money
    received: Money
    rest: Money
    is_fixed_with_shipping: bool

    @property
    def title(self) -> str:
        """The name of the amount."""
        if self.purpose == "deposit":
            return _("Anticipo de tu pedido")
        if self.purpose == "rest":
            return _("Resto de tu pedido")
        return _("Monto a pagar")

    @property
    def badge(self) -> str:
        """Why nobody is asked to type an amount."""
        if self.purpose in {"deposit", "rest"}:
            return _("Monto fijo, IVA incluido")
        return _("Monto fijo, IVA y envío incluidos") if self.is_fixed_with_shipping else _("Monto fijo, IVA incluido")

    @property
    def says(self) -> str:
        """What the amount is a part of; empty for the whole."""
        told = {"amount": self.amount, "whole": self.whole, "received": self.received, "rest": self.rest}
        if self.purpose == "deposit":
            return _("Anticipo de %(amount)s de %(whole)s; el resto, %(rest)s, lo pagas después con otro link.") % told
        if self.purpose == "rest":
            return _("Ya recibimos %(received)s de %(whole)s; con esto queda pagado tu pedido.") % told
        return ""
