"""Receipts of banks as buyers photograph them, drawn by us: by seed, with the truth beside each.

`tuned` is the half that the parser was made on, `scored` the half that it is judged by, `unseen` are looks of two more
banks that no receipt of the tuned half has. Wordmarks are plain words: no bank's logo is drawn.
"""

from bench.receipts.catalogue import HALVES, Receipt, receipts

__all__ = ["HALVES", "Receipt", "receipts"]
