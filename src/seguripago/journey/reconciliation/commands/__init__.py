"""The verbs of this room."""

from .cases import open_alarms, open_part_expired_cases
from .judge import judge_deposits

__all__ = ["judge_deposits", "open_alarms", "open_part_expired_cases"]
