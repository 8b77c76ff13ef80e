"""The verbs of this room."""

from ..refusals import (
    AlreadyProposed,
    ChangedMeanwhile,
    NothingToChange,
    NotWhatWasSeen,
    NotYourRole,
    PolicyNotPossible,
    ProposalNotOpen,
    ProposalUnknown,
    SamePerson,
)
from .decide import deciding, expire_proposals, grant, lock, mark_told, reject, void, withdraw
from .policy import approve_policy, propose_policy
from .propose import Asked, propose

__all__ = [
    "AlreadyProposed",
    "Asked",
    "ChangedMeanwhile",
    "NotWhatWasSeen",
    "NotYourRole",
    "NothingToChange",
    "PolicyNotPossible",
    "ProposalNotOpen",
    "ProposalUnknown",
    "SamePerson",
    "approve_policy",
    "deciding",
    "expire_proposals",
    "grant",
    "lock",
    "mark_told",
    "propose",
    "propose_policy",
    "reject",
    "void",
    "withdraw",
]
