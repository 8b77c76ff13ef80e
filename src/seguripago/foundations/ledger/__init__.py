"""Ledger: double entry, append-only, zero-sum. Balances are sums; no running balance is kept."""
