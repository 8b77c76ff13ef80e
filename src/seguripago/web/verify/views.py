"""The public page that says what is genuine."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seguripago.foundations.stores.queries import store
from seguripago.journey.receipts.queries import anchors_file
from seguripago.web.limits import VERIFICATIONS, too_often
from seguripago.web.verify.lookup import LONGEST, Altered, Genuine, look_up


@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Show the form, and the answer to what was typed (`q`) or scanned (`n` with `k`, on certificates in full)."""
    typed = request.GET.get("q", "")
    scanned = request.GET.get("n") or request.GET.get("numero", "")
    key = request.GET.get("k") or request.GET.get("clave", "")
    asked = (typed or scanned).replace("\x00", "").strip()[:LONGEST]
    page: dict[str, object] = {"asked": asked}
    if asked and (wait := too_often(VERIFICATIONS, request)):
        answer = render(request, "verify/verify.html", page | {"too_often": True}, status=429)
        answer["Retry-After"] = str(wait)
        return answer
    if asked:
        found = look_up(asked, "" if typed else key[:LONGEST])
        page["genuine"] = found if isinstance(found, Genuine) else None
        page["altered"] = found if isinstance(found, Altered) else None
    return render(request, "verify/verify.html", page)


@require_safe
def public_key(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Hand out the store's public key as PEM, for whoever checks receipts without a connection."""
    found = store(store_slug)
    if found is None:
        raise Http404
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(found.public_key))
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    answer = HttpResponse(pem, content_type="application/x-pem-file")
    answer["Content-Disposition"] = f'attachment; filename="{found.slug}.pem"'
    return answer


@require_safe
def anchors(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Hand out the signed ends of the store's chain of receipts, one a day, for whoever wants to keep them."""
    found = store(store_slug)
    if found is None:
        raise Http404
    answer = HttpResponse(anchors_file(found.id), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{found.slug}.json"'
    return answer
