"""The verbs of this room."""

from .approving import approve_case, reject_case, release_case, withdraw_case
from .cases import close_settled_lines, close_settled_parts, open_alarms, open_part_expired_cases
from .close import DayAlreadyClosed, DayNotThere, EarlierDayOpen, check_days, close_day
from .defaults import decide_overdue_cases
from .judge import judge_deposits
from .marking import approve_return, propose_return_confirmed, propose_return_failed
from .notes import NoteEmpty, SearchNotKept, forget_search, keep_search, leave_note
from .paying_out import ask_about_returns, hear_payout, orders_in_doubt, send_approved_returns
from .payment_returns import open_return
from .proposing import (
    Bulk,
    propose_accept_difference,
    propose_apply,
    propose_ask_for_rest,
    propose_dismiss,
    propose_many,
    propose_return,
    propose_return_to_card,
    propose_split,
    propose_write_off,
)
from .returning import Debit, confirm_by_debits, confirm_return, fail_return, make_return_file, stop_returns
from .reversals import let_shipping_go, settle_reversals, stop_shipping, undo_returned
from .trying import would_say
from .twins import judge_arrived

__all__ = [
    "Bulk",
    "DayAlreadyClosed",
    "DayNotThere",
    "Debit",
    "EarlierDayOpen",
    "NoteEmpty",
    "SearchNotKept",
    "approve_case",
    "approve_return",
    "ask_about_returns",
    "check_days",
    "close_day",
    "close_settled_lines",
    "close_settled_parts",
    "confirm_by_debits",
    "confirm_return",
    "decide_overdue_cases",
    "fail_return",
    "forget_search",
    "hear_payout",
    "judge_arrived",
    "judge_deposits",
    "keep_search",
    "leave_note",
    "let_shipping_go",
    "make_return_file",
    "open_alarms",
    "open_part_expired_cases",
    "open_return",
    "orders_in_doubt",
    "propose_accept_difference",
    "propose_apply",
    "propose_ask_for_rest",
    "propose_dismiss",
    "propose_many",
    "propose_return",
    "propose_return_confirmed",
    "propose_return_failed",
    "propose_return_to_card",
    "propose_split",
    "propose_write_off",
    "reject_case",
    "release_case",
    "send_approved_returns",
    "settle_reversals",
    "stop_returns",
    "stop_shipping",
    "undo_returned",
    "withdraw_case",
    "would_say",
]
