"""Who may enter: staff by role, and the page to sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.people import commands as people
from seguripago.foundations.people.queries import Member, is_locked, member

Answer = TypeVar("Answer", bound=HttpResponseBase)
HOMES = {"analyst": "/mesa/", "payments": "/medios-de-pago/", "supervisor": "/medios-de-pago/", "owner": "/oficina/"}


class StaffRequest(HttpRequest):
    """A request whose `member` is set: the person, the store and the role."""

    member: Member


def staff_only(*roles: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer | HttpResponseRedirect]]:
    """Let members with one of the roles in; a stranger goes to sign in, another role finds nothing here (404)."""

    def wrap(view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponseRedirect]:
        @wraps(view)
        @never_cache
        def inner(request: Any, *args: Any, **kwargs: Any) -> Answer | HttpResponseRedirect:
            if not request.user.is_authenticated:
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
            who = member(request.user.pk)
            if who is None or who.role not in roles:
                raise Http404
            request.member = who
            return view(request, *args, **kwargs)

        return inner

    return wrap


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password; the fifth wrong try locks the account for fifteen minutes, with the same answer."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = ""
    email, error = "", ""
    if request.method == "POST":
        email = request.POST.get("email", "").strip().lower()[:254]
        at = timezone.now()
        # The password is hashed for a locked account too: the time of the answer tells nothing either.
        user = authenticate(request, username=email, password=request.POST.get("password", "")[:256])
        if user is not None and not is_locked(email, at=at):
            people.forget_failures(user.pk)
            login(request, user)
            who = member(user.pk)
            return HttpResponseRedirect(target or HOMES.get(who.role if who else "", "/"))
        people.count_failed_sign_in(email, at=at)
        error = _("El correo o la contraseña no coinciden. Después de cinco intentos hay que esperar 15 minutos.")
    context = {"email": email, "error": error, "next": target}
    return render(request, "components/sign_in.html", context, status=401 if error else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and the streams that it opened; other browsers of the person come back by themselves."""
    user_id = request.user.pk
    logout(request)
    if user_id is not None:
        wake(f"member:{user_id}")
    return HttpResponseRedirect(settings.LOGIN_URL)
