"""Short messages after an act, named in the address so that a reload says the same."""

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
        "revisar": Note("info", _("Un dato necesita que lo vea una persona. Habla con un analista y lo resolvemos.")),
        "tarjeta-no": Note(
            "warn", _("Tu tarjeta no pasó. No se cobró nada. Intenta con otra o cambia la forma de pago.")
        ),
        "tarjeta-espera": Note("info", _("Tu banco está respondiendo. Esta página se actualiza sola.")),
        "tarjeta-falla": Note(
            "warn", _("El procesador de tarjetas no responde. No se cobró nada. Intenta en unos minutos.")
        ),
        "ya-no": Note("warn", _("Tu pedido cambió mientras tanto y no hicimos nada. Así está ahora.")),
    }
    return notes.get(code)
