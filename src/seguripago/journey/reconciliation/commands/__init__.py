"""The verbs of this room."""

from .cases import open_alarms, open_part_expired_cases
from .close import DayAlreadyClosed, DayNotThere, EarlierDayOpen, check_days, close_day
from .judge import judge_deposits
from .reversals import let_shipping_go, settle_reversals, stop_shipping, undo_returned

__all__ = [
    "DayAlreadyClosed",
    "DayNotThere",
    "EarlierDayOpen",
    "check_days",
    "close_day",
    "judge_deposits",
    "let_shipping_go",
    "open_alarms",
    "open_part_expired_cases",
    "settle_reversals",
    "stop_shipping",
    "undo_returned",
]
