"""What the desk's staffing refuses, and why."""

from __future__ import annotations

from typing import ClassVar

from seguripago.values.refusal import Refusal


class TeamNameTaken(Refusal):
    """Another team of the store has this name, or none was written."""

    code: ClassVar[str] = "SP-315"


class HoursOutOfOrder(Refusal):
    """A day closes before it opens; `weekday` says which, Monday is 0."""

    code: ClassVar[str] = "SP-316"

    def __init__(self, weekday: int) -> None:
        self.weekday = weekday
        super().__init__()


class TeamUnknown(Refusal):
    """The store has no such team, or it is no longer active."""

    code: ClassVar[str] = "SP-317"


class CapacityOutOfRange(Refusal):
    """A person holds between 1 and 50 open conversations."""

    code: ClassVar[str] = "SP-319"
