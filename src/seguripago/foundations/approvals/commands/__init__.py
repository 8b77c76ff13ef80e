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
from .accounts import approve_for_store, approve_prefix, propose_prefix
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
    "approve_for_store",
    "approve_policy",
    "approve_prefix",
    "deciding",
    "expire_proposals",
    "grant",
    "lock",
    "mark_told",
    "propose",
    "propose_policy",
    "propose_prefix",
    "reject",
    "void",
    "withdraw",
]
