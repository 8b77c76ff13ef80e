"""What the page behind a link shows, gathered once for the page and for its live part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.cards.queries import card_of, gateway_of, paid_charges
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import link_token
from seguripago.journey.payments.queries import LinkPage, link_page
from seguripago.journey.payments.rules import MTU, LinkStanding
from seguripago.journey.receipts.queries import receipt_of
from seguripago.web.card_form import paying
from seguripago.web.components.templatetags.sp import money, seconds_left
from seguripago.web.live.tickets import payers_topic
from seguripago.web.pay.page import Asked, Panel, Way, panel_of
from seguripago.web.pay.passes import Pass, read_pass, read_proof
from seguripago.web.pay.proof import Proof
from seguripago.web.shop.cookies import order_tokens
from seguripago.web.shop.order_page import PAID_STATES
from seguripago.web.shop.stores import store_of

NO_CARD: Final = paying.Drawn(None, None)


@dataclass(frozen=True, slots=True)
class Shown:
    """A link as this browser may see it."""

    held: Pass
    link: LinkPage
    order: OrderView
    store: StoreView
    proof: Proof
    is_late: bool = False
    """Whether the link was given more time since: whoever holds an older token of it asks for a new one."""

    @property
    def panel(self) -> Panel:
        """What the page is about."""
        waits = self.order.is_quick and self.order.accepted_at is None
        return panel_of(self.link.state, self.proof, waits_for_yes=waits)


def shown(request: HttpRequest, place: str) -> Shown | None:
    """The link of this place, if this browser holds its pass."""
    held = read_pass(request, place)
    found = link_page(held.handle, at=timezone.now()) if held else None
    if held is None or found is None:
        return None
    is_late = held.is_late and found.is_valid
    if is_late:
        found = replace(found, state=LinkStanding.EXPIRED, instructions=None)
    order = orders.order(found.order_id)
    proof = Proof.OWN if order.access_token in order_tokens(request) else read_proof(request, held)
    return Shown(held, found, order, store_of(found.store_id), proof, is_late)


def takes_files(seen: Shown) -> bool:
    """Whether whoever is here may give a comprobante: a proven payer, of a transfer that is awaited or has come."""
    if not seen.proof or seen.panel is not Panel.PAID:
        return bool(seen.proof) and seen.panel is Panel.PAY
    # A card's comprobante is the gateway's own voucher.
    return not paid_charges([seen.link.payment_id])


def context_of(request: HttpRequest, seen: Shown, *, way: Way) -> dict[str, Any]:
    """Gather what the page of a link draws. Nothing of the order stands in it that its proof does not allow."""
    panel, link = seen.panel, seen.link
    is_paid = seen.order.state in PAID_STATES
    asked = asked_of(seen)
    context: dict[str, Any] = {
        "order": seen.order,
        "store": seen.store,
        "link": link,
        "asked": asked,
        "place": seen.held.place,
        "proof": seen.proof.value,
        "panel": panel.value,
        "panel_template": f"pay/_{panel.value}.html",
        "is_paid": is_paid,
        "is_late": seen.is_late,
        "takes_files": takes_files(seen) and (panel is Panel.PAID or way is Way.SPEI),
        "host": request.get_host(),
        "said": said_of(panel, asked, is_paid=is_paid),
        "live_topics": payers_topic(seen.order.id, at=timezone.now()),
    }
    if panel is Panel.PAID:
        context["receipt"] = receipt_of(seen.order.id) if is_paid and seen.proof else None
    if panel in {Panel.PROVE, Panel.ACCEPT, Panel.PAY}:
        context["left"] = seconds_left(link.expires_at) + 1
    if panel is Panel.PAY:
        context |= _ways(seen, way)
    context["state_url"] = f"{reverse('pay:state', args=[seen.held.place])}?con={way.value}&v={mark_of(context)}"
    return context


def mark_of(context: dict[str, Any]) -> str:
    """A name for what is shown, so that a page is not redrawn under somebody's fingers when nothing changed."""
    link, receipt, card = context["link"], context.get("receipt"), context.get("card_form")
    shown_now = (
        *(context["panel"], context["proof"], context["is_paid"], context["order"].state, context.get("way")),
        *(link.missing, link.expires_at, receipt.number if receipt else "", context.get("takes_cards")),
        *((card.waiting, card.declined) if card else ()),
    )
    return blake2s(repr(shown_now).encode(), digest_size=6).hexdigest()


def asked_of(seen: Shown) -> Asked:
    """What is still to be paid through the link."""
    link = seen.link
    return Asked(
        purpose=link.purpose,
        amount=link.missing,
        whole=link.whole,
        received=link.received,
        rest=link.rest,
        is_fixed_with_shipping=not seen.order.is_quick,
    )


def said_of(panel: Panel, asked: Asked, *, is_paid: bool) -> str:
    """What a reader hears when the page has changed by itself."""
    match panel:
        case Panel.PAID:
            return _("Pago confirmado") if is_paid else _("Recibimos tu anticipo")
        case Panel.EXPIRED:
            return _("Este link venció")
        case Panel.REVOKED:
            return _("La tienda retiró este link")
        case Panel.SUPERSEDED:
            return _("Este link ya no se usa")
    return f"{asked.title}: {money(asked.amount)}"


def _ways(seen: Shown, way: Way) -> dict[str, Any]:
    link = seen.link
    told = _card(seen) if way is Way.CARD else NO_CARD
    takes_cards = told.form is not None if way is Way.CARD else bool(gateway_of(link.store_id))
    if not takes_cards:
        way = Way.SPEI
    token = link_token.make(link.handle, store_id=link.store_id, expires_at=link.expires_at)
    return {
        "way": way.value,
        "way_template": f"pay/_{'card' if way is Way.CARD else 'spei'}.html",
        "takes_cards": takes_cards,
        "card_form": told.form,
        "card_config": told.config,
        "part": link.amount - link.missing if link.missing < link.amount else None,
        "above_mtu": link.missing > MTU,
        "again_url": f"{settings.SEGURIPAGO.base_url.rstrip('/')}{reverse('pay:open', args=[token])}",
    }


def card_place(seen: Shown) -> paying.CardPlace:
    """Where this link is paid with a card: on its own page, for exactly what it asks."""
    place = seen.held.place
    page = f"{reverse('pay:page', args=[place])}?con={Way.CARD}"
    return paying.CardPlace(
        order_id=seen.order.id,
        link_id=seen.link.id,
        action=reverse("pay:card", args=[place]),
        page=lambda code: f"{page}&aviso={code}" if code else page,
        status=lambda key: reverse("pay:card_status", args=[place, key]),
        back=lambda key: reverse("pay:card_return", args=[place, key]),
    )


def _card(seen: Shown) -> paying.Drawn:
    last = card_of(seen.link.payment_id)
    mine = last if last is not None and last.link_id == seen.link.id else None
    return paying.drawn(card_place(seen), seen.link.store_id, seen.link.missing, mine)
