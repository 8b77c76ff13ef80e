"""The one connection of a process that hears wake-ups."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import psycopg

from seguripago.foundations.facts.wakeups import CHANNEL, connection_parameters

from .hub import Hub
from .stream import between

LONGEST_PAUSE_S: Final = 2.0

log = logging.getLogger(__name__)


async def listen(hub: Hub) -> None:
    """Hear wake-ups for ever. After a lost connection everything is compared once, because some were missed."""
    parameters = connection_parameters()
    pause = 0.05
    while True:
        try:
            async with await _connect(parameters) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                pause = 0.05
                await hub.look()
                async for notice in connection.notifies():
                    hub.wake(notice.payload.split(" "))
        except (psycopg.Error, OSError) as error:
            log.warning("wake-ups are not heard, again in %.1f s: %s", pause, str(error).strip())
        await asyncio.sleep(between((pause / 2, pause)))
        pause = min(pause * 2, LONGEST_PAUSE_S)


async def _connect(parameters: dict[str, Any]) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(
        **parameters, autocommit=True, keepalives_idle=10, keepalives_interval=5, keepalives_count=3, connect_timeout=5
    )
