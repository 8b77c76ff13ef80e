"""Assistance: the chat in which the purchase is verified, paid and accompanied until delivery.

Owns conversations and their numbered entries, files that are no comprobante, saved replies, consents, who looked at
personal data, and the tries at a second proof. Announces what becomes of a conversation, from ConversationStarted to
ConversationRated, OrderIdentified and PaymentReminded. Offers the views `assistance_talk` and `assistance_hand_over`.
Hears everything below it. Must never decide whether money arrived, never write a card that a person dictated, and never
say anything of an order before its second proof.
"""
