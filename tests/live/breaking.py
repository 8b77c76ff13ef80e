"""The streams' application with a pump that breaks at the first news: `uvicorn tests.live.breaking:application`."""

from __future__ import annotations

from seguripago.web.live import app, hub
from seguripago.web.live.board import Board

application = app.application


def _break(self: hub.Hub, board: Board) -> None:
    raise RuntimeError("broken on purpose")


hub.Hub._tell = _break  # type: ignore[method-assign]
