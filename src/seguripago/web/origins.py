"""Up to three origins, where the chat and strangers' files have one of their own: nobody does what is another's.

What a store's page embeds then shares no cookie, no storage and no script with the desk, and a stranger's file shares
nothing with anybody: a fault of one is none of the other's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FILES: Final = "/archivos/"
FRAMES: Final = ("/asistente.js", "/asistente/")
EVERYWHERE: Final = ("/static/", "/healthz", "/readyz")


class OriginMiddleware:
    """Serve the chat and files on their own hosts alone, and nothing else there; without such hosts all is served here.

    What asks for a file is read without its cookies and answered without any, wherever files are served.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_file, is_frame = request.path.startswith(FILES), request.path.startswith(FRAMES)
        if is_file:
            request.META.pop("HTTP_COOKIE", None)
        if not request.path.startswith(EVERYWHERE):
            here = settings.SEGURIPAGO
            wanted = here.files_origin if is_file else here.assistant_origin if is_frame else ""
            apart = filter(None, (here.assistant_origin, here.files_origin))
            if wanted != next((origin for origin in apart if _is_host(request.get_host(), origin)), ""):
                return HttpResponse(status=404, content_type="text/plain")
        response = self.get_response(request)
        if is_file:
            response.cookies.clear()
        return response


def is_assistants(host: str) -> bool:
    """Whether a request's Host is the chat's own one."""
    origin = settings.SEGURIPAGO.assistant_origin
    return bool(origin) and _is_host(host, origin)


def shared_domain() -> str | None:
    """The domain of what the shop keeps and the frame may read: the main host, if the chat's lies below it.

    None keeps a cookie to the host that set it.
    """
    main = urlsplit(settings.SEGURIPAGO.base_url).hostname or ""
    chat = urlsplit(settings.SEGURIPAGO.assistant_origin).hostname or ""
    return main if chat.endswith(f".{main}") else None


def _is_host(host: str, origin: str) -> bool:
    return host.lower() == urlsplit(origin).netloc
