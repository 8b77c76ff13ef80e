"""What the assistant says of money and its papers, in Spanish, from live data. Nothing here decides."""

from __future__ import annotations

from django.utils.translation import gettext as _

from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.values.calendar import MEXICO

from .words import day


def about_trust() -> str:
    """Why nobody has to believe us: what comes before the money, and where it can be checked."""
    return _(
        "Antes de que pagues revisamos tu pedido contigo, y los datos bancarios solo llegan en la tarjeta «Datos"
        " bancarios» de esta conversación, firmados: puedes comprobarlos en /verificar/. Nunca te pedimos NIP, CVV ni"
        " códigos."
    )


def about_giving_evidence(order: OrderView | None, *, is_there: bool) -> str:
    if is_there:
        return _("Ya tenemos tu comprobante. Quien confirma tu pago es el aviso del banco; el comprobante lo respalda.")
    if order is None:
        return _("Puedes subirlo aquí con el clip. Para saber a qué pedido pertenece, primero verificamos tu pedido.")
    return _(
        "Todavía no tenemos tu comprobante. Súbelo aquí con el clip: PDF, foto o el XML del CEP. Respalda tu pago;"
        " quien lo confirma es el aviso del banco."
    )


def about_paying(order: OrderView | None, payment: PaymentView | None, *, asks_other_ways: bool = False) -> str:
    """How this order, or any, is paid; a way that we do not have is plainly said first."""
    how = _how_to_pay(order, payment)
    if not asks_other_ways or (order is not None and order.paid_at is not None):
        return how
    no = _("Efectivo, OXXO, PayPal, CoDi y meses sin intereses no los tenemos por ahora.")
    return f"{no} {how}"


def _how_to_pay(order: OrderView | None, payment: PaymentView | None) -> str:
    if order is None:
        return _(
            "Puedes pagar por transferencia SPEI a una CLABE única de tu pedido, con un link de pago encriptado o con"
            " tarjeta. Los datos llegan en esta conversación después de verificar tu pedido."
        )
    if order.paid_at is not None:
        return _("Tu pedido %(number)s ya está pagado.") % {"number": order.number}
    if payment is not None and payment.instructions is not None and payment.channel == "spei":
        until = payment.expires_at.astimezone(MEXICO)
        return _(
            "Transfiere %(amount)s por SPEI a la CLABE de la tarjeta «Datos bancarios» de esta conversación, a nombre"
            " de %(beneficiary)s, con el concepto %(concept)s. Tu app mostrará %(bank)s como banco; es correcto. Puede"
            " pagar otra persona y en varias transferencias a la misma CLABE. Tienes hasta el %(day)s a las %(time)s;"
            " si tu banco te pide esperar, en la página de tu pedido presiona «Mi banco me pide esperar»."
        ) % {
            "amount": payment.missing,
            "beneficiary": payment.instructions.beneficiary,
            "concept": payment.instructions.concept,
            "bank": payment.instructions.bank,
            "day": day(until.date()),
            "time": f"{until:%H:%M}",
        }
    if order.accepted_at is None:
        return _("Son %(total)s. En cuanto confirmemos tu pedido y lo aceptes, te mando aquí los datos para pagar.") % {
            "total": order.total
        }
    return _("Son %(total)s. Los datos para pagar están en esta conversación.") % {"total": order.total}


def about_my_payment(order: OrderView | None, payment: PaymentView | None, *, is_other_amount: bool = False) -> str:
    """What the bank told us so far; and, for whoever sent another amount, what happens with it."""
    found = _my_payment(order, payment)
    if not is_other_amount or order is None or (order.paid_at is None and not _is_monitored(payment)):
        return found
    if order.paid_at is not None:
        surplus = _("Si enviaste de más, una persona revisa la diferencia y te la reembolsa.")
        return f"{found} {surplus}"
    rest = _(
        "Si enviaste de menos, transfiere lo que falta a la misma CLABE; si fue de más, tu pedido se confirma y la"
        " diferencia se te reembolsa."
    )
    return f"{found} {rest}"


def _is_monitored(payment: PaymentView | None) -> bool:
    return payment is not None and payment.channel == "spei" and payment.monitored_at is not None


def _my_payment(order: OrderView | None, payment: PaymentView | None) -> str:
    if order is None:
        return _("Normalmente el banco nos avisa en segundos. Para buscar tu pago necesito verificar tu pedido.")
    if order.paid_at is not None:
        return _("Tu pago ya está confirmado; no tienes que hacer nada más.")
    if payment is None or (payment.monitored_at is None and payment.channel == "spei"):
        return _(
            "Todavía no te enviamos los datos bancarios de este pedido, así que no hay una transferencia por recibir."
            " Si ya transferiste a otra cuenta, no envíes más y escribe «hablar con una persona»."
        )
    if payment.channel != "spei" and payment.received.is_zero:
        return _(
            "Hasta ahora no nos llega el pago de tu pedido, de %(amount)s. Si tu banco ya te lo cobró, escribe «hablar"
            " con una persona»; no vuelvas a pagar."
        ) % {"amount": payment.amount}
    if not payment.received.is_zero:
        return _("Llevas %(received)s, faltan %(missing)s. Usa la misma CLABE.") % {
            "received": payment.received,
            "missing": payment.missing,
        }
    return _(
        "Hasta ahora el banco no nos avisa de tu transferencia de %(amount)s. Normalmente llega en segundos, a"
        " cualquier hora. Presiona «Ya transferí» y pon tu clave de rastreo para buscarla; no vuelvas a transferir."
    ) % {"amount": payment.amount}
