"""The one connection of a process that hears wake-ups."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from contextlib import suppress
from typing import Any, Final

import psycopg

from seguripago.foundations.facts.wakeups import CHANNEL, connection_parameters

from .hub import Hub
from .stream import between

LONGEST_PAUSE_S: Final = 2.0
QUIET_S: Final = 10.0
ANSWER_S: Final = 5

log = logging.getLogger(__name__)


async def listen(hub: Hub) -> None:
    """Hear wake-ups for ever. After a lost connection everything is compared once, because some were missed."""
    parameters = connection_parameters()
    pause, has_missed = 0.05, False
    while True:
        try:
            async with await _connect(parameters) as connection:
                await _ask(connection)
                pause = 0.05
                if has_missed:
                    hub.doubt()
                await hub.look()
                while True:
                    async for notice in connection.notifies(timeout=QUIET_S):
                        hub.wake(notice.payload.split(" "))
                    await _ask(connection)
        except (psycopg.Error, OSError) as error:
            log.warning("wake-ups are not heard, again in %.1f s: %s", pause, str(error).strip())
        except Exception:
            # Deaf is the last thing that this process may be: nobody would tell it whose right was withdrawn.
            log.exception("wake-ups are not heard, again in %.1f s", pause)
        has_missed = True
        await asyncio.sleep(between((pause / 2, pause)))
        pause = min(pause * 2, LONGEST_PAUSE_S)


async def _connect(parameters: dict[str, Any]) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(**{**parameters, "connect_timeout": ANSWER_S}, autocommit=True)


async def _ask(connection: psycopg.AsyncConnection[Any]) -> None:
    """Say LISTEN, again when it was said before: who gets no answer hears nothing either, and breaks the line off.

    A line may be dead without a word: a firewall forgot it, or the server's process hangs while its kernel says yes.
    """
    late = asyncio.get_running_loop().call_later(ANSWER_S, _break_off, connection.pgconn.socket)
    try:
        await connection.execute(f"LISTEN {CHANNEL}")
    finally:
        late.cancel()


def _break_off(number: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(number)) as line:
        line.shutdown(socket.SHUT_RDWR)
