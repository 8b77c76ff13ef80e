"""The verbs of this room."""

from .accounts import approve_account, give_account, propose_account, reject_account
from .asking import approve_refund, ask_refund, propose_refund, reject_refund, withdraw_refund
from .cancelling import cancel_order, take_cancel_back
from .charges import ask_refund_of_charge
from .clocks import run_refunds
from .deciding import approve_any, reject_any, withdraw_any
from .opening import open_refund
from .retrying import approve_again, propose_again
from .unsent import ask_for_unsent, let_rest_go

__all__ = [
    "approve_account",
    "approve_again",
    "approve_any",
    "approve_refund",
    "ask_for_unsent",
    "ask_refund",
    "ask_refund_of_charge",
    "cancel_order",
    "give_account",
    "let_rest_go",
    "open_refund",
    "propose_account",
    "propose_again",
    "propose_refund",
    "reject_account",
    "reject_any",
    "reject_refund",
    "run_refunds",
    "take_cancel_back",
    "withdraw_any",
    "withdraw_refund",
]
