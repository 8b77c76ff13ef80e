"""Payments: the intention to pay an order, by transfer or by card, and the one door to "paid".

Owns transfer instructions (one CLABE per order), payment links, card charges, their states and two clocks.
Announces TransferDetailsSent, PaymentLinkSent, TransferClaimed, ClockExtended, PartialReceived, PaymentConfirmed,
PaymentExpired, CardDeclined, CardMoneyUnplaced. Must never know deposits, chats or shipments: whoever proves that money
arrived calls `confirm_payments`.
"""
