"""A payment link on the store's screens: what became of it, in words, and how it is handed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import LinkOpening, LinkPage, PaymentView, links_of, openings_of
from seguripago.web.components.templatetags.sp import money, short_moment


@dataclass(frozen=True, slots=True)
class Share:
    """A live link in somebody's hands. `whatsapp` names the telephone only where its reader may read it."""

    url: str
    text: str
    whatsapp: str


@dataclass(frozen=True, slots=True)
class LinkBox:
    """The newest link of an order, with those before it and who looked; `state` and `tone` are its badge."""

    link: LinkPage
    state: str
    tone: str
    purpose: str
    earlier: tuple[tuple[LinkPage, str, str], ...]
    openings: tuple[LinkOpening, ...]

    @property
    def is_live(self) -> bool:
        """Say whether it can be paid now."""
        return self.link.is_valid


def link_box(order_id: int, *, at: datetime, with_openings: bool = False) -> LinkBox | None:
    """Read an order's links; None where there never was one."""
    links = links_of(order_id, at=at)
    if not links:
        return None
    newest = links[0]
    state, tone = link_state(newest)
    return LinkBox(
        link=newest,
        state=state,
        tone=tone,
        purpose=purpose_label(newest.purpose),
        earlier=tuple((each, *link_state(each)) for each in links[1:]),
        openings=openings_of(newest.id) if with_openings else (),
    )


def link_state(link: LinkPage) -> tuple[str, str]:
    """Say what became of a link, and in which colour."""
    if link.is_valid:
        return (_("Abierto"), "info") if link.first_opened_at else (_("Enviado"), "brand")
    return {
        "paid": (_("Pagado"), "ok"),
        "expired": (_("Vencido"), "warn"),
        "revoked": (_("Retirado"), "bad"),
        "superseded": (_("Reemplazado"), ""),
    }[link.state.value]


def purpose_label(purpose: str) -> str:
    """Say what a link asks for."""
    return {
        "whole": _("Total del pedido"),
        "deposit": _("Anticipo"),
        "rest": _("Resto"),
        "quick": _("Cobro rápido"),
    }.get(purpose, purpose)


def share_of(order: OrderView, payment: PaymentView | None, store_name: str, *, phone: str = "") -> Share | None:
    """Write what is sent with the order's live link; None where there is none."""
    if payment is None or not payment.link_token or payment.link_expires_at is None:
        return None
    url = f"{settings.SEGURIPAGO.base_url.rstrip('/')}/pago/{payment.link_token}/"
    said = {
        "store": store_name,
        "number": order.number,
        "amount": money(payment.link_amount or payment.missing),
        "until": short_moment(payment.link_expires_at),
        "phrase": payment.link_phrase,
        "url": url,
    }
    text = _(
        "%(store)s te envía el link de pago de tu pedido %(number)s por %(amount)s MXN. Vence: %(until)s. La página"
        " debe mostrar tu frase «%(phrase)s»; si no, no pagues ahí. %(url)s"
    )
    written = text % said
    digits = "".join(each for each in phone if each.isdecimal())[-10:]
    number = f"52{digits}" if len(digits) == 10 else ""
    return Share(url, written, f"https://wa.me/{number}?text={quote(written, safe='')}")
