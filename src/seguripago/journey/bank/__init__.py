"""Bank: what the bank says arrived. It knows no orders; orders know no bank.

Owns raw notices (durable before they are answered), deposits with the bank's own identity, and their attestations.
Announces DepositArrived, DepositAnnounced, DepositContradicted, DepositReturned, NoticeUnreadable. Must never know
payments or orders: whose money it is, is reconciliation's question.
"""
