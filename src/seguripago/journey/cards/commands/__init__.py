"""The verbs of this room."""

from .charging import CardWish, start_card_charge, start_link_charge
from .following import follow_charge
from .gateways import (
    seal_gateways_again,
    set_gateway_values,
    set_months,
    try_gateway,
    use_gateway,
)
from .hearing import forget_notices, hear_gateway, hints_waiting, look_at_hints, send_for_doubts
from .refunding import open_refund, send_refund
from .settling import ask_later, cancel_card_charge, charges_in_doubt, settle_card_charge

__all__ = [
    "CardWish",
    "ask_later",
    "cancel_card_charge",
    "charges_in_doubt",
    "follow_charge",
    "forget_notices",
    "hear_gateway",
    "hints_waiting",
    "look_at_hints",
    "open_refund",
    "seal_gateways_again",
    "send_for_doubts",
    "send_refund",
    "set_gateway_values",
    "set_months",
    "settle_card_charge",
    "start_card_charge",
    "start_link_charge",
    "try_gateway",
    "use_gateway",
]
