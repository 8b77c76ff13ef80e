"""What approvals refuse, with the facts of each refusal."""

from __future__ import annotations

from datetime import datetime

from seguripago.values.refusal import Refusal


class ProposalUnknown(Refusal):
    """There is no such proposal in this store."""

    code = "SP-510"


class AlreadyProposed(Refusal):
    """Somebody has proposed something about this already, and it waits for its second person."""

    code = "SP-511"


class SamePerson(Refusal):
    """Nobody approves what he proposed. `free_at`: when a lone owner's delay is over, if he has one."""

    code = "SP-512"

    def __init__(self, free_at: datetime | None = None) -> None:
        super().__init__()
        self.free_at = free_at


class ProposalNotOpen(Refusal):
    """The proposal was decided, taken back or has expired."""

    code = "SP-513"

    def __init__(self, state: str) -> None:
        super().__init__(f"The proposal is {state}.")
        self.state = state


class NotWhatWasSeen(Refusal):
    """The hash that the checker saw is not this proposal's."""

    code = "SP-514"


class ChangedMeanwhile(Refusal):
    """What would be done is no longer what was proposed, so the proposal is void. `why` says what changed."""

    code = "SP-515"

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class NotYourRole(Refusal):
    """The person's role in this store may not propose, or may not decide."""

    code = "SP-516"


class PolicyNotPossible(Refusal):
    """There is no such policy, or it cannot take that value."""

    code = "SP-517"


class NothingToChange(Refusal):
    """The store's policy says that already."""

    code = "SP-518"
