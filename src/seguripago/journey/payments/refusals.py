"""What payments refuse, with the facts of each refusal."""

from __future__ import annotations

from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from .rules import LinkStanding


class NotAccepted(Refusal):
    """Bank details and link wait for the six checks and the buyer's acceptance."""

    code = "SP-201"


class AlreadyPaid(Refusal):
    """The order is paid; nothing more is asked for."""

    code = "SP-202"


class OrderEnded(Refusal):
    """The order was cancelled or expired and takes no payment."""

    code = "SP-203"


class NoOpenTransfer(Refusal):
    """There are no transfer details to act on."""

    code = "SP-206"


class BadLink(Refusal):
    """The payment link is forged, altered or unknown."""

    code = "SP-209"


class ExtensionRefused(Refusal):
    """The clock of this payment cannot be extended any further."""

    code = "SP-210"


class LinkNotPayable(Refusal):
    """The payment link takes no payment now: it was paid, its time is over, it was withdrawn or replaced."""

    code = "SP-211"

    def __init__(self, standing: LinkStanding) -> None:
        super().__init__(standing.value)
        self.standing = standing


class DepositOutOfPlace(Refusal):
    """A deposit is more than nothing and less than what is missing; a link without one asks for all that is missing."""

    code = "SP-212"

    def __init__(self, missing: Money) -> None:
        super().__init__(str(missing))
        self.missing = missing


class LinkEnded(Refusal):
    """The payment link had ended before; there is nothing to withdraw."""

    code = "SP-213"
