from .cases import Case
from .judging import Allocation, Verdict

__all__ = ["Allocation", "Case", "Verdict"]
