"""Prove a deposit with its CEP: bring the file, or have it looked up at Banxico; a second person lets it in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seguripago.foundations.stores.queries import prefixes
from seguripago.journey.bank import refusals
from seguripago.journey.bank.commands import CepFile, CepFound, ask_cep, propose_capture
from seguripago.journey.bank.queries import cep_question, cep_questions
from seguripago.ports.cep_examination import examine
from seguripago.ports.cep_lookup import CepWanted
from seguripago.ports.cep_paper import MAX_PAPER_BYTES
from seguripago.ports.receipt_readers import ReceiptReading, pinned_keys
from seguripago.values.clabe import institution_of
from seguripago.values.money import Money
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor.capture_forms import CepForm, MovementForm
from seguripago.web.monitor.capture_words import QUESTIONS, SEALS, reason_words

from .captures import REFUSED, ROLES, actor, explain, frame

MOST_BYTES: Final = MAX_PAPER_BYTES


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*ROLES)
def upload(request: StaffRequest) -> HttpResponse:
    """Bring a CEP: its reading is shown; with a verified seal it becomes a proposal, with anything else it cannot."""
    form = CepForm(request.POST, request.FILES) if request.method == "POST" else CepForm()
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        body, name = _file(form)
        if body is None:
            form.add_error("file", _("Elige el archivo del CEP."))
        elif len(body) > MOST_BYTES:
            form.add_error("file", _("El archivo pasa de 512 kB: un CEP pesa mucho menos."))
        else:
            proposal_id = _propose(request, form, body, context)
            if proposal_id is not None:
                return HttpResponseRedirect(reverse("monitor_proposal", args=[proposal_id]))
            if any(asked.startswith("asks_for") and wanted for asked, wanted in context.items()):
                context |= {"kept": base64.b64encode(body).decode(), "kept_name": name}
            context |= _read(examine(body, pinned_keys(settings.SEGURIPAGO.data_dir)).reading)
    return _page(request, form=form, **context)


@require_POST
@staff_only(*ROLES)
def ask(request: StaffRequest) -> HttpResponse:
    """Have a CEP looked up; the question's own page shows what became of it. Nothing here while look-ups are off."""
    if not settings.SEGURIPAGO.cep_lookup_url:
        raise Http404
    form = MovementForm(request.POST, prefix="ask")
    if form.is_valid():
        said = form.cleaned_data
        receiver = next(
            (each.institution for each in prefixes(request.member.store_id) if said["account"].startswith(each.prefix)),
            institution_of(said["account"]),
        )
        wanted = CepWanted(
            tracking_key=said["tracking_key"].strip(),
            operation_date=said["operation_date"],
            sending_institution=said["bank"],
            receiving_institution=receiver,
            account=said["account"],
            amount=said["amount"],
        )
        try:
            question_id = ask_cep(request.member.store_id, wanted, by=actor(request), at=timezone.now())
        except REFUSED as refusal:
            explain(form, refusal)
        else:
            return HttpResponseRedirect(reverse("monitor_cep_question", args=[question_id]))
    return _page(request, ask_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*ROLES)
def question(request: StaffRequest, question_id: int) -> HttpResponse:
    """One question: whether Banxico has answered, what the CEP says, and its way to a proposal."""
    trouble, asks_for_another = "", False
    known: tuple[int, ...] = ()
    if request.method == "POST":
        found = CepFound(question_id, request.POST.get("sender", "")[:5])
        is_another = request.POST.get("is_another") == "on"
        try:
            proposal_id = propose_capture(
                request.member.store_id, found, is_another=is_another, by=actor(request), at=timezone.now()
            )
            return HttpResponseRedirect(reverse("monitor_proposal", args=[proposal_id]))
        except REFUSED as refusal:
            asks_for_another = isinstance(refusal, refusals.LooksKnown)
            form = CepForm({})
            form.is_valid()
            known = explain(form, refusal)
            trouble = " ".join(str(error) for errors in form.errors.values() for error in errors)
    context = {
        **_regions(request, question_id),
        **frame(request),
        "trouble": trouble,
        "known": known,
        "asks_for_another": asks_for_another,
    }
    return render(request, "monitor/captures/question.html", context, status=409 if trouble else 200)


