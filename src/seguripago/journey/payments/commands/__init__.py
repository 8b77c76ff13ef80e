"""The verbs of this room."""

from .again import ask_links_again, send_link_again
from .card import AskedCard, ask_card
from .clock import claim_transfer, expire_payments, extend_clock, retire_payments
from .confirm import Candidate, Settlement, confirm_payments, lock_candidates
from .decided import give_up_part, take_up
from .details import PAID_STATES, send_payment_link, send_transfer_details
from .link import HeldLink, Opened, expire_links, hold_link, open_link, revoke_link, supersede_changed
from .link_making import LinkSpent, link_is_spent
from .quick import make_quick_charge
from .refund import charge_back, refund_payment, take_back_refund, win_payment_back
from .reverse import Undone, lock_payments, reverse_payments

__all__ = [
    "PAID_STATES",
    "AskedCard",
    "Candidate",
    "HeldLink",
    "LinkSpent",
    "Opened",
    "Settlement",
    "Undone",
    "ask_card",
    "ask_links_again",
    "charge_back",
    "claim_transfer",
    "confirm_payments",
    "expire_links",
    "expire_payments",
    "extend_clock",
    "give_up_part",
    "hold_link",
    "link_is_spent",
    "lock_candidates",
    "lock_payments",
    "make_quick_charge",
    "open_link",
    "refund_payment",
    "retire_payments",
    "reverse_payments",
    "revoke_link",
    "send_link_again",
    "send_payment_link",
    "send_transfer_details",
    "supersede_changed",
    "take_back_refund",
    "take_up",
    "win_payment_back",
]
