"""What the order page says at each moment: one panel, six steps, what comes next. Pure: no request, no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from seguripago.journey.orders.queries import days_between
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.values.steps import Preference
from seguripago.web.components.templatetags.sp import clock, short_moment

PAID_STATES = frozenset({"paid", "preparing", "shipped", "delivered", "closed"})
ENDED_STATES = frozenset({"cancelled", "expired"})
PAY_STEP = 2


class Panel(StrEnum):
    """What the middle of the page is about."""

    VERIFYING = "verifying"
    CORRECTION = "correction"
    TO_ACCEPT = "to_accept"
    WAITING_DETAILS = "waiting_details"
    CARD = "card"
    LINK = "link"
    TRANSFER = "transfer"
    TIME_OVER = "time_over"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StepView:
    """A circle of the tracker: `how` is done, now or empty."""

    label: str
    small: str
    icon: str
    how: str


@dataclass(frozen=True, slots=True)
class NextView:
    """A line of «Lo que sigue»."""

    number: int
    title: str
    says: str
    how: str


def panel_of(order: OrderView, payment: PaymentView | None) -> Panel:
    """Decide what the middle of the page is about."""
    if order.state in PAID_STATES:
        return Panel.PAID
    if order.state == "cancelled":
        return Panel.CANCELLED
    if order.state == "expired":
        return Panel.EXPIRED
    if order.preference == Preference.CARD and not (payment and payment.is_open and payment.received):
        return Panel.CARD
    if order.accepted_at is None:
        if order.correction:
            return Panel.CORRECTION
        return Panel.TO_ACCEPT if order.all_checked else Panel.VERIFYING
    if payment is None or payment.channel == "card" or payment.state == "cancelled":
        return Panel.WAITING_DETAILS
    if payment.state == "expired":
        return Panel.TIME_OVER
    if payment.channel == "link":
        # Without a live link the store withdrew it: another one follows, and nothing is asked for meanwhile.
        return Panel.LINK if payment.link_token else Panel.WAITING_DETAILS
    return Panel.TRANSFER if payment.instructions else Panel.WAITING_DETAILS


def steps_of(order: OrderView, payment: PaymentView | None) -> tuple[StepView, ...]:
    """Draw the tracker."""
    current = _current(order)
    smalls: tuple[str, ...] = (
        _("Recibido %(at)s") % {"at": short_moment(order.placed_at)},
        _verified(order),
        _paying(order, payment),
        clock(order.paid_at) if order.paid_at else _("Al recibir tu pago"),
        _sending(order),
        short_moment(order.delivered_at) if order.delivered_at else _("Revisa y avísanos"),
    )
    labels = (_("Pedido"), _("Verificación"), _("Pago"), _("Confirmado"), _sent_label(order), _("Entregado"))
    icons = ("receipt", "user-check", "bank", "shield-check", "box" if order.is_quick else "truck", "box")
    if order.state in ENDED_STATES:
        # What would have followed does not: the tracker stops where the order did.
        smalls = (*smalls[:current], _stopped(order, current), *[""] * (5 - current))
    hows = ("done" if place < current else "now" if place == current else "" for place in range(6))
    return tuple(StepView(*parts) for parts in zip(labels, smalls, icons, hows, strict=True))


def next_of(order: OrderView) -> tuple[NextView, ...]:
    """Say what follows, as the seven steps number it; of what ended unkept, what to do and what not."""
    if order.state in ENDED_STATES:
        return _after_the_end(order)
    is_card = order.preference == Preference.CARD
    is_paid = order.state in PAID_STATES
    done = (
        is_card or order.all_checked or order.accepted_at is not None,
        order.accepted_at is not None,
        is_paid,
        order.state in {"delivered", "closed"},
    )
    pay = {
        Preference.SPEI: (
            _("Transfiere por SPEI"),
            _("Usa la CLABE y el monto exacto. Detectamos tu depósito automáticamente."),
        ),
        Preference.LINK: (_("Paga con tu link encriptado"), _("Te lo enviamos aquí, en el chat y por correo.")),
        Preference.CARD: (_("Paga con tu tarjeta"), _("El procesador recibe tu tarjeta; la tienda nunca la ve.")),
    }[order.preference]
    texts = (
        (
            _("Tu pedido está hecho") if is_card else _("Abre el asistente y elige SEGURIPAGO"),
            _("Ten a la mano tu número de pedido o tu PRE-FACTURA."),
        ),
        (
            _("Confirmamos tu pedido") if is_card else _("Un analista verifica tu pedido"),
            _("Existencias, datos, direcciones, entrega, garantías y monto: se revisan antes del cobro.")
            if is_card
            else _("Existencias, datos, direcciones, entrega, garantías y monto. Tú das el último «Todo correcto»."),
        ),
        pay,
        (
            _("Recibe tu certificado de garantía"),
            _("Confirmamos tu pago y la tienda cumple lo acordado. Tu compra está garantizada hasta que la recibas.")
            if order.is_quick
            else _("Confirmamos tu pago y enviamos tu pedido. Tu compra está garantizada hasta que la recibas."),
        ),
    )
    first_open = next((place for place, is_done in enumerate(done) if not is_done), len(done))
    return tuple(
        NextView(place + 4, title, says, "done" if done[place] else "now" if place == first_open else "")
        for place, (title, says) in enumerate(texts)
    )


def _after_the_end(order: OrderView) -> tuple[NextView, ...]:
    """Nothing is to be paid any more; money that comes all the same is not lost."""
    if order.paid_at is not None:
        money = (
            _("Revisa tu reembolso"),
            _("Aquí ves cuánto vuelve, por dónde y cuándo salió. Tu banco puede tardar unos días en mostrarlo."),
        )
    else:
        money = (
            _("No transfieras ni pagues por este pedido"),
            _("Si ya lo hiciste, tu dinero no se pierde: lo ubicamos y una persona te contacta."),
        )
    texts = (money, (_("Si todavía lo quieres, haz otro pedido"), _("Con su propio número, su CLABE y su garantía.")))
    return tuple(NextView(place, title, says, "") for place, (title, says) in enumerate(texts, start=1))


def _current(order: OrderView) -> int:
    """How many steps are done; of an order that ended unkept, those that were."""
    if order.state in {"delivered", "closed"}:
        return 6
    if order.state in {"shipped"}:
        return 4
    if order.state in PAID_STATES or order.paid_at is not None:
        return 4
    return 2 if order.accepted_at else 1


def _verified(order: OrderView) -> str:
    if order.accepted_at:
        return clock(order.accepted_at)
    if order.preference == Preference.CARD:
        return _("Automática")
    if order.correction:
        return _("Corrigiendo tus datos")
    return _("Revisa y acepta") if order.all_checked else _("Revisamos tu pedido")


def _paying(order: OrderView, payment: PaymentView | None) -> str:
    if order.paid_at:
        return clock(order.paid_at)
    if payment and payment.received and not payment.is_confirmed:
        if payment.by_deposit:
            return _("Anticipo %(a)s, faltan %(b)s") % {"a": payment.received, "b": payment.missing}
        return _("Recibimos una parte")
    if order.preference == Preference.CARD:
        return _("Paga con tarjeta")
    if order.accepted_at is None:
        return _("Después de verificar")
    if payment and payment.claimed_at:
        return _("Buscando tu transferencia")
    return _("Esperando tu pago")


def _sent_label(order: OrderView) -> str:
    return _("Entrega") if order.is_quick else _("Envío")


def _stopped(order: OrderView, current: int) -> str:
    if current == PAY_STEP:
        return _("Sin pago")
    return _("Cancelado") if order.state == "cancelled" else _("Vencido")


def _sending(order: OrderView) -> str:
    if order.is_quick:
        return short_moment(order.delivered_at) if order.delivered_at else _("Según lo acordado")
    if order.shipped_at:
        return _("En camino") if order.state == "shipped" else short_moment(order.shipped_at)
    if order.state in PAID_STATES:
        return _("Preparando tu pedido")
    return days_between(order.promised_from, order.promised_to)
