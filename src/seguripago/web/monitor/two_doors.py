"""What the pages of refunds and of card charges share: two doors to each, lists that go on, and what is asked there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

type Door = Literal["monitor", "office"]

AREA: Final = ("payments", "supervisor")
OFFICE: Final = ("owner", "supervisor")
CHECKERS: Final = ("supervisor", "owner")
PAGE: Final = 50
AT_MONITOR: Final = {"place": "monitor"}
AT_OFFICE: Final = {"place": "office"}


def by_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in whom the door lets in; the address names its `place`, and the view gets it."""
    doors = {"monitor": staff_only(*AREA)(view), "office": staff_only(*OFFICE)(view)}

    @wraps(view)
    def through(request: HttpRequest, *, place: Door, **said: Any) -> HttpResponse:
        return doors[place](request, place=place, **said)

    return through


def frame(place: Door, *, listed: str, office: str) -> dict[str, Any]:
    """What a page takes from its door; `listed` names the list's address, `office` its section in the office."""
    return {
        "frame": f"{place}/base.html",
        "place": place,
        "list_url": reverse(f"{place}_{listed}"),
        "section": "monitor" if place == "monitor" else office,
        "live_topics": "monitor",
    }


def before(request: StaffRequest) -> int | None:
    """The number that a list goes on from."""
    said = request.GET.get("antes", "")
    return int(said) if said.isdecimal() and len(said) < 19 else None


def following(rows: Sequence[Any], chosen: Mapping[str, str]) -> str:
    """The query of what comes after a page, with what was chosen; empty where `rows` has no more than PAGE."""
    if len(rows) <= PAGE:
        return ""
    kept = {name: value for name, value in chosen.items() if value}
    return urlencode({**kept, "antes": rows[PAGE - 1].id})


def asked_of(request: StaffRequest, subject: str) -> dict[str, Any]:
    """What waits for a second person about this, and whether the reader is that person."""
    asked = open_proposals_of(request.member.store_id, [subject]).get(subject)
    is_own = asked is not None and asked.proposed_by_id == request.member.user_id
    may_decide = asked is not None and not is_own and request.member.role in CHECKERS
    return {"asked": asked, "is_own": is_own, "may_decide": may_decide}


def drawn(request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page, or only how it stands where a page that is open asks for that part again."""
    part = "#standing" if request.GET.get("parte") == "estado" else ""
    return render(request, template + part, context, status=status)


def actor(request: StaffRequest) -> Actor:
    """Whoever is at the keyboard."""
    return Actor.staff(request.member.user_id, request.member.name)
