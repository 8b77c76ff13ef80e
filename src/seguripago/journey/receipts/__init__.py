"""Receipts: what proves, offline and in public, that a payment was confirmed.

Owns one receipt per confirmed payment: numbered without gaps per store, chained by hash so that none can be taken out,
signed with the store's key. Bodies hold no personal data, because they can never be changed. Announces ReceiptIssued.
Must never know: the guarantee, the chat, or how money came in.
"""
