"""What the monitor reads: deposits with what became of them, cases, figures and charts."""

from .case_page import (
    CaseView,
    PartView,
    ReturnFileView,
    ReturnView,
    SuggestionView,
    case_page,
    return_file,
    return_files,
    return_view,
    returns,
)
from .cases import CaseRow, cases_of_order, open_cases
from .closing import (
    CaseEntry,
    DayRow,
    DayView,
    cases_between,
    close_file,
    closing_days,
    day_view,
    faulty_closes,
    may_be_closed,
)
from .deposits import DepositRow, Outcome, deposit_rows, live_deposits, outcome_of
from .figures import Bucket, Figures, deposits_by_bucket, monitor_figures

__all__ = [
    "Bucket",
    "CaseEntry",
    "CaseRow",
    "CaseView",
    "DayRow",
    "DayView",
    "DepositRow",
    "Figures",
    "Outcome",
    "PartView",
    "ReturnFileView",
    "ReturnView",
    "SuggestionView",
    "case_page",
    "cases_between",
    "cases_of_order",
    "close_file",
    "closing_days",
    "day_view",
    "deposit_rows",
    "deposits_by_bucket",
    "faulty_closes",
    "live_deposits",
    "may_be_closed",
    "monitor_figures",
    "open_cases",
    "outcome_of",
    "return_file",
    "return_files",
    "return_view",
    "returns",
]
