"""The verbs of this room."""

from .card import charges_in_doubt, hear_gateway, settle_card_charge, start_card_charge
from .clock import claim_transfer, expire_payments, extend_clock, retire_payments
from .confirm import Candidate, Settlement, confirm_payments, lock_candidates
from .decided import give_up_part, take_up
from .details import send_payment_link, send_transfer_details
from .link import open_link
from .reverse import Undone, lock_payments, reverse_payments

__all__ = [
    "Candidate",
    "Settlement",
    "Undone",
    "charges_in_doubt",
    "claim_transfer",
    "confirm_payments",
    "expire_payments",
    "extend_clock",
    "give_up_part",
    "hear_gateway",
    "lock_candidates",
    "lock_payments",
    "open_link",
    "retire_payments",
    "reverse_payments",
    "send_payment_link",
    "send_transfer_details",
    "settle_card_charge",
    "start_card_charge",
    "take_up",
]
