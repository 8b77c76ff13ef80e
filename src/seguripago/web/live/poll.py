"""The stream for whoever cannot have one: a proxy that keeps back what does not end. The same events, as one answer.

`/live/?t=…&after=…&wait=25` answers when there is something to tell, at the latest after so many seconds:
{"refused": […], "events": [{"name", "id", "data"}, …], "cursor": "…"}.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from .board import Pump
from .stream import Event, Receive, Send, Stream

LONGEST_WAIT_S: Final = 25.0


class Poll(Stream):
    """A stream that says one thing."""

    __slots__ = ("answered",)

    def __init__(self, send: Send, *, member_id: int, now: float) -> None:
        super().__init__(send, member_id=member_id, now=now)
        self.answered: asyncio.Future[list[Event]] = asyncio.get_running_loop().create_future()

    def nudge(self, hub: Pump) -> None:
        """Take what is due; an end without news is an answer too."""
        if not self.is_open or self.answered.done():
            return
        now = asyncio.get_running_loop().time()
        due = self.due(hub, now)
        if due or now >= self.end_at:
            self.answered.set_result(due)


def wait_of(text: str) -> float:
    """The seconds that a page offers to wait, 0 when it wants a stream."""
    return min(float(text), LONGEST_WAIT_S) if text.isdecimal() and len(text) < 4 else 0.0


async def answer_once(poll: Poll, hub: Pump, receive: Receive, send: Send, wait: float) -> None:
    """Wait for news, or until the page has waited long enough or left."""
    poll.begin(hub)
    gone = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait((poll.answered, gone), timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            return
        events = poll.answered.result() if poll.answered.done() else []
        said = [{"name": event.name, "id": event.id, "data": event.data} for event in events]
        body = json.dumps(
            {"refused": poll.refused(), "events": said, "cursor": poll.cursors()},
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    finally:
        gone.cancel()


async def _left(receive: Receive) -> dict[str, Any]:
    while (message := await receive())["type"] != "http.disconnect":
        pass
    return message
