"""Guarantee: the store's own promise about one purchase, with its clocks: tu compra, tu pago, tu envío.

Owns guarantees, their folios, and their append-only history; it records obligations and holds no funds. Announces
GuaranteeHeld and GuaranteeReleased. Listens to PaymentConfirmed (the promise stands) and ShipmentDelivered (the
inspection clock starts). Must never know: banks, deposits, how a paper is printed, who is told by mail or chat.
"""
