"""What claims say on the screens of both sides: refusals in words, and the steps of their timeline."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seguripago.journey.claims import refusals as claims
from seguripago.journey.claims.queries import ClaimEventView, ClaimFileView
from seguripago.journey.claims.rules import OUTCOME_LABELS, Outcome
from seguripago.journey.evidence.queries import download_headers
from seguripago.journey.evidence.rules import CONTENT_TYPES, EvidenceKind
from seguripago.values.refusal import Refusal
from seguripago.web.components.templatetags.sp import short_moment

BUYER_STEPS: Final = {
    "opened": gettext_lazy("Abriste la reclamación"),
    "answered": gettext_lazy("La tienda respondió"),
    "offer": gettext_lazy("La tienda te hizo una oferta"),
    "offer_accepted": gettext_lazy("Aceptaste la oferta"),
    "offer_refused": gettext_lazy("No aceptaste la oferta"),
    "replacement_sent": gettext_lazy("La tienda envió tu cambio"),
    "replacement_came": gettext_lazy("Recibiste el cambio"),
    "to_replace": gettext_lazy("La tienda prepara tu cambio"),
    "sent_back": gettext_lazy("Enviaste la devolución"),
    "came_back": gettext_lazy("La tienda recibió tu devolución"),
    "escalated": gettext_lazy("Pasó a un supervisor"),
    "decided": gettext_lazy("La reclamación se resolvió"),
    "appealed": gettext_lazy("Se apeló la resolución"),
    "closed": gettext_lazy("La reclamación concluyó"),
}
STORE_STEPS: Final = {
    "opened": gettext_lazy("Tu cliente abrió la reclamación"),
    "answered": gettext_lazy("La tienda respondió"),
    "offer": gettext_lazy("La tienda hizo una oferta"),
    "offer_proposed": gettext_lazy("Se propuso una oferta"),
    "offer_accepted": gettext_lazy("Tu cliente aceptó la oferta"),
    "offer_refused": gettext_lazy("Tu cliente no aceptó la oferta"),
    "replacement_sent": gettext_lazy("Se envió el cambio"),
    "replacement_came": gettext_lazy("Tu cliente recibió el cambio"),
    "to_replace": gettext_lazy("Hay que enviar el cambio"),
    "sent_back": gettext_lazy("Tu cliente envió la devolución"),
    "came_back": gettext_lazy("Llegó la devolución"),
    "escalated": gettext_lazy("Pasó a un supervisor"),
    "reminded": gettext_lazy("Se recordó el plazo"),
    "handed_on": gettext_lazy("Nadie decidió a tiempo: pasó al dueño"),
    "proposed": gettext_lazy("Se propuso una resolución"),
    "rejected": gettext_lazy("No se aprobó lo propuesto"),
    "decided": gettext_lazy("La reclamación se resolvió"),
    "appealed": gettext_lazy("Se apeló la resolución"),
    "stuck": gettext_lazy("Lo resuelto no se pudo cumplir todavía"),
    "closed": gettext_lazy("La reclamación concluyó"),
}
STORE_OUTCOMES: Final = {
    Outcome.WITHDRAWN: gettext_lazy("Tu cliente la retiró"),
    Outcome.AGREED: gettext_lazy("Llegaron a un acuerdo"),
    Outcome.DECIDED: gettext_lazy("Se resolvió"),
    Outcome.REPLACED: gettext_lazy("Tu cliente recibió el cambio"),
    Outcome.GIVEN_BACK: gettext_lazy("La compra se reembolsó completa"),
}
SAYS: Final = {
    "SP-464": gettext_lazy("Esa reclamación no existe."),
    "SP-465": gettext_lazy("Este pedido ya tiene una reclamación abierta."),
    "SP-466": gettext_lazy("La reclamación cambió mientras tanto y no hicimos nada. Así está ahora."),
    "SP-467": gettext_lazy("Todavía no hay nada que reclamar: falta confirmar el pago."),
    "SP-469": gettext_lazy("Tu pedido todavía no sale de la tienda: no puede haber llegado mal."),
    "SP-474": gettext_lazy("Esa oferta ya no está vigente."),
    "SP-476": gettext_lazy("Una apelación la deciden otras personas que la primera vez."),
    "SP-477": gettext_lazy("Esta reclamación ya se apeló una vez; la segunda resolución es la última."),
    "SP-479": gettext_lazy("Eso le toca a la otra parte, o a alguien con otro rol."),
    "SP-480": gettext_lazy("El dinero de este pedido no está con la tienda ahora; no se hizo nada."),
}


def why_not(refusal: Refusal) -> str:
    """Say to either side why something was not done; empty where the caller knows better words."""
    match refusal:
        case claims.NotLateYet(until=until):
            return _("Todavía está a tiempo: puedes decir que no llegó desde el %(at)s.") % {"at": short_moment(until)}
        case claims.ClaimNeedsWords(least=least, most=most):
            return _("Escribe entre %(least)d y %(most)d letras.") % {"least": least, "most": most}
        case claims.LinesNotOfOrder():
            return _("Revisa las piezas: no pueden ser más de las que compraste.")
        case claims.TooManyClaimFiles(most=most):
            return _("Ya hay %(most)d archivos de tu parte: es lo más que guardamos.") % {"most": most}
        case claims.OfferNotPossible(held=held):
            return _("Revisa el monto: la garantía responde por %(held)s.") % {"held": held}
        case claims.DecisionNotPossible(parts=parts, held=held):
            return _("Los dos montos suman %(parts)s y deben sumar %(held)s.") % {"parts": parts, "held": held}
        case claims.AppealTooLate(until=until):
            return _("El plazo para apelar terminó el %(at)s.") % {"at": short_moment(until)}
    said = SAYS.get(refusal.code)
    return str(said) if said is not None else str(getattr(refusal, "says", ""))


def title(event: ClaimEventView, *, is_buyer: bool) -> str:
    """Say what a step of the timeline was, to the buyer or to the store."""
    if event.kind == "said":
        return _wrote(event.side, is_buyer=is_buyer)
    if event.kind == "file":
        return _showed(event.side, is_buyer=is_buyer)
    return str((BUYER_STEPS if is_buyer else STORE_STEPS).get(event.kind, event.kind))


def detail(event: ClaimEventView, *, is_buyer: bool) -> str:
    """Say what was written with a step; codes become words."""
    if event.kind == "closed":
        outcome = Outcome(event.words)
        return _(OUTCOME_LABELS[outcome]) if is_buyer else str(STORE_OUTCOMES[outcome])
    return "" if event.kind == "reminded" else event.words


def file_headers(file: ClaimFileView) -> dict[str, str]:
    """The headers of a claim's file: a download, never shown inside our pages."""
    return download_headers(CONTENT_TYPES[EvidenceKind(file.kind)], file.filename)


def _wrote(side: str, *, is_buyer: bool) -> str:
    if side == "buyer":
        return _("Escribiste") if is_buyer else _("Tu cliente escribió")
    return _("La tienda escribió")


def _showed(side: str, *, is_buyer: bool) -> str:
    if side == "buyer":
        return _("Agregaste un archivo") if is_buyer else _("Tu cliente agregó un archivo")
    return _("La tienda agregó un archivo")
