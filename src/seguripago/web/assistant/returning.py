"""The way back from a mail: the link shows a button, the button opens the conversation in this browser, once.

The link's secret stands behind `#`: a browser sends that to no server, so it is in no log and whoever only fetches the
link spends nothing. The page's script moves it into the form and out of the address bar.
"""

from __future__ import annotations

import secrets

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from seguripago.journey.assistance import commands
from seguripago.journey.assistance import queries as assistance

from . import remembering
from .frame import FrameRequest, frame_page
from .views import POLICY_VERSION, keep_answer


@frame_page
def come_back(request: FrameRequest) -> HttpResponse:
    """Ask for the button, with the cookie policy where it was not answered yet; the button opens the conversation."""
    is_known = bool(remembering.choice(request, POLICY_VERSION))
    if request.method != "POST":
        return _page(request, is_known=is_known)
    chosen = request.POST.get("choice", "")
    if not is_known and chosen not in {"necessary", "all"}:
        return _page(request, is_known=False, key=request.POST.get("key", "")[:200], status=422)
    token = secrets.token_urlsafe(32)
    try:
        conversation_id = commands.come_back(
            request.store.id, request.POST.get("key", "")[:200], browser_token=token, at=timezone.now()
        )
    except commands.WayBackOver:
        return _page(request, is_known=is_known, is_over=True, status=410)
    found = assistance.conversation(conversation_id)
    assert found is not None
    response = HttpResponseRedirect(reverse("assistant:chat", args=[request.store.slug, found.code]))
    if not is_known:
        keep_answer(request, response, chosen)
    remembering.keep_talk(request, response, found.code, token)
    return response


def _page(
    request: FrameRequest, *, is_known: bool, is_over: bool = False, key: str = "", status: int = 200
) -> HttpResponse:
    context = {"store": request.store, "is_known": is_known, "is_over": is_over, "key": key}
    return render(request, "assistant/return.html", context, status=status)
