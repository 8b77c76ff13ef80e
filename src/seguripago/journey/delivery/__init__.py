"""Delivery: the parcel of an order, from the moment its payment is confirmed until it is in the buyer's hands.

Owns shipments and their table of states. Announces ShipmentSent and ShipmentDelivered. Listens to PaymentConfirmed, and
then prepares the parcel. Must never know: what the guarantee does with a delivery, who mails it, how a page draws it;
it speaks to parcel companies only through ports.carriers.
"""
