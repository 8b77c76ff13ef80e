"""What payments refuse, with the facts of each refusal."""

from __future__ import annotations

from seguripago.values.refusal import Refusal


class NotAccepted(Refusal):
    """Bank details and link wait for the six checks and the buyer's acceptance."""

    code = "SP-201"


class AlreadyPaid(Refusal):
    """The order is paid; nothing more is asked for."""

    code = "SP-202"


class OrderEnded(Refusal):
    """The order was cancelled or expired and takes no payment."""

    code = "SP-203"


class ChecksFail(Refusal):
    """One of the six automatic checks fails, so the card is not charged."""

    code = "SP-205"

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(", ".join(labels))
        self.labels = labels


class NoOpenTransfer(Refusal):
    """There are no transfer details to act on."""

    code = "SP-206"


class ChargeInFlight(Refusal):
    """A card charge of this order waits for its answer; a second one would charge twice."""

    code = "SP-207"

    def __init__(self, redirect_url: str) -> None:
        super().__init__()
        self.redirect_url = redirect_url


class GatewayTrouble(Refusal):
    """The card gateway does not answer now; nothing was charged twice."""

    code = "SP-208"


class BadLink(Refusal):
    """The payment link is forged, altered or unknown."""

    code = "SP-209"


class ExtensionRefused(Refusal):
    """The clock of this payment cannot be extended any further."""

    code = "SP-210"
