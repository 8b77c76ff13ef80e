"""Evidence: what the buyer shows us, the comprobante.

Owns the files of an order: the original, sealed away, and a clean copy that people may download; what was read in them,
and the keys by which the seal of a CEP is checked. Announces EvidenceKept. Must never know: deposits and verdicts
(reconciliation joins them), and it must never touch a payment: a picture is a claim, not money.
"""
