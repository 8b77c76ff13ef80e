"""Assistance: the chat in which the purchase is verified, paid and accompanied until delivery.

Owns conversations and their numbered entries, consents, presence at the desk and the tries at a second proof.
Announces ConversationStarted, ConversationTaken, ConversationTransferred, ConversationResolved,
ConversationReopened and OrderIdentified. Hears everything below it. Must never decide whether money arrived,
never write a card that a person dictated, and never say anything of an order before its second proof.
"""
