"""Short messages after an act, named in the address so that a reload says the same."""

from __future__ import annotations

from django.utils.translation import gettext as _

from seguripago.web.shop.notes import Note
from seguripago.web.shop.notes import note as shop_note


def note(code: str) -> Note | None:
    """Answer the message of a code, None for a code that nobody has."""
    notes = {
        "nuevo": Note(
            "info",
            _("Si el pedido todavía espera su pago, en unos minutos llega un link nuevo al correo del pedido."),
        ),
        "ya-no": Note("warn", _("El pedido cambió mientras tanto y no hicimos nada. Así está ahora.")),
        "muchas": Note("warn", _("Ya pediste varios links. Revisa el correo del pedido o espera una hora.")),
    }
    return notes.get(code) or shop_note(code)
