"""The gateway's webhooks: signed hints to look at a charge again. On time, twice, late, never, or badly signed."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from datetime import UTC, datetime
from typing import Final

from seguripago.ports.store_secrets import store_secret
from seguripago.web.sandbox.transfers import Bank
from seguripago.web.sandbox.vault import Vault

LATE_S: Final = 20
HINTS: Final = ("normal", "twice", "late", "none", "forged")
ANSWERS: Final = ("normal", "slow", "lost")


class Hints:
    """Lines up what the store's webhook hears. How is a switch of the panel."""

    def __init__(self, vault: Vault, bank: Bank, main_key: bytes) -> None:
        self._vault, self._bank, self._main_key = vault, bank, main_key

    def tell(self, charge: sqlite3.Row, kind: str = "charge.changed", *, event_id: str = "") -> None:
        """Line up one hint, as the switch says; `event_id` repeats an event that was told before."""
        if not charge["notify_url"]:
            return
        how = self._vault.switch("hints", HINTS)
        if how == "none" and not event_id:
            return
        event_id = event_id or f"evt_{secrets.token_hex(12)}"
        self._vault.change("update charge set last_event = ? where id = ?", (event_id, charge["id"]))
        hint = {
            "id": event_id,
            "type": kind,
            "charge": charge["id"],
            "key": charge["idempotency_key"],
            "occurred_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        secret = store_secret(self._main_key, "card:sandbox:webhook", charge["store_key"])
        if how == "forged":
            secret = store_secret(self._main_key, "card:sandbox:forged", charge["store_key"])
        due = time.time() + (LATE_S if how == "late" else 0)
        for _copy in range(2 if how == "twice" else 1):
            self._bank.send(charge["notify_url"], json.dumps(hint).encode(), secret, message_id=event_id, due_at=due)
