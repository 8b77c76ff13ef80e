"""What a clock does to many: each by itself, so that one that fails stops nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)


def one_by_one[T](each_of: Iterable[T], do: Callable[[T], bool]) -> int:
    """Do it to each, in a transaction of its own that `do` brings; how many it was done to.

    One that fails is logged and left for the next time. A database that does not answer fails for all.
    """
    done = 0
    for each in each_of:
        try:
            done += do(each)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("%s failed alone", each)
    return done
