"""A place in a list as a word of the address: the moment in microseconds and the id. An altered one is the start."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_SHAPE: Final = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)


def write(at: datetime, row_id: int) -> str:
    """Write a place: `1763848800123456-42`."""
    return f"{(at - _BEGIN) // timedelta(microseconds=1)}-{row_id}"


def read(text: str) -> tuple[datetime, int] | None:
    """Read a place back; None for what is none."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    try:
        return _BEGIN + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError:
        return None
