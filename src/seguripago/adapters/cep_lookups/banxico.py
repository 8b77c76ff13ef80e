"""Banxico's portal of CEPs: a form, a session, a page in Spanish, and the XML.

There is no API: the portal answers 200 with sentences. Only what is known word for word counts; the CEP itself is then
compared with what was asked, because the portal serves whatever its session holds. Shapes: the public recordings of
cuenca-mx/cep-python (2019 to 2025). Only the block of the message is read, since the page of a known payment also
explains every other state further down, and repeats its sentences in comments.
"""

from __future__ import annotations

import html
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

import httpx

from seguripago.ports.cep import MAX_CEP_BYTES, NotACep, is_amount, parse_xml
from seguripago.ports.cep_lookup import Away, CepAnswer, CepWanted, Found, NotFound, NotYet, RateLimited, WentBack

PAUSE_S: Final = 15 * 60
MOST_PAGE_BYTES: Final = 1_048_576
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_MESSAGE: Final = re.compile(r'<div[^>]*class="info"[^>]*>(.*?)</div>', re.DOTALL)
_HEADLINE: Final = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_ROW: Final = re.compile(r"<tr[^>]*>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>\s*</tr>", re.DOTALL)
_STATE: Final = "estado del pago en banxico"
_ON_ITS_WAY: Final = frozenset({"liquidado", "en proceso"})
_GONE: Final = frozenset(
    {"devuelto", "en proceso de devolución", "cancelado", "rechazado", "no liquidado", "retornado"}
)


@dataclass(frozen=True, slots=True)
class Banxico:
    """Asks the portal as a person would: once, with a session of its own."""

    slug: str = "banxico"
    title: str = "Banxico"

    def ask(self, wanted: CepWanted, *, base_url: str, timeout_s: float) -> CepAnswer:
        """Send the form; where it offers the CEP, fetch it in the same session."""
        patience = httpx.Timeout(timeout_s)
        try:
            with httpx.Client(base_url=base_url.rstrip("/"), timeout=patience, follow_redirects=False) as client:
                deadline = time.monotonic() + 2 * timeout_s
                page = _page(client, "POST", "/valida.do", deadline, data=form(wanted))
                if not isinstance(page, bytes):
                    return page
                answer = understood(page.decode("utf-8", "replace"))
                if answer is not None:
                    return answer
                body = _page(client, "GET", "/descarga.do?formato=XML", deadline)
                return body if not isinstance(body, bytes) else _checked(body, wanted)
        except httpx.TimeoutException:
            return Away("timeout")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Away("unreachable")


def form(wanted: CepWanted) -> dict[str, str]:
    """Fill the portal's form. The amount is text made of whole centavos."""
    return {
        "tipoCriterio": "T",
        "captcha": "c",
        "tipoConsulta": "1",
        "fecha": f"{wanted.operation_date:%d-%m-%Y}",
        "criterio": wanted.tracking_key,
        "emisor": wanted.sending_institution,
        "receptor": wanted.receiving_institution,
        "cuenta": wanted.account,
        "monto": wanted.amount.plain,
        "receptorParticipante": "1" if wanted.to_a_participant else "0",
    }


def understood(page: str) -> CepAnswer | None:
    """Read the portal's page. None only when it offers the CEP for download; what is not recognised is Away."""
    bare = _COMMENT.sub("", page)
    messages = [_words(found) for found in (*_MESSAGE.findall(bare), *_HEADLINE.findall(bare))]
    said = " ".join(messages)
    if "imagen de seguridad no fue ingresada" in said or "excedido el número máximo de consultas" in said:
        return RateLimited(PAUSE_S)
    if "no se encontró ningún pago con la información proporcionada" in said:
        return NotFound()
    if "operación no encontrada" in said or "no ha recibido una orden de pago que cumpla" in said:
        return NotFound()
    if "se identificó el siguiente pago" in said:
        return _state(bare)
    offers = re.search(r'href="descarga\.do\?formato=XML"', bare) is not None
    if offers and not any("lo sentimos" in message or "error" in message for message in messages):
        return None
    return Away("page_not_understood")


def _state(page: str) -> CepAnswer:
    """The payment is known without a CEP: its state says whether to wait."""
    rows = {_words(name): _words(value) for name, value in _ROW.findall(page)}
    state = rows.get(_STATE, "")
    if state in _ON_ITS_WAY:
        return NotYet(state.capitalize())
    if state in _GONE:
        return WentBack(state.capitalize())
    return Away("state_not_understood")


def _checked(body: bytes, wanted: CepWanted) -> CepAnswer:
    """Take the download only when it is the CEP that was asked for."""
    if b"SPEI_Tercero" not in body:
        answer = understood(body.decode("utf-8", "replace"))
        return answer if answer is not None else Away("page_not_understood")
    try:
        cep = parse_xml(body)
    except NotACep as trouble:
        return Away(f"cep_{trouble.reason}")
    amount = cep.beneficiary.get("MontoPago", "")
    is_the_one = (
        cep.tracking_key.strip().upper() == wanted.tracking_key.strip().upper()
        and is_amount(amount)
        and Decimal(amount) == wanted.amount.decimal
        and (wanted.to_a_participant or cep.beneficiary.get("Cuenta", "") == wanted.account)
        and cep.head.get("FechaOperacion", "") in _days_around(wanted)
    )
    return Found(body) if is_the_one else Away("another_cep")


def _days_around(wanted: CepWanted) -> set[str]:
    """The portal finds a payment by the day it was sent or settled; the CEP says its operation date."""
    return {(wanted.operation_date + timedelta(days=days)).isoformat() for days in range(-5, 6)}


def _page(client: httpx.Client, method: str, path: str, deadline: float, **more: object) -> bytes | CepAnswer:
    """Give the body of a 200, or what else it means. A page that never ends is cut."""
    with client.stream(method, f"{client.base_url}{path.lstrip('/')}", **more) as answer:  # type: ignore[arg-type]
        if answer.status_code == 429:
            after = answer.headers.get("retry-after", "")
            return RateLimited(min(int(after), 86_400) if after.isascii() and after.isdigit() else PAUSE_S)
        if answer.status_code != 200:
            return Away(f"status_{answer.status_code}")
        body = b""
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > max(MOST_PAGE_BYTES, MAX_CEP_BYTES):
                return Away("page_too_long")
            if time.monotonic() > deadline:
                return Away("timeout")
        return body


def _words(fragment: str) -> str:
    """Give the words of a piece of HTML in lower case, without tags, entities or extra spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", fragment)).split()).lower()


ADAPTER: Final = Banxico()
