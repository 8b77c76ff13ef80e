"""For whom a refund waits and until when: a deadline begins with each step that it takes."""

from __future__ import annotations

from datetime import datetime

from seguripago.foundations.stores.queries import store_by_id

from ..models import Refund, RefundAccount
from ..reading import leg_state, legs_of
from ..rules import WAITS, Keeper, RefundState, Waits, deadline, waits_for


def wait(refund: Refund, *, at: datetime) -> None:
    """Start the deadline of what a refund waits for now; what it waited for before keeps its own. Its row is locked."""
    newest = RefundAccount.objects.filter(refund=refund).order_by("-pk").values_list("state", flat=True).first()
    legs = [leg_state(leg) for leg in legs_of([refund.pk])]
    state = RefundState(refund.state)
    now = waits_for(state, legs, is_account_given=newest == "given", is_of_case=refund.case_id is not None)
    if now is None:
        refund.waits_for, refund.keeper, refund.due_at, refund.remind_at = "", "", None, None
    elif refund.waits_for != now:
        refund.waits_for = now.value
        begin(refund, WAITS[now].keeper, at=at)
    refund.save(update_fields=["waits_for", "keeper", "due_at", "remind_at"])


def begin(refund: Refund, keeper: Keeper, *, at: datetime) -> None:
    """Let somebody have the days of what the refund waits for; the caller saves."""
    store = store_by_id(refund.store_id)
    refund.keeper = keeper.value
    days = getattr(store, WAITS[Waits(refund.waits_for)].days)
    refund.due_at, refund.remind_at = deadline(at, days, store.remind_days)
