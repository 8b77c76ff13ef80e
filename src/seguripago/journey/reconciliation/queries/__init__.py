"""What the monitor reads: deposits with what became of them, cases, figures and charts."""

from .cases import CaseRow, cases_of_order, open_cases
from .deposits import DepositRow, Outcome, deposit_rows, live_deposits, outcome_of
from .figures import Bucket, Figures, deposits_by_bucket, monitor_figures

__all__ = [
    "Bucket",
    "CaseRow",
    "DepositRow",
    "Figures",
    "Outcome",
    "cases_of_order",
    "deposit_rows",
    "deposits_by_bucket",
    "live_deposits",
    "monitor_figures",
    "open_cases",
    "outcome_of",
]
