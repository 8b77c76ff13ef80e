"""Short messages after an act, named in the address; the page's script takes the name away once it is said."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Note:
    """A message and its tone: ok, info, warn or bad."""

    tone: str
    text: str


def note(code: str) -> Note | None:
    """Answer the message of a code, None for a code that nobody has."""
    notes = {
        "aceptado": Note("ok", _("Gracias por confirmarlo.")),
        "correccion": Note(
            "info", _("Recibimos tu corrección. Un analista la revisa y te vuelve a mostrar la confirmación.")
        ),
        "corregido": Note("ok", _("Guardamos tus datos y tu PRE-FACTURA tiene una nueva versión.")),
        "forma": Note("ok", _("Cambiamos la forma de pago. Tu número de pedido es el mismo.")),
        "espera": Note("ok", _("Listo: tienes más tiempo. La CLABE sigue siendo la misma.")),
        "espera-no": Note(
            "warn", _("Tu pedido ya tiene todo el tiempo posible. Si tu banco aún no te deja, habla con un analista.")
        ),
        "aviso": Note("ok", _("Gracias por avisarnos. Ya estamos buscando tu transferencia.")),
        "comprobante": Note("ok", _("Comprobante recibido. Gracias: respalda tu operación.")),
        "recibido": Note("ok", _("Nos da gusto. Tu compra queda cerrada y la garantía, cumplida.")),
        "paquete-recibido": Note("ok", _("Anotado: ya lo tienes. Revísalo con calma y dinos si todo llegó bien.")),
        "no-ha-llegado": Note(
            "info", _("Anotado: no te ha llegado. La tienda ya lo sabe y nada se da por entregado sin ti.")
        ),
        "revisar": Note("info", _("Un dato necesita que lo vea una persona. Habla con un analista y lo resolvemos.")),
        "tarjeta-no": Note(
            "warn", _("Tu tarjeta no pasó. No se cobró nada. Intenta con otra o cambia la forma de pago.")
        ),
        "tarjeta-espera": Note("info", _("Tu banco está respondiendo. Esta página se actualiza sola.")),
        "tarjeta-falla": Note(
            "warn", _("El procesador de tarjetas no responde. No se cobró nada. Intenta en unos minutos.")
        ),
        "cancelado": Note("ok", _("Cancelamos tu pedido. No transfieras a su CLABE.")),
        "cancelar": Note("ok", _("Recibimos tu solicitud. Tu envío está detenido mientras la tienda decide.")),
        "cancelar-no": Note("info", _("Marca la casilla para cancelar tu pedido.")),
        "cancelar-tarde": Note(
            "warn", _("Tu pedido ya salió o ya se está cancelando. Si algo anda mal, habla con un analista.")
        ),
        "no-cancelar": Note("ok", _("Tu pedido sigue adelante.")),
        "cuenta": Note("ok", _("Recibimos tu cuenta. Dos personas la confirman antes de enviar tu dinero.")),
        "ya-no": Note("warn", _("Tu pedido cambió mientras tanto y no hicimos nada. Así está ahora.")),
    }
    return notes.get(code)
