"""What the assistant says, in Spanish, from live data. Nothing here decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.catalogue.queries import ProductCard
from seguripago.journey.delivery.queries import ShipmentView
from seguripago.journey.guarantee.queries import GuaranteeView
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView

MONTHS = ("ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sep.", "oct.", "nov.", "dic.")


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else ""


def day(when: date) -> str:
    return f"{when.day} {MONTHS[when.month - 1]}"


def greeting(name: str, analyst_name: str, is_desk_open: bool) -> str:
    if analyst_name:
        return _(
            "%(analyst)s tarda un poco en responder. Soy el Asistente CONNECT@Me y sigo contigo mientras tanto."
        ) % {"analyst": analyst_name}
    if is_desk_open:
        return _(
            "Hola, %(name)s. Soy el Asistente CONNECT@Me. Los analistas están atendiendo a otras personas;"
            " avanzo contigo y te acompaño hasta que tu pago esté confirmado."
        ) % {"name": first_name(name)}
    return _(
        "Hola, %(name)s. Soy el Asistente CONNECT@Me. Ahora no hay analistas en línea, así que te acompaño yo"
        " hasta que tu pago esté confirmado."
    ) % {"name": first_name(name)}


def ask_number(choices: Sequence[str]) -> str:
    if choices:
        return _("¿Sobre cuál de tus pedidos es? Escribe el número: %(numbers)s.") % {"numbers": ", ".join(choices)}
    return _("¿Me compartes tu No. de Pedido? Empieza con CM. También puedes subir aquí tu PRE-FACTURA.")


def fixed(say: str) -> str:
    return {
        "thanks": _("Con gusto. Aquí sigo si necesitas algo más."),
        "other_order": _(
            "Esta conversación acompaña a un solo pedido. Para el otro, abre una Nueva Conversación y lo vemos ahí."
        ),
        "correction_pending": _(
            "Tu corrección ya está anotada y un analista la revisa. En cuanto esté lista te mando la confirmación"
            " de nuevo."
        ),
        "transferred": _(
            "Gracias. Seguimos monitoreando tu transferencia; normalmente llega en segundos y te aviso aquí. Si"
            " presionas «Ya transferí» y pones banco, fecha y clave de rastreo, la buscamos más rápido."
        ),
        "waiting_money": _(
            "Sigo al pendiente de tu pago; te aviso aquí en cuanto llegue. Si necesitas otra cosa, escribe «hablar"
            " con una persona»."
        ),
        "paid": _("Tu pago ya está confirmado. Si necesitas otra cosa, escribe «hablar con una persona»."),
        "remind_acceptance": _(
            "Revisa la tarjeta «Confirmación de tu pedido» y presiona «Todo correcto», o «Corregir» si algo cambió."
        ),
        "ask_correction": _("Claro. Escribe qué hay que corregir y lo dejo anotado para el analista."),
        "confirmation": _("Revisé cada punto con los datos de la tienda. ¿Todo correcto?"),
        "details": _(
            "Listo. Estos son los datos para tu transferencia. Tu app mostrará STP como banco; es correcto."
            " Elige SPEI, el mismo día."
        ),
        "link": _("Listo. Este es tu link de pago encriptado; es único para tu pedido."),
        "card_payment": _("Listo. Puedes pagar con tarjeta desde la página de tu pedido."),
        "evidence": _("Ahora sube tu comprobante para respaldar la operación."),
    }[say]


def handed_over(reason: str, is_desk_open: bool, labels: Sequence[str] = ()) -> str:
    when = (
        _("Ya le avisé a un analista; te responde aquí.")
        if is_desk_open
        else _("Ahora no hay analistas en línea; tu conversación queda primera en la lista y te responden aquí.")
    )
    why = {
        "asked": _("Claro, te comunico con una persona."),
        "tries": _("No pude verificar tu pedido y por seguridad lo revisa una persona."),
        "checks": _("Hay un punto de tu pedido que debe revisar una persona: %(labels)s.")
        % {"labels": ", ".join(labels)},
        "correction": _("Anoté tu corrección; la revisa una persona antes de seguir."),
        "order_over": _(
            "Este pedido ya no está vigente, así que no te pido ningún pago. Lo revisa una persona contigo."
        ),
        "refused": _("No pude completar este paso y prefiero que lo revise una persona."),
    }[reason]
    return f"{why} {when}"


def about_stock(order: OrderView | None, named: Sequence[ProductCard]) -> str:
    if named:
        return " ".join(_one_stock(product) for product in named[:3])
    if order is None:
        return _(
            "Las existencias de la tienda son en vivo: cada producto dice cuántas piezas hay. ¿De cuál quieres saber?"
        )
    if order.paid_at is not None:
        return _("Tus artículos ya son tuyos: %(lines)s.") % {"lines": _lines(order)}
    return _("Tus artículos están apartados con tu pedido: %(lines)s.") % {"lines": _lines(order)}


def _one_stock(product: ProductCard) -> str:
    if product.available <= 0:
        return _("%(name)s está agotado por ahora.") % {"name": product.name}
    return ngettext(
        "De %(name)s hay %(count)d pieza disponible, a %(price)s con IVA.",
        "De %(name)s hay %(count)d piezas disponibles, a %(price)s con IVA.",
        product.available,
    ) % {"name": product.name, "count": product.available, "price": product.price}


def about_delivery(order: OrderView | None, shipment: ShipmentView | None, store: StoreView) -> str:
    if order is None:
        return _(
            "Enviamos en %(ship)d días hábiles o menos y la entrega se promete en %(deliver)d días hábiles o menos;"
            " cada pedido lleva sus fechas exactas."
        ) % {"ship": store.ship_days, "deliver": store.deliver_days}
    if order.delivered_at is not None:
        return _("Tu pedido se entregó el %(day)s.") % {"day": day(order.delivered_at.date())}
    if shipment is not None and shipment.shipped_at is not None:
        return _("Tu pedido va con %(carrier)s, guía %(guide)s. Lo esperamos del %(start)s al %(end)s.") % {
            "carrier": shipment.carrier_label,
            "guide": shipment.tracking_number,
            "start": day(order.promised_from),
            "end": day(order.promised_to),
        }
    return _("Tu pedido se entrega del %(start)s al %(end)s en %(place)s.") % {
        "start": day(order.promised_from),
        "end": day(order.promised_to),
        "place": order.shipping.one_line,
    }


def about_warranty(order: OrderView | None, guarantee: GuaranteeView | None, store: StoreView) -> str:
    promise = _("Tu compra está garantizada: al recibirla tienes %(days)d días para revisarla y reclamar.") % {
        "days": store.inspection_days
    }
    extra = _("Es además de la garantía legal de cada producto.")
    if order is None:
        return f"{promise} {extra}"
    products = ", ".join(
        _("%(name)s: %(days)d días") % {"name": line.name, "days": line.warranty_days} for line in order.lines
    )
    number = (
        " " + _("Tu certificado de Garantía CONNECT@Me es %(number)s.") % {"number": guarantee.number}
        if guarantee
        else ""
    )
    return f"{promise} {extra} {products}.{number}"


def about_paying(order: OrderView | None, payment: PaymentView | None) -> str:
    if order is None:
        return _(
            "Puedes pagar por transferencia SPEI a una CLABE única de tu pedido, con un link de pago encriptado o con"
            " tarjeta. Los datos llegan en esta conversación después de verificar tu pedido."
        )
    if order.paid_at is not None:
        return _("Tu pedido %(number)s ya está pagado.") % {"number": order.number}
    if payment is not None and payment.instructions is not None and payment.channel == "spei":
        return _(
            "Transfiere exactamente %(amount)s a la CLABE de la tarjeta «Datos bancarios» de esta conversación. Varias"
            " transferencias a la misma CLABE también cuentan."
        ) % {"amount": payment.missing}
    if order.accepted_at is None:
        return _("Son %(total)s. En cuanto confirmemos tu pedido y lo aceptes, te mando aquí los datos para pagar.") % {
            "total": order.total
        }
    return _("Son %(total)s. Los datos para pagar están en esta conversación.") % {"total": order.total}


def about_my_payment(order: OrderView | None, payment: PaymentView | None) -> str:
    if order is None:
        return _("Para buscar tu pago necesito verificar tu pedido.")
    if order.paid_at is not None:
        return _("Tu pago ya está confirmado; no tienes que hacer nada más.")
    if payment is None or (payment.monitored_at is None and payment.channel == "spei"):
        return _(
            "Todavía no se envían los datos bancarios de este pedido, así que no hay una transferencia por recibir."
        )
    if not payment.received.is_zero:
        return _("Llevas %(received)s, faltan %(missing)s. Usa la misma CLABE.") % {
            "received": payment.received,
            "missing": payment.missing,
        }
    return _(
        "Hasta ahora el banco no nos avisa de tu transferencia de %(amount)s. Normalmente llega en segundos, a"
        " cualquier hora. Presiona «Ya transferí» y pon tu clave de rastreo para buscarla; no vuelvas a transferir."
    ) % {"amount": payment.amount}


def about_invoice(order: OrderView | None, store: StoreView) -> str:
    if order is None:
        return _("La factura se pide al finalizar la compra, con tus datos de la Constancia de Situación Fiscal.")
    if order.billing.wants_invoice:
        return _("Tu factura se emite a nombre de %(name)s, RFC %(rfc)s, con los datos de tu PRE-FACTURA.") % {
            "name": order.billing.legal_name,
            "rfc": order.billing.rfc,
        }
    return _(
        "Tu pedido no lleva datos de factura. Antes de pagar puedes presionar «Corregir» y pedirla; después,"
        " la tienda te la emite escribiendo a %(email)s."
    ) % {"email": store.email}


def _lines(order: OrderView) -> str:
    return ", ".join(f"{line.quantity} × {line.name}" for line in order.lines)
