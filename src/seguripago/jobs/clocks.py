"""What happens by itself when time passes: every waiting state has a deadline, an owner and a default."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import Error, connection
from django.utils import timezone

from seguripago.foundations.approvals.commands import expire_proposals
from seguripago.foundations.audit.commands import seal_entries
from seguripago.foundations.facts.commands import Listener, retry_parked
from seguripago.foundations.limits.commands import forget_windows
from seguripago.foundations.stores.feed_commands import retire_feed_secrets
from seguripago.jobs.card_refunds import send_for_doubtful_refunds
from seguripago.jobs.cards import send_for_doubts
from seguripago.jobs.chat_mails import tell_who_left
from seguripago.jobs.parcels import follow_parcels
from seguripago.jobs.push import call_people
from seguripago.jobs.quarantine import send_for_scanner
from seguripago.jobs.ripe import do_ripe_proposals
from seguripago.journey.assistance.commands import forget_old, lead_waiting, remind_unpaid, return_unanswered
from seguripago.journey.backing.commands import file_overdue, remind_of_papers
from seguripago.journey.bank.commands import count_heard, give_up, watch_accounts, watch_feeds
from seguripago.journey.bank.statement_queries import is_importing
from seguripago.journey.cards.commands import forget_notices
from seguripago.journey.claims.commands import run_claims
from seguripago.journey.delivery.commands import watch_parcels
from seguripago.journey.guarantee.commands import release_due, take_steps
from seguripago.journey.orders.commands import expire_orders
from seguripago.journey.payments.commands import expire_links, expire_payments
from seguripago.journey.receipts.commands import anchor_receipts
from seguripago.journey.reconciliation.commands import check_days, decide_overdue_cases, open_part_expired_cases
from seguripago.journey.reconciliation.commands.comprobantes import look_again
from seguripago.journey.reconciliation.listeners import LISTENERS as OF_THE_MONEY
from seguripago.journey.refunds.commands import run_refunds

log = logging.getLogger("seguripago.clocks")


def retry_money(listeners: Sequence[Listener] = OF_THE_MONEY, *, at: datetime) -> int:
    """Give what failed alone in the lane of the money another chance: the lane itself never looks back."""
    return sum(retry_parked(listener, at=at) for listener in listeners)


def seal(at: datetime) -> None:
    seal_entries()


BESIDE_IMPORT_S: Final = 10.0
UNHURRIED: Final = frozenset({seal})
"""What goes slower while a statement is imported: it writes two entries a line, and needs both processors."""
CLOCKS: Final[tuple[tuple[float, Callable[[datetime], object]], ...]] = (
    (1, lambda at: return_unanswered(at=at)),
    (1, lambda at: lead_waiting(at=at)),
    (1, seal),
    (2, lambda at: retry_money(at=at)),
    (5, lambda at: expire_payments(at=at)),
    (5, lambda at: expire_links(at=at)),
    (5, lambda at: expire_orders(at=at)),
    (5, lambda at: send_for_doubts(at=at)),
    (5, lambda at: send_for_doubtful_refunds(at=at)),
    (2, lambda at: follow_parcels(at=at)),
    (5, lambda at: call_people(at=at)),
    (30, lambda at: watch_parcels(at=at)),
    (10, lambda at: open_part_expired_cases(at=at)),
    (10, lambda at: release_due(at=at)),
    (10, lambda at: take_steps(at=at)),
    (10, lambda at: run_claims(at=at)),
    (10, lambda at: run_refunds(at=at)),
    (15, lambda at: look_again(at=at)),
    (10, lambda at: expire_proposals(at=at)),
    (10, lambda at: decide_overdue_cases(at=at)),
    (10, lambda at: tell_who_left(at=at)),
    (10, lambda at: send_for_scanner(at=at)),
    (30, lambda at: do_ripe_proposals(at=at)),
    (30, lambda at: give_up(at=at)),
    (30, lambda at: retire_feed_secrets(at=at)),
    (30, lambda at: count_heard(at=at)),
    (60, lambda at: remind_unpaid(at=at)),
    (60, lambda at: watch_feeds(at=at)),
    (600, lambda at: watch_accounts(at=at)),
    (600, lambda at: forget_old(at=at)),
    (600, lambda at: forget_windows(at=at)),
    (600, lambda at: forget_notices(at=at)),
    (600, anchor_receipts),
    (60, remind_of_papers),
    (60, file_overdue),
    (60, lambda at: check_days(at=at)),
)


def run(stop: threading.Event) -> None:
    """Run every clock at its own pace until `stop`; one that fails does not stop the others."""
    due = [0.0] * len(CLOCKS)
    while not stop.wait(0.25):
        now = time.monotonic()
        for position, (every_s, clock) in enumerate(CLOCKS):
            if now < due[position]:
                continue
            due[position] = now + every_s
            try:
                clock(timezone.now())
                due[position] = now + pause(every_s, clock)
            except Error:
                log.exception("a clock failed")
                connection.close()
            except Exception:
                log.exception("a clock failed")


def pause(every_s: float, clock: Callable[[datetime], object]) -> float:
    """Seconds until this clock is due again."""
    return BESIDE_IMPORT_S if clock in UNHURRIED and is_importing() else every_s
