"""Serve what a signed address names. No session, no cookie: whoever has the address was let through minutes ago."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seguripago.journey.assistance import queries as assistance
from seguripago.journey.claims.queries import claim_file
from seguripago.journey.delivery.queries import proof_file
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.evidence.picturing import picture_of
from seguripago.journey.refunds.queries import account_file
from seguripago.ports.pdf_opening import PdfBusy
from seguripago.web.claiming import file_headers
from seguripago.web.handing import Handed, read_address


@require_safe
def give(request: HttpRequest, signed: str) -> HttpResponse:
    """The file of a signed address; words for one that is over."""
    handed = read_address(signed, at=timezone.now())
    try:
        found = _found(handed) if handed is not None else None
    except PdfBusy:
        says = _("Por ahora no podemos revisar archivos. Inténtalo de nuevo en unos minutos.")
        later = {"Retry-After": "60", **NOTHING_RUNS}
        return HttpResponse(says, status=503, content_type="text/plain; charset=utf-8", headers=later)
    if found is None:
        says = _("Este enlace ya venció. Vuelve a la página donde estaba el archivo y ábrelo otra vez.")
        return HttpResponse(says, status=404, content_type="text/plain; charset=utf-8", headers=NOTHING_RUNS)
    body, headers = found
    return HttpResponse(body, headers={**headers, **NOTHING_RUNS})


NOTHING_RUNS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
}
"""A picture of it may be drawn by a page of the main host, which is another one."""


def _found(handed: Handed) -> tuple[bytes, dict[str, str]] | None:
    if handed.what == "attachment":
        attachment = assistance.attachment_to_serve(handed.id)
        if attachment is None or not attachment.sha256.startswith(handed.digest):
            return None
        return attachment.body, attachment.headers
    if handed.what == "delivery":
        proof = proof_file(handed.id)
        if proof is None or not proof.sha256.startswith(handed.digest):
            return None
        return proof.body, proof.headers
    if handed.what == "claim":
        shown = claim_file(handed.part, handed.id)
        if shown is None or not shown[0].sha256.startswith(handed.digest):
            return None
        return shown[1], file_headers(shown[0])
    if handed.what == "account":
        account = account_file(handed.id)
        if account is None or not account.sha256.startswith(handed.digest):
            return None
        return account.body, account.headers
    file = evidence.evidence_file(handed.id)
    if file is None or not file.sha256.startswith(handed.digest):
        return None
    if handed.what == "comprobante":
        return file.body, file.headers
    drawn = picture_of(file, handed.part)
    if drawn is None:
        return None
    name = f"comprobante-{file.id}-{handed.part}.{drawn.extension}"
    return drawn.body, evidence.download_headers(drawn.content_type, name)