@require_GET
@staff_only(*ROLES)
def live_question(request: StaffRequest, question_id: int) -> HttpResponse:
    return render(request, "monitor/captures/question.html#answer", _regions(request, question_id))


def _regions(request: StaffRequest, question_id: int) -> dict[str, Any]:
    found = cep_question(request.member.store_id, question_id)
    if found is None:
        raise Http404
    tone, label = QUESTIONS[found.state]
    seal = SEALS.get(found.seal, SEALS["none"])
    return {
        "question": found,
        "tone": tone,
        "label": label,
        "seal": seal,
        "is_verified": found.seal == "verified",
        "fields": found.fields,
        "shown": _shown(found.fields),
        "reasons": reason_words(found.reasons),
    }


def _page(
    request: StaffRequest, *, form: CepForm | None = None, ask_form: MovementForm | None = None, **more: Any
) -> HttpResponse:
    may_ask = bool(settings.SEGURIPAGO.cep_lookup_url)
    context = {
        **frame(request),
        "form": form or CepForm(),
        "ask_form": ask_form or MovementForm(prefix="ask"),
        "may_ask": may_ask,
        "questions": [(each, *QUESTIONS[each.state]) for each in cep_questions(request.member.store_id)],
        **more,
    }
    wrong = bool((form and form.errors) or (ask_form and ask_form.errors))
    return render(request, "monitor/captures/cep.html", context, status=422 if wrong else 200)


def _propose(request: StaffRequest, form: CepForm, body: bytes, context: dict[str, Any]) -> int | None:
    said = form.cleaned_data
    seen = CepFile(body, sending_institution=said["sender"], tracking_key=said["tracking_key"].strip())
    try:
        return propose_capture(
            request.member.store_id, seen, is_another=said["is_another"], by=actor(request), at=timezone.now()
        )
    except refusals.SealNotVerified as refusal:
        form.add_error(None, str(refusal.says))
    except refusals.SenderUnsaid as refusal:
        form.add_error("sender", str(refusal.says))
        context["asks_for_sender"] = True
    except REFUSED as refusal:
        if isinstance(refusal, refusals.CaptureUnreadable) and refusal.reason == "tracking_key":
            context["asks_for_key"] = True
        if isinstance(refusal, refusals.CaptureUnreadable) and refusal.reason == "sending_institution":
            form.add_error(None, _("El banco elegido no es el que dice el CEP."))
        else:
            context["known"] = explain(form, refusal)
        context["asks_for_another"] = isinstance(refusal, refusals.LooksKnown)
    return None


def _file(form: CepForm) -> tuple[bytes | None, str]:
    """Give the file that was chosen now, or the one of the try before."""
    file = form.cleaned_data["file"]
    if file:
        return file.read(MOST_BYTES + 1), str(file.name)[-120:]
    try:
        kept = base64.b64decode(form.cleaned_data["kept"], validate=True)
    except (binascii.Error, ValueError):
        return None, ""
    return (kept or None), form.cleaned_data["kept_name"]


def _read(reading: ReceiptReading) -> dict[str, Any]:
    tone, label = SEALS[reading.seal.value]
    return {
        "fields": reading.fields,
        "shown": _shown(reading.fields),
        "tone": tone,
        "label": label,
        "reasons": reason_words(reading.reasons),
    }


def _shown(fields: Mapping[str, str] | None) -> dict[str, Any]:
    """Give amount and date of a reading as what they are, so that they are written like everywhere else."""
    said = fields or {}
    return {
        "amount": Money.parse(said["amount"]) if said.get("amount") else None,
        "date": date.fromisoformat(said["date"]) if said.get("date") else None,
    }
