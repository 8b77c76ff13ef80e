"""The store signs what it prints: every byte of a paper, in the paper's last line."""

from __future__ import annotations

import base64
from datetime import datetime

from seguripago.ports import paper_seal

from .commands import sign
from .queries import store_by_id


def sealed_paper(store_id: int, body: bytes, *, paper: str, number: str, at: datetime) -> bytes:
    """Answer the PDF signed by the store as its paper of that number, as printed at that moment.

    Signing changes nothing: each printing is signed when it is made, and every one of them stays good.
    """
    return paper_seal.sealed(
        body,
        paper=paper,
        number=number,
        at=at,
        public_key=base64.b64decode(store_by_id(store_id).public_key),
        sign=lambda message: sign(store_id, message),
    )
