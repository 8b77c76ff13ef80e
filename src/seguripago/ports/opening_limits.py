"""How much a process gets that opens a stranger's file. It limits itself, before it reads a byte of it."""

from __future__ import annotations

import os
import resource
import signal
from typing import Final

LONGEST_ANSWER: Final = 64 * 1_048_576
NICENESS: Final = 5


def limit(cpu_s: float, *, addresses: int) -> None:
    """Step aside, and be ended by the machine after so many seconds of the processor.

    `addresses`: bytes that may be asked for in all; more is a MemoryError.
    """
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (addresses, addresses))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LONGEST_ANSWER, LONGEST_ANSWER))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 1, int(cpu_s) + 1))
    signal.setitimer(signal.ITIMER_PROF, cpu_s)


def addresses_now() -> int:
    """Bytes of addresses that this process has."""
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[0]) * resource.getpagesize()
