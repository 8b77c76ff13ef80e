"""What the assistant says, in Spanish, from live data. Nothing here decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from seguripago.foundations.staffing.rules import Day, Opening
from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.catalogue.queries import ProductCard
from seguripago.journey.delivery.queries import ShipmentView
from seguripago.journey.guarantee.queries import GuaranteeView
from seguripago.journey.orders.shapes import OrderView
from seguripago.values.calendar import MEXICO

from ..rules import Detail

MONTHS = ("ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sep.", "oct.", "nov.", "dic.")


WEEKDAYS = (
    gettext_noop("lunes"),
    gettext_noop("martes"),
    gettext_noop("miércoles"),
    gettext_noop("jueves"),
    gettext_noop("viernes"),
    gettext_noop("sábado"),
    gettext_noop("domingo"),
)


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else ""


def day(when: date) -> str:
    return f"{when.day} {MONTHS[when.month - 1]}"


def _one_stop(sentence: str) -> str:
    """A sentence that ends with a month: its short form has the full stop already."""
    return sentence.removesuffix(".") if sentence.endswith("..") else sentence


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
        "with_a_person": _(
            "Tu conversación ya está en la lista de una persona: te responde aquí y te avisamos por correo."
        ),
        "half_number": _(
            "Ese No. de Pedido no está completo o tiene un carácter cambiado. Son las letras CM y ocho caracteres más;"
            " cópialo de tu correo o de la página de tu pedido, o sube aquí tu PRE-FACTURA."
        ),
        "remind_acceptance": _(
            "Revisa la tarjeta «Confirmación de tu pedido» y presiona «Todo correcto», o «Corregir» si algo cambió."
        ),
        "ask_correction": _("Claro. Escribe qué hay que corregir y lo dejo anotado para el analista."),
        "confirmation": _("Revisé cada punto con los datos de la tienda. ¿Todo correcto?"),
        "details": _(
            "Listo. Estos son los datos para tu transferencia. Tu app mostrará STP como banco; es correcto."
            " Elige SPEI, el mismo día."
        ),
        "link": _(
            "Listo. Este es tu link de pago encriptado; es único para tu pedido. Ábrelo solo si la página muestra las"
            " mismas palabras que la tarjeta."
        ),
        "link_again": _("Te hice un link nuevo; también va en camino al correo de tu pedido. El anterior ya no sirve."),
        "link_is_new": _(
            "Tu link está en la tarjeta de arriba y en el correo de tu pedido. Si en un minuto no te sirve, dímelo y"
            " te hago otro."
        ),
        "no_link": _("Este pedido no tiene un link de pago. Si prefieres pagar así, escribe «quiero pagar con link»."),
        "card_payment": _("Listo. Puedes pagar con tarjeta desde la página de tu pedido."),
        "evidence": _("Ahora sube tu comprobante para respaldar la operación."),
    }[say]


def handed_over(reason: str, is_desk_open: bool, labels: Sequence[str] = (), opening: Opening | None = None) -> str:
    """Say plainly that a person answers, when that person is back, and that the answer also comes by mail."""
    if is_desk_open:
        when = _("Ya le avisé a un analista; te responde aquí.")
    elif opening is not None:
        when = _(
            "Ahora no hay analistas en línea; regresan %(when)s. Tu conversación queda en su lista: te responden aquí y"
            " te avisamos por correo."
        ) % {"when": back_at(opening)}
    else:
        when = _(
            "Ahora no hay analistas en línea. Tu conversación queda en su lista: te responden aquí y te avisamos por"
            " correo."
        )
    why = {
        "asked": _("Claro, te comunico con una persona."),
        "cancel": _("Entiendo que quieres cancelar; lo revisa una persona contigo. Por ahora no transfieras."),
        "tries": _("No pude verificar tu pedido y por seguridad lo revisa una persona."),
        "checks": _("Hay un punto de tu pedido que debe revisar una persona: %(labels)s.")
        % {"labels": ", ".join(labels)},
        "correction": _("Anoté tu corrección; la revisa una persona antes de seguir."),
        "order_over": _(
            "Este pedido ya no está vigente, así que no te pido ningún pago. Lo revisa una persona contigo."
        ),
        "refused": _("No pude completar este paso y prefiero que lo revise una persona."),
        "deposit": _("Un anticipo lo acuerda contigo una persona: cuánto, y hasta cuándo el resto."),
        "unsure": _("Eso no lo sé con certeza y prefiero que te responda una persona."),
    }[reason]
    return f"{why} {when}"


def back_at(opening: Opening) -> str:
    """`hoy a las 9:00`, `mañana a las 9:00`, `el lunes a las 9:00`."""
    at = f"{opening.opens.hour}:{opening.opens.minute:02d}"
    if opening.days_ahead == 0:
        return _("hoy a las %(time)s") % {"time": at}
    if opening.days_ahead == 1:
        return _("mañana a las %(time)s") % {"time": at}
    return _("el %(day)s a las %(time)s") % {"day": _(WEEKDAYS[opening.weekday]), "time": at}


def about_hours(week: Sequence[Day], is_desk_open: bool, opening: Opening | None) -> str:
    """The hours in which people attend, and whether somebody does now."""
    if is_desk_open:
        now = _(
            "Ahora hay analistas en línea; si quieres que te atienda una persona, escribe «hablar con una persona»."
        )
    elif opening is not None:
        now = _("Ahora no hay analistas en línea; regresan %(when)s. Yo te atiendo a cualquier hora.") % {
            "when": back_at(opening)
        }
    else:
        now = _("Ahora no hay analistas en línea. Yo te atiendo a cualquier hora.")
    if not week:
        return now
    days = ", ".join(
        _("%(day)s de %(opens)s a %(closes)s")
        % {"day": _days(run), "opens": f"{run[0].opens:%H:%M}", "closes": f"{run[0].closes:%H:%M}"}
        for run in _runs(week)
    )
    return _("Las personas atienden, hora del centro de México: %(days)s. %(now)s") % {"days": days, "now": now}


def _runs(week: Sequence[Day]) -> list[list[Day]]:
    """Neighbouring days with the same hours, together."""
    runs: list[list[Day]] = []
    for day_ in week:
        last = runs[-1][-1] if runs else None
        is_same = last is not None and (last.opens, last.closes) == (day_.opens, day_.closes)
        if last is not None and is_same and last.weekday + 1 == day_.weekday:
            runs[-1].append(day_)
        else:
            runs.append([day_])
    return runs


def _days(run: Sequence[Day]) -> str:
    if len(run) == len(WEEKDAYS):
        return _("todos los días")
    first, last = _(WEEKDAYS[run[0].weekday]), _(WEEKDAYS[run[-1].weekday])
    return first if len(run) == 1 else _("%(first)s a %(last)s") % {"first": first, "last": last}


def about_stock(order: OrderView | None, named: Sequence[ProductCard]) -> str:
    if named:
        return " ".join(_one_stock(product) for product in named[:3])
    if order is None:
        return _(
            "Las existencias de la tienda son en vivo: cada producto dice cuántas piezas hay. ¿De cuál quieres saber?"
        )
    if order.is_quick:
        return _("Tu cobro es por %(lines)s: no aparta piezas de la tienda.") % {"lines": _lines(order)}
    if order.paid_at is not None:
        return _("Tus artículos ya son tuyos: %(lines)s.") % {"lines": _lines(order)}
    return _("Tus artículos están apartados con tu pedido: %(lines)s.") % {"lines": _lines(order)}


def about_prices(named: Sequence[ProductCard]) -> str:
    if named:
        return about_stock(None, named)
    return _("Cada producto dice en la tienda su precio, con IVA. ¿De cuál quieres saber?")


def _one_stock(product: ProductCard) -> str:
    if product.available <= 0:
        return _("%(name)s está agotado por ahora.") % {"name": product.name}
    return ngettext(
        "De %(name)s hay %(count)d pieza disponible, a %(price)s con IVA.",
        "De %(name)s hay %(count)d piezas disponibles, a %(price)s con IVA.",
        product.available,
    ) % {"name": product.name, "count": product.available, "price": product.price}


def about_delivery(
    order: OrderView | None,
    parcels: Sequence[ShipmentView],
    store: StoreView,
    *,
    asked: Collection[Detail] = (),
) -> str:
    """Dates and, when it is asked, what sending costs and that nothing is fetched at the store."""
    said = [_delivery_dates(order, parcels, store)]
    if Detail.COST in asked:
        said.insert(0, _shipping_cost(order, store))
    if Detail.PICKUP in asked:
        said.insert(0, _("Los pedidos se envían a domicilio; no se recogen en la tienda."))
    return " ".join(said)


def _shipping_cost(order: OrderView | None, store: StoreView) -> str:
    if order is not None and order.is_quick:
        return _("Tu cobro no lleva envío.")
    if order is not None and order.shipping_fee.is_zero:
        return _("El envío de tu pedido es gratis.")
    if order is not None:
        return _("El envío de tu pedido cuesta %(fee)s y ya está en el total.") % {"fee": order.shipping_fee}
    if store.shipping.is_zero:
        return _("El envío es gratis.")
    if store.free_shipping_from.is_zero:
        return _("El envío cuesta %(fee)s con IVA.") % {"fee": store.shipping}
    return _("El envío cuesta %(fee)s con IVA; desde %(free)s de compra es gratis.") % {
        "fee": store.shipping,
        "free": store.free_shipping_from,
    }


def _delivery_dates(order: OrderView | None, parcels: Sequence[ShipmentView], store: StoreView) -> str:
    if order is None:
        return _(
            "Enviamos a direcciones de México en %(ship)d días hábiles o menos y la entrega se promete en %(deliver)d"
            " días hábiles o menos; cada pedido lleva sus fechas exactas."
        ) % {"ship": store.ship_days, "deliver": store.deliver_days}
    if order.delivered_at is not None:
        return _one_stop(
            _("Tu pedido se entregó el %(day)s.") % {"day": day(order.delivered_at.astimezone(MEXICO).date())}
        )
    if order.is_quick:
        return _("No lleva envío: la tienda te lo entrega o lo realiza como lo acordaron.")
    going = [parcel for parcel in parcels if parcel.is_on_the_way]
    if going and len(parcels) == 1:
        return _one_stop(
            _("Tu pedido va con %(carrier)s, guía %(guide)s. Lo esperamos del %(start)s al %(end)s.")
            % {
                "carrier": going[0].carrier_label,
                "guide": going[0].tracking_number,
                "start": day(order.promised_from),
                "end": day(order.promised_to),
            }
        )
    promised = {
        "start": day(order.promised_from),
        "end": day(order.promised_to),
        "place": order.shipping.one_line,
    }
    if order.paid_at is None:
        return (
            _("Tu pedido se entrega del %(start)s al %(end)s en %(place)s; sale cuando tu pago esté confirmado.")
            % promised
        )
    return _("Tu pedido se entrega del %(start)s al %(end)s en %(place)s.") % promised


def about_warranty(order: OrderView | None, guarantee: GuaranteeView | None, store: StoreView) -> str:
    promise = _("Tu compra está garantizada: al recibirla tienes %(days)d días para revisarla y reclamar.") % {
        "days": guarantee.inspection_days if guarantee else store.inspection_days
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


def about_the_house(store: StoreView) -> str:
    return _(
        "Soy el asistente de %(store)s. Con SEGURIPAGO confirmamos tu pedido contigo, te enviamos los datos para pagar,"
        " seguimos tu pago hasta que el banco lo confirma y te acompañamos hasta la entrega. El dinero va directo a la"
        " tienda. Los siete pasos están en /como-funciona/."
    ) % {"store": store.name}


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


def reminder(order: OrderView, step: str, *, at: datetime) -> str:
    """What the buyer of an unpaid order is reminded of."""
    ends = order.expires_at.astimezone(MEXICO)
    told = {"number": order.number, "day": day(ends.date()), "time": f"{ends:%H:%M}"}
    if step == "last":
        is_today = ends.date() == at.astimezone(MEXICO).date()
        told["when"] = (_("hoy a las %(time)s") if is_today else _("mañana a las %(time)s")) % told
        return (
            _(
                "Tu pedido %(number)s vence %(when)s. Si aún lo quieres, transfiere antes con los datos de su página;"
                " si necesitas ayuda, escribe aquí."
            )
            % told
        )
    if order.is_quick:
        return _("Tu cobro %(number)s espera tu pago hasta el %(day)s a las %(time)s. ¿Te ayudo a terminarlo?") % told
    return (
        _(
            "Tu pedido %(number)s sigue apartado y espera tu pago hasta el %(day)s a las %(time)s. ¿Te ayudo a"
            " terminarlo?"
        )
        % told
    )
