"""Evidence: what the buyer shows us, the comprobante.

Owns the files of an order: the original, sealed away, and a clean copy that people may download; and what was
read in them. Announces EvidenceKept. Must never know: deposits and verdicts
(reconciliation joins them), and it must never touch a payment: a picture is a claim, not money.
"""
