"""What the gateway holds: charges, refunds, chargebacks. No card number is kept: brand and last four digits only."""

from __future__ import annotations

import secrets
import sqlite3
import time
from typing import Any, Final, Literal

from seguripago.web.sandbox.hints import Hints
from seguripago.web.sandbox.plastic import BY_LABEL, TestCard
from seguripago.web.sandbox.vault import Vault

PAGE_LASTS_S: Final = 1_800
TOKEN_LASTS_S: Final = 900
IN_PROCESS_S: Final = 4
EVIDENCE_DAYS: Final = 10
MONTHS: Final = (3, 6, 9, 12, 18)
OPEN: Final = ("requires_action", "challenge", "authorized")
type Ending = Literal["paid", "declined", "cancelled"]


class Charges:
    """Each method is one step that nobody interrupts: one event loop uses the file."""

    def __init__(self, vault: Vault, hints: Hints) -> None:
        self._vault, self._hints = vault, hints

    def find(self, ref: str, store_key: str | None = None) -> sqlite3.Row | None:
        """Give a charge as it is now: what nobody paid in half an hour has expired, what was in process is paid."""
        now = time.time()
        self._vault.change(
            "update charge set status = 'expired', changed_at = ? where id = ? and created_at < ?"
            " and status in ('requires_action', 'challenge')",
            (now, ref, now - PAGE_LASTS_S),
        )
        self._vault.change(
            "update charge set status = 'paid', authorization = ?, changed_at = ?"
            " where id = ? and status = 'processing' and changed_at < ?",
            (_authorization(), now, ref, now - IN_PROCESS_S),
        )
        row = self._vault.one("select * from charge where id = ?", (ref,))
        return row if row is not None and store_key in (None, row["store_key"]) else None

    def by_key(self, store_key: str, key: str) -> sqlite3.Row | None:
        found = self._vault.one("select id from charge where store_key = ? and idempotency_key = ?", (store_key, key))
        return self.find(found["id"]) if found else None

    def newest(self, limit: int) -> list[sqlite3.Row]:
        ids = self._vault.rows("select id from charge order by created_at desc, id limit ?", (limit,))
        return [row for each in ids if (row := self.find(each["id"])) is not None]

    def token_for(self, card: TestCard, public_key: str) -> str:
        """Keep a typed card as a token that serves once, for the store of this public key."""
        ref = f"tok_{secrets.token_urlsafe(18)}"
        self._vault.add("token", id=ref, public_key=public_key, card_label=card.label, made_at=time.time())
        return ref

    def spend(self, token: str, public_key: str) -> TestCard | None:
        """Give the card of a token and end the token; None for a stranger's, an old or a spent one."""
        spent = self._vault.change(
            "update token set spent_at = ? where id = ? and public_key = ? and spent_at = 0 and made_at > ?",
            (time.time(), token, public_key, time.time() - TOKEN_LASTS_S),
        )
        row = self._vault.one("select card_label from token where id = ?", (token,)) if spent else None
        return BY_LABEL.get(row["card_label"]) if row else None

    def attempt(self, ref: str, card: TestCard, *, by_token: bool = False) -> None:
        """Try a card: paid, declined with its reason, in process, or its bank asks first."""
        row = self.find(ref)
        if row is None or row["status"] != "requires_action":
            return
        if card.bank:
            # A page of the gateway's own cannot be framed by the store that sent the buyer there.
            step = card.bank if by_token else "redirect"
            self._vault.change(
                "update charge set status = 'challenge', bank = ?, card_label = ?, changed_at = ? where id = ?",
                (step, card.label, time.time(), ref),
            )
        elif card.decline:
            self.finish(ref, "declined", decline=card.decline, card=card)
        elif card.declines_months and row["installments"] > 1:
            self.finish(ref, "declined", decline="no_installments", card=card)
        elif card.waits:
            self._vault.change(
                "update charge set status = 'processing', card_label = ?, changed_at = ? where id = ?",
                (card.label, time.time(), ref),
            )
        else:
            self.finish(ref, "paid", card=card)

    def finish(
        self, ref: str, ending: Ending, *, decline: str = "", card: TestCard | None = None, store_key: str | None = None
    ) -> None:
        """End an open charge once and hint at it to the site; what is ended stays as it is."""
        row = self.find(ref, store_key)
        if row is None:
            return
        status = "authorized" if ending == "paid" and not row["capture"] else ending
        label = card.label if card else row["card_label"]
        changed = self._vault.change(
            "update charge set status = ?, decline = ?, authorization = ?, card_label = ?, changed_at = ?"
            " where id = ? and status in ('requires_action', 'challenge')",
            (status, decline, _authorization() if ending == "paid" else "", label, time.time(), ref),
        )
        known = BY_LABEL.get(label)
        if changed and not (known and known.answer == "lost"):
            self._hints.tell(row)

    def capture(self, row: sqlite3.Row) -> bool:
        """Take the money of an authorised charge; what is paid already stays so."""
        changed = self._move(row, "paid", "authorized")
        return changed or row["status"] == "paid"

    def cancel(self, row: sqlite3.Row) -> None:
        """Give up what is not paid."""
        if not self._move(row, "cancelled", "authorized"):
            self.finish(row["id"], "cancelled")

    def refund(self, row: sqlite3.Row, key: str, centavos: int) -> str | None:
        """Send money back, never more than was paid and nobody claimed; gives the refund, or None."""
        changed = self._vault.change(
            "update charge set refunded = refunded + ? where id = ? and status = 'paid' and refunded + ? <= centavos -"
            " (select coalesce(sum(d.centavos), 0) from dispute d where d.charge_id = charge.id and d.status <> 'won')",
            (centavos, row["id"], centavos),
        )
        if not changed:
            return None
        ref = f"re_{secrets.token_urlsafe(12)}"
        self._vault.add(
            "refund", id=ref, charge_id=row["id"], idempotency_key=key, centavos=centavos, created_at=time.time()
        )
        return ref

    def dispute(self, ref: str) -> bool:
        """The cardholder's bank asks for what is left of the money: once for each charge."""
        row = self.find(ref)
        if row is None or row["status"] != "paid" or row["refunded"] >= row["centavos"] or self.disputes(ref):
            return False
        self._vault.add(
            "dispute",
            id=f"dp_{secrets.token_urlsafe(12)}",
            charge_id=ref,
            centavos=row["centavos"] - row["refunded"],
            reason="fraudulent",
            evidence_by=time.time() + EVIDENCE_DAYS * 86_400,
            created_at=time.time(),
        )
        self._hints.tell(row, "charge.disputed")
        return True

    def decide(self, ref: str, outcome: Literal["won", "lost"]) -> bool:
        """Decide an open chargeback: `won` gives the money back to the store."""
        row = self.find(ref)
        changed = self._vault.change(
            "update dispute set status = ? where charge_id = ? and status = 'open'", (outcome, ref)
        )
        if row is not None and changed:
            self._hints.tell(row, "charge.disputed")
        return bool(changed)

    def hint_again(self, ref: str) -> bool:
        """Send the last webhook once more, the very same event."""
        row = self.find(ref)
        if row is None or not row["last_event"]:
            return False
        self._hints.tell(row, event_id=row["last_event"])
        return True

    def refunds(self, ref: str) -> list[sqlite3.Row]:
        return self._vault.rows("select * from refund where charge_id = ? order by created_at, id", (ref,))

    def disputes(self, ref: str) -> list[sqlite3.Row]:
        return self._vault.rows("select * from dispute where charge_id = ? order by created_at, id", (ref,))

    def open(self, **columns: Any) -> str:
        """Make a charge that waits for its card."""
        ref, now = f"ch_{secrets.token_urlsafe(18)}", time.time()
        self._vault.add("charge", id=ref, status="requires_action", created_at=now, changed_at=now, **columns)
        return ref

    def _move(self, row: sqlite3.Row, status: str, was: str) -> bool:
        changed = self._vault.change(
            "update charge set status = ?, changed_at = ? where id = ? and status = ?",
            (status, time.time(), row["id"], was),
        )
        if changed:
            self._hints.tell(row)
        return bool(changed)


def _authorization() -> str:
    return f"{secrets.randbelow(10**6):06d}"
