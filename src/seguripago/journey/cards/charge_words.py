"""How a charge is said to people: on the order page, in the chat, on the receipt and at the desk alike."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seguripago.ports.card_gateways import DeclineCode

from .rules.charges import ChargeState

_WHY: Final[dict[str, Promise]] = {
    DeclineCode.INSUFFICIENT_FUNDS: gettext_lazy("Tu banco dice que no hay fondos suficientes."),
    DeclineCode.CARD_EXPIRED: gettext_lazy("Tu banco dice que la tarjeta venció."),
    DeclineCode.WRONG_CVC: gettext_lazy("El código de seguridad no coincide. Revísalo y vuelve a intentar."),
    DeclineCode.STOLEN_CARD: gettext_lazy("Tu banco no permite usar esta tarjeta. Intenta con otra."),
    DeclineCode.AUTHENTICATION_FAILED: gettext_lazy("Tu banco no pudo comprobar que eres tú."),
    DeclineCode.LIMIT_EXCEEDED: gettext_lazy("El monto pasa del límite de tu tarjeta. Intenta con otra."),
    DeclineCode.WRONG_NUMBER: gettext_lazy("El número de la tarjeta no es correcto. Revísalo."),
    DeclineCode.NOT_SUPPORTED: gettext_lazy("Esta tarjeta no sirve para esta compra. Intenta con otra."),
    DeclineCode.NO_INSTALLMENTS: gettext_lazy("Tu tarjeta no acepta esos meses. Elige otro plazo o un solo pago."),
    DeclineCode.CALL_BANK: gettext_lazy("Tu banco pide que le llames para autorizarla."),
    DeclineCode.TRY_LATER: gettext_lazy("Tu banco no pudo atenderla ahora. Intenta en unos minutos."),
    "cancelled": gettext_lazy("Cancelaste el pago antes de terminar."),
    "refused": gettext_lazy("La pasarela no aceptó el cobro. Intenta otra vez."),
    "expired": gettext_lazy("Se acabó el tiempo para autorizarlo."),
}


def decline_words(code: str) -> str:
    """Say why a card did not pass, and that nothing was charged."""
    why = str(_WHY.get(code, gettext_lazy("Tu banco no la autorizó y no nos dijo por qué.")))
    return _("No se cobró nada.") + f" {why}"


def months_words(installments: int) -> str:
    """«3 meses sin intereses»; empty for a single payment."""
    return _("%(n)s meses sin intereses") % {"n": installments} if installments > 1 else ""


def voucher_words(card_label: str, installments: int, authorization: str) -> str:
    """What a gateway's voucher says: the card, the months, the bank's authorization."""
    given = _("autorización %(code)s") % {"code": authorization} if authorization else ""
    return " · ".join(part for part in (card_label or _("Tarjeta"), months_words(installments), given) if part)


def standing_words(state: ChargeState) -> str:
    """Where a charge is, in a few words."""
    return {
        ChargeState.PAID: _("Cobrada"),
        ChargeState.DECLINED: _("No pasó"),
        ChargeState.CANCELLED: _("Cancelada"),
        ChargeState.EXPIRED: _("Sin respuesta: no se cobró"),
        ChargeState.REQUIRES_ACTION: _("Espera al banco del comprador"),
    }.get(state, _("En proceso"))
