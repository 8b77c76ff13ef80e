"""What stands for a link once its token has left the address: a cookie that only this link's own page is sent.

The address that stays in the history (`/pago/abierto/<place>/`) opens nothing by itself. The cookie is signed, short,
unreadable for scripts, and lives under the link's own path: several links in several tabs do not meet.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from .proof import Proof

PASS: Final = "sp_pago"  # noqa: S105 — the name of a cookie
PROOF: Final = "sp_pago_prueba"
SECONDS: Final = 2 * 3600
"""How long a pass is good after its page was last read."""
_SALT: Final = "seguripago.pay"


@dataclass(frozen=True, slots=True)
class Pass:
    """A browser's right to one link's page. `is_late`: its token's own time was over when it was exchanged."""

    handle: str
    is_late: bool = False

    @property
    def place(self) -> str:
        """The part of the address that names the link and tells nothing of it."""
        return place_of(self.handle)


def place_of(handle: str) -> str:
    return salted_hmac(f"{_SALT}.place", handle, algorithm="sha256").hexdigest()[:24]


def read_pass(request: HttpRequest, place: str) -> Pass | None:
    """The pass that this browser holds for this place; None without one, with another's, with one that is over."""
    said = request.get_signed_cookie(PASS, default="", salt=_SALT, max_age=SECONDS) or ""
    handle, _, late = said.partition(":")
    found = Pass(handle, is_late=bool(late))
    return found if handle and hmac.compare_digest(found.place.encode(), place.encode()) else None


def keep_pass(response: HttpResponse, held: Pass) -> None:
    """Give the pass to the browser, for the link's own path alone."""
    _keep(response, PASS, f"{held.handle}:late" if held.is_late else held.handle, held)


def read_proof(request: HttpRequest, held: Pass) -> Proof:
    """How this browser has proved itself for this link: with the page's own form, within the pass's time."""
    said = request.get_signed_cookie(PROOF, default="", salt=f"{_SALT}.proof", max_age=SECONDS) or ""
    handle, _, proof = said.partition(":")
    is_own = hmac.compare_digest(handle.encode(), held.handle.encode())
    return Proof(proof) if is_own and proof in {Proof.DIGITS, Proof.WHOLE} else Proof.NONE


def keep_proof(response: HttpResponse, held: Pass, proof: Proof) -> None:
    """Let this browser remember what it proved."""
    _keep(response, PROOF, f"{held.handle}:{proof}", held, salt=f"{_SALT}.proof")


def _keep(response: HttpResponse, name: str, value: str, held: Pass, *, salt: str = _SALT) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=salt,
        max_age=SECONDS,
        path=reverse("pay:page", args=[held.place]),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
