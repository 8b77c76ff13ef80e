"""Reconciliation: joins payments, bank and evidence. The only room that knows all three.

Owns verdicts, allocations (where the parts of a deposit went) and cases (what a person must decide). Announces
CaseOpened. `rules.judge` is pure and explains itself; it is never certain by guess.
"""
