"""Pages and streams on one port, for the demo: streams are plain ASGI, everything else goes to WSGI in threads."""

from typing import Any, cast

from a2wsgi import WSGIMiddleware

from seguripago.config.wsgi import application as pages
from seguripago.web.live.app import application as streams

PAGE_THREADS = 8

_pages: Any = WSGIMiddleware(cast(Any, pages), workers=PAGE_THREADS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and not scope["path"].startswith("/live/"):
        await _pages(scope, receive, send)
    else:
        # Lifespan goes to the streams too: they own a listening connection to close.
        await streams(scope, receive, send)
