"""Payments: the intention to pay an order, by transfer or by card, and the one door to "paid".

Owns transfer instructions (one CLABE per order), payment links, their states and two clocks.
Announces TransferDetailsSent, PaymentLinkSent, TransferClaimed, ClockExtended, PartialReceived, PaymentConfirmed,
PaymentExpired. Must never know deposits, card charges, chats or shipments: whoever proves that money
arrived calls `confirm_payments`.
"""
