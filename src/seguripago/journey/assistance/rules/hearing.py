"""What a buyer's sentence can ask or say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seguripago.values.steps import Preference


class Intent(StrEnum):
    """What a sentence asks or says."""

    PERSON = "person"
    MY_PAYMENT = "my_payment"
    TRANSFERRED = "transferred"
    LOST_LINK = "lost_link"
    DEPOSIT = "deposit"
    INVOICE = "invoice"
    WARRANTY = "warranty"
    DELIVERY = "delivery"
    STOCK = "stock"
    HOW_TO_PAY = "how_to_pay"
    CANCEL = "cancel"
    HOURS = "hours"
    EVIDENCE = "evidence"
    ABOUT = "about"
    REJECTS = "rejects"
    ACCEPTS = "accepts"
    THANKS = "thanks"
    GREETING = "greeting"


class Detail(StrEnum):
    """What a question asks for beside its topic."""

    PICKUP = "pickup"

    COST = "cost"
    OTHER_WAYS = "other_ways"
    DOUBT = "doubt"
    OTHER_AMOUNT = "other_amount"


@dataclass(frozen=True, slots=True)
class Heard:
    """A buyer's sentence, read."""

    text: str
    numbers: tuple[str, ...] = ()
    intents: tuple[Intent, ...] = ()
    medium: Preference | None = None
    is_asking: bool = False
    """Something is asked or does not work, whether it was understood or not."""
    half_number: bool = False
    """An order number is begun, and is none."""

    def has(self, intent: Intent) -> bool:
        return intent in self.intents
