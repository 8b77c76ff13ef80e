"""How often somebody may try on the pages of a payer."""

from __future__ import annotations

from typing import ClassVar, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seguripago.foundations.limits.commands import take
from seguripago.foundations.limits.rules import Limit
from seguripago.values.refusal import Refusal
from seguripago.web.limits import alias_of

# Four digits are ten thousand guesses: whoever found a link that lives a day finds them once in 660 times, and what
# they open is where to pay, not whose it is.
PROOFS: Final = Limit("pay.proofs", 5, 3600)
PROOFS_OF_A_DAY: Final = Limit("pay.proofs_day", 15, 86_400)
PROOFS_OF_CALLER: Final = Limit("pay.proofs_caller", 30, 3600)
FILES: Final = Limit("pay.files", 10, 3600)
LINKS: Final = Limit("pay.new_links", 3, 3600)
LINKS_OF_CALLER: Final = Limit("pay.new_links_caller", 10, 3600)


class ProofsSpent(Refusal):
    """Too many tries to prove oneself for a payment link."""

    code: ClassVar[str] = "SP-220"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class LinksSpent(Refusal):
    """Too many new payment links asked for by one caller."""

    code: ClassVar[str] = "SP-221"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class FilesSpent(Refusal):
    """Too many files given through one payment link. `wait_s`: when there is room again, in seconds."""

    code: ClassVar[str] = "SP-222"
    says: ClassVar[Promise] = _("Ya subiste varios archivos. Espera una hora o escríbenos en el chat.")

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


def take_file(handle: str) -> None:
    """Count one file given through this link. Raises FilesSpent."""
    if wait := take(FILES, handle, at=timezone.now()):
        raise FilesSpent(wait)


def take_proof(request: HttpRequest, handle: str) -> None:
    """Count one try at this link by this caller, before it is looked at. Raises ProofsSpent."""
    at, caller = timezone.now(), alias_of(request)
    # Whoever had his own share uses up nobody else's.
    if caller and (wait := take(PROOFS_OF_CALLER, caller, at=at)):
        raise ProofsSpent(wait)
    waits = [take(PROOFS, handle, at=at), take(PROOFS_OF_A_DAY, handle, at=at)]
    if any(waits):
        raise ProofsSpent(max(waits))


def take_link(request: HttpRequest, name: str) -> bool:
    """Count one new link of an order, by its number as typed; whether it may be sent. Raises LinksSpent for the caller.

    What is one too many for an order is told to nobody: the answer is the same.
    """
    at, caller = timezone.now(), alias_of(request)
    if caller and (wait := take(LINKS_OF_CALLER, caller, at=at)):
        raise LinksSpent(wait)
    return not take(LINKS, name, at=at)
