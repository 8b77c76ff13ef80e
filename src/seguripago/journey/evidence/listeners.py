"""What this room hears of itself: a comprobante that can be opened is to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from procrastinate.contrib.django import app

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener

from .facts import EvidenceCleared, EvidenceKept
from .queries import is_anything_unread

READ_JOB: Final = "evidence.read"
QUEUE: Final = "reading"


def ask_to_read(facts: Sequence[Fact], at: datetime) -> None:
    """Enqueue one job for the batch; a CEP was read when it was kept and needs none."""
    if is_anything_unread():
        app.configure_task(READ_JOB, queue=QUEUE, lock=READ_JOB).defer()


LISTENERS: tuple[Listener, ...] = (Listener("evidence.reading", (EvidenceKept, EvidenceCleared), ask_to_read),)
