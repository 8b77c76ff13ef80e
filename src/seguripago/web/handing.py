"""Hand a stranger's file to whoever may have it: by a short signed address at a host where no cookie is.

Callers check who asks; the address says only what is served, which very bytes, and for how few minutes. It opens
nothing else, is written into no page, and is useless a little later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

MINUTES: Final = 5
SHOWN: Final = 24
_SALT: Final = "seguripago.files"

type What = Literal["comprobante", "page", "attachment", "delivery", "claim", "account"]


@dataclass(frozen=True, slots=True)
class Handed:
    """What an address serves: `comprobante` by its id; `page` of one; `attachment` of a conversation;
    `delivery`: a proof of one; `claim`: what a side of one showed; `account`: what proves one for a refund.

    `digest` begins as the SHA-256 of the clean copy does.
    """

    what: What
    id: int
    part: int
    digest: str


def hand_over(what: What, file_id: int, digest: str, *, part: int = 0, at: datetime) -> HttpResponse:
    """Send the browser to where the file is served."""
    answer = redirect(address_of(Handed(what, file_id, part, digest[:SHOWN]), at=at))
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def address_of(handed: Handed, *, at: datetime) -> str:
    """Write the address under which the file is served for a few minutes."""
    until = int(at.timestamp()) + MINUTES * 60
    said = f"{handed.what}-{handed.id}-{handed.part}-{handed.digest}-{until}"
    return f"{settings.SEGURIPAGO.files_origin}{reverse('files:file', args=[_signer().sign(said)])}"


def read_address(signed: str, *, at: datetime) -> Handed | None:
    """Answer what an address serves; None for one that is not ours or no longer good."""
    try:
        what, file_id, part, digest, until = _signer().unsign(signed).split("-")
        is_good = int(until) >= at.timestamp()
    except (BadSignature, ValueError):
        return None
    if not is_good or what not in get_args(What.__value__):
        return None
    return Handed(what, int(file_id), int(part), digest)  # type: ignore[arg-type]


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
