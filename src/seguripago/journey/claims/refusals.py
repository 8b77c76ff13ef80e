"""What claims refuse, with the facts of each refusal."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from seguripago.values.money import Money
from seguripago.values.refusal import Refusal


class ClaimUnknown(Refusal):
    """There is no such claim in this store."""

    code: ClassVar[str] = "SP-464"


class ClaimAlreadyOpen(Refusal):
    """The order has a claim that is still open."""

    code: ClassVar[str] = "SP-465"


class ClaimCannot(Refusal):
    """The claim is not where that step can be taken."""

    code: ClassVar[str] = "SP-466"

    def __init__(self, state: str, verb: str) -> None:
        super().__init__(f"{verb} in {state}")
        self.state, self.verb = state, verb


class NothingToClaim(Refusal):
    """The order has no guarantee yet: its payment is not confirmed."""

    code: ClassVar[str] = "SP-467"


class NotLateYet(Refusal):
    """The store's time to send or to deliver is not over. `until`: when it is."""

    code: ClassVar[str] = "SP-468"

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class NotArrivedYet(Refusal):
    """Nothing of the order has left yet: it cannot have arrived damaged, wrong or incomplete."""

    code: ClassVar[str] = "SP-469"


class ClaimNeedsWords(Refusal):
    """The words are missing, or they are too many."""

    code: ClassVar[str] = "SP-470"

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.least, self.most = least, most


class LinesNotOfOrder(Refusal):
    """A claimed line is not the order's, or more pieces are claimed than were bought."""

    code: ClassVar[str] = "SP-471"

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class TooManyClaimFiles(Refusal):
    """That side of the claim has as many files as it may give."""

    code: ClassVar[str] = "SP-472"

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


class OfferNotPossible(Refusal):
    """The amount is none that this offer can carry: at most what the guarantee answers for."""

    code: ClassVar[str] = "SP-473"

    def __init__(self, amount: Money, held: Money) -> None:
        super().__init__()
        self.amount, self.held = amount, held


class OfferGone(Refusal):
    """The offer is no longer on the table."""

    code: ClassVar[str] = "SP-474"


class DecisionNotPossible(Refusal):
    """The two amounts are not exactly what the guarantee answers for."""

    code: ClassVar[str] = "SP-475"

    def __init__(self, parts: Money, held: Money) -> None:
        super().__init__()
        self.parts, self.held = parts, held


class DecideAgainByOthers(Refusal):
    """An appeal is decided by other people than the first decision, and the store has some."""

    code: ClassVar[str] = "SP-476"


class AppealedAlready(Refusal):
    """The claim was appealed once; the second decision is the last one."""

    code: ClassVar[str] = "SP-477"


class AppealTooLate(Refusal):
    """The days to appeal are over."""

    code: ClassVar[str] = "SP-478"

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class NotYourClaim(Refusal):
    """Only the other side of the claim, or somebody with another role, may do that."""

    code: ClassVar[str] = "SP-479"


class MoneyIsNotHere(Refusal):
    """The store does not have the order's money now: its bank took it back, or a payment waits again."""

    code: ClassVar[str] = "SP-480"
