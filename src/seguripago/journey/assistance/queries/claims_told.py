"""Each step of a claim in words: what the chat and the mails say of it."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from seguripago.journey.claims import facts
from seguripago.journey.claims.queries import ClaimView, claim, claim_event
from seguripago.journey.claims.rules import OFFER_LABELS, OUTCOME_LABELS, REASON_LABELS, OfferKind, Outcome, Reason
from seguripago.values.money import Money


def claim_told(fact: facts.ClaimFact) -> tuple[str, bool]:
    """Say what happened, and whether only the store's people hear it; empty where there is nothing to say."""
    found = claim(fact.claim_id)
    return _words(fact, found) if found is not None else ("", True)


def _words(fact: facts.ClaimFact, found: ClaimView) -> tuple[str, bool]:
    said = {"n": found.number, "at": _until(found)}
    match fact:
        case facts.ClaimOpened():
            said["why"] = _(REASON_LABELS[Reason(found.reason)])
            return _("Reclamación %(n)s abierta: %(why)s. La tienda responde a más tardar el %(at)s.") % said, False
        case facts.ClaimAnswered():
            return _("La tienda respondió la reclamación %(n)s. Léela en la página de tu pedido.") % said, False
        case facts.ClaimNoted():
            event = claim_event(fact.event_id)
            side = _("Quien compró") if event is not None and event.side == "buyer" else _("La tienda")
            return _("%(side)s agregó algo a la reclamación %(n)s.") % (said | {"side": side}), False
        case facts.OfferMade(offer_id=offer_id):
            return _offer(found, offer_id), False
        case facts.OfferAccepted():
            return _("La oferta de la reclamación %(n)s fue aceptada.") % said, False
        case facts.OfferRefused():
            return _("La oferta de la reclamación %(n)s no fue aceptada. La tienda puede hacer otra.") % said, False
        case facts.ReplacementSent():
            return _("El cambio de la reclamación %(n)s va en camino.") % said, False
        case facts.GoodsSentBack():
            return _("Lo que se devuelve por la reclamación %(n)s va en camino a la tienda.") % said, False
        case facts.ClaimEscalated(to="supervisor"):
            return _("La reclamación %(n)s la revisa un supervisor, a más tardar el %(at)s.") % said, False
        case facts.ClaimEscalated():
            return _("La reclamación %(n)s espera a quien dirige la tienda.") % said, True
        case facts.ClaimReminded():
            return _("El plazo de la reclamación %(n)s está por vencer: %(at)s.") % said, True
        case facts.ClaimDecided():
            return _decided(fact, found), False
        case facts.ClaimAppealed():
            return _("La resolución de la reclamación %(n)s fue apelada. La revisan otras personas.") % said, False
        case facts.ClaimClosed():
            return _closed(fact, found), False
    return "", True


def _offer(found: ClaimView, offer_id: int) -> str:
    offer = next((each for each in found.offers if each.id == offer_id), None)
    if offer is None:
        return ""
    what = _(OFFER_LABELS[OfferKind(offer.kind)])
    said = {"n": found.number, "what": f"{what} ({offer.amount})" if offer.amount else what}
    return _("La tienda ofrece por la reclamación %(n)s: %(what)s. Acéptala o no en la página de tu pedido.") % said


def _decided(fact: facts.ClaimDecided, found: ClaimView) -> str:
    decision = next((each for each in found.decisions if each.id == fact.decision_id), None)
    if decision is None:
        return ""
    said = {"n": found.number, "to_buyer": decision.to_buyer, "to_store": decision.to_store, "at": _until(found)}
    if decision.is_replacement:
        return _("La reclamación %(n)s se resolvió: la tienda cambia lo reclamado.") % said
    text = _("La reclamación %(n)s se resolvió: %(to_buyer)s para quien compró y %(to_store)s para la tienda.") % said
    if fact.is_last or not said["at"]:
        return text
    until = _("Se puede apelar hasta el %(at)s.") % said
    return f"{text} {until}"


def _closed(fact: facts.ClaimClosed, found: ClaimView) -> str:
    said = {"n": found.number, "how": _(OUTCOME_LABELS[Outcome(fact.outcome)])}
    text = _("La reclamación %(n)s concluyó. %(how)s.") % said
    if not fact.to_buyer_centavos:
        return text
    amount = Money(fact.to_buyer_centavos, fact.currency)
    back = _("Reembolso: %(amount)s.") % {"amount": amount}
    return f"{text} {back}"


def _until(found: ClaimView) -> str:
    return date_format(localtime(found.due_at), "j \\d\\e F, H:i") if found.due_at is not None else ""
