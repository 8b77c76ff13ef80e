"""Audit: who changed what, in the same transaction; numbered and chained after commit."""
