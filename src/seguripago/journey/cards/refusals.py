"""What cards refuse, with the facts of each refusal."""

from __future__ import annotations

from seguripago.values.money import Money
from seguripago.values.refusal import Refusal


class ChecksFail(Refusal):
    """One of the six automatic checks fails, so the card is not charged."""

    code = "SP-205"

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__(", ".join(labels))
        self.labels = labels


class ChargeInFlight(Refusal):
    """A card charge of this order waits for its answer; a second one would charge twice. `key` names it."""

    code = "SP-207"

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class GatewayTrouble(Refusal):
    """The card gateway does not answer now; nothing was charged."""

    code = "SP-208"


class NoGateway(Refusal):
    """The store takes no cards: none of its gateways takes new charges."""

    code = "SP-230"


class NoCardToken(Refusal):
    """The gateway's fields gave no token for the card, and the gateway has no page of its own."""

    code = "SP-231"


class MonthsNotOffered(Refusal):
    """These months without interest are not offered for this amount."""

    code = "SP-232"


class NotThisKey(Refusal):
    """The key of the charge was not made for this order."""

    code = "SP-233"


class ValueNotPossible(Refusal):
    """A value of the gateway's account is unknown, too long, or has an address that is not the gateway's."""

    code = "SP-234"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class GatewayNotReady(Refusal):
    """The gateway's account misses values that it cannot do without."""

    code = "SP-235"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class MonthsNotPossible(Refusal):
    """Months without interest are 3, 6, 9, 12, 18 or 24, where the gateway has them, each from an amount on."""

    code = "SP-236"


class GatewayUnknown(Refusal):
    """There is no such gateway, or the store has not set it up."""

    code = "SP-237"


class TooManyTries(Refusal):
    """A card was tried for this order so often within an hour that somebody may be trying out stolen ones."""

    code = "SP-238"


class OnlyTestMoney(Refusal):
    """The keys are of the gateway's test mode: what it calls paid is no money, and nothing may be sent for it."""

    code = "SP-239"


class NotCharged(Refusal):
    """The card was not charged, so nothing can go back to it."""

    code = "SP-247"


class RefundTooLarge(Refusal):
    """Not so much of the charge is left to refund: refunds done and on their way count. `left` is what is."""

    code = "SP-248"

    def __init__(self, left: Money) -> None:
        super().__init__(str(left))
        self.left = left


class ChargeDisputed(Refusal):
    """The cardholder's bank has taken this charge back: a refund would give the money twice."""

    code = "SP-249"


class MoneyUnplaced(Refusal):
    """The money of this charge is in a case: what becomes of it is decided there."""

    code = "SP-250"


class ChargeUnknown(Refusal):
    """There is no such charge in this store."""

    code = "SP-251"


class RefundUnclear(Refusal):
    """The amount cannot be read, or nobody said why."""

    code = "SP-252"


class OnlyWhole(Refusal):
    """This gateway gives back whole charges only."""

    code = "SP-253"


class CardNumberRefused(Refusal):
    """What should be a token of the gateway's fields looks like a card number: it is neither used nor kept."""

    code = "SP-254"


class ApartGone(Refusal):
    """What was kept apart of this charge is not there any more: it went back to the card, or a payment has it."""

    code = "SP-255"
