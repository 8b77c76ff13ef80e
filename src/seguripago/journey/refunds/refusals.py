"""What refunds refuse, with the facts of each refusal."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seguripago.values.money import Money
from seguripago.values.refusal import Refusal


class RefundUnknown(Refusal):
    """There is no such refund in this store."""

    code = "SP-533"


class RefundTooMuch(Refusal):
    """Not so much of the order's money is left to give back: what is on its way and what went back count."""

    code = "SP-534"

    def __init__(self, left: Money) -> None:
        super().__init__(str(left))
        self.left = left


class RefundWithoutWhy(Refusal):
    """An amount or the reason of the refund is missing."""

    code = "SP-535"


class RefundElsewhere(Refusal):
    """The refund is not where this could be done with it."""

    code = "SP-536"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class AccountNotNeeded(Refusal):
    """No part of this refund waits for an account."""

    code = "SP-537"


class ClabeWrong(Refusal):
    """The CLABE has not eighteen digits, or its check digit says that one of them is wrong."""

    code = "SP-538"


class HolderMissing(Refusal):
    """Nobody said in whose name the account is."""

    code = "SP-539"


class TooManyAccounts(Refusal):
    """The buyer gave as many accounts for one refund as may wait for a person."""

    code = "SP-493"
    says: ClassVar[Promise] = _(
        "Ya nos diste varias cuentas para este reembolso y la tienda las está revisando. "
        "Si hay que cambiarla, escríbenos en el chat."
    )


class TooLateToCancel(Refusal):
    """The order left, or a part of it: it can no longer be cancelled, only given back or claimed."""

    code = "SP-540"


class CancelAsked(Refusal):
    """Somebody has asked to cancel this order already."""

    code = "SP-541"


class UnsentAsked(Refusal):
    """What will not be sent of this order was said already: its refund waits for a second person."""

    code = "SP-424"


class NothingPaid(Refusal):
    """No money of this order could go back."""

    code = "SP-542"
