"""Refunds: money on its way back to whoever paid, for whatever reason, until the bank or the gateway has confirmed it.

Owns one machine for every reason (asked, approved, instructed, confirmed, failed), its legs — to a card through the
gateway, to an account by SPEI — and the accounts that buyers give for it. Announces RefundAsked, RefundApproved,
RefundInstructed, RefundConfirmed, RefundFailed. Must never know: the parcel, the guarantee, claims, or the chat.
"""
