"""What is said of a comprobante: to staff with its reasons, to the buyer in plain words that accuse nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seguripago.values.clabe import institution_name

from .rules.comprobante_facts import VerdictKind

LABELS: Final[Mapping[str, tuple[Promise, str]]] = {
    VerdictKind.WAITING: (gettext_lazy("Esperando al banco"), "info"),
    VerdictKind.MATCHES: (gettext_lazy("Coincide con el depósito"), "ok"),
    VerdictKind.VERIFIED: (gettext_lazy("CEP verificado"), "ok"),
    VerdictKind.CONTRADICTS: (gettext_lazy("Por aclarar"), "warn"),
    VerdictKind.REUSED: (gettext_lazy("Ya se presentó antes"), "bad"),
    VerdictKind.UNREADABLE: (gettext_lazy("No se puede leer"), "warn"),
}
BUYER_LABELS: Final[Mapping[str, tuple[Promise, str]]] = {
    **LABELS,
    VerdictKind.MATCHES: (gettext_lazy("Coincide"), "ok"),
    VerdictKind.REUSED: (gettext_lazy("Por aclarar"), "warn"),
    VerdictKind.UNREADABLE: (gettext_lazy("Recibido"), "info"),
}
FIELDS: Final[Mapping[str, Promise]] = {
    "amount": gettext_lazy("Monto"),
    "clabe": gettext_lazy("CLABE"),
    "date": gettext_lazy("Fecha"),
    "tracking_key": gettext_lazy("Clave de rastreo"),
    "bank": gettext_lazy("Banco que envió"),
    "beneficiary": gettext_lazy("Beneficiario"),
    "concept": gettext_lazy("Concepto"),
    "payer": gettext_lazy("Ordenante"),
    "operation_date": gettext_lazy("Fecha"),
    "hour": gettext_lazy("Hora"),
    "beneficiary_account": gettext_lazy("CLABE"),
    "beneficiary_name": gettext_lazy("Beneficiario"),
    "payer_bank": gettext_lazy("Banco que envió"),
    "payer_name": gettext_lazy("Ordenante"),
    "payer_account": gettext_lazy("Cuenta del ordenante"),
    "certificate": gettext_lazy("Número de certificado"),
    "seal": gettext_lazy("Sello"),
}
_FOUND: Final[Mapping[str, Promise]] = {
    "tracking_key": gettext_lazy("El depósito de %(amount)s tiene esta clave de rastreo."),
    "key_spelled": gettext_lazy("El depósito de %(amount)s tiene esta clave, salvo letras que se confunden."),
    "key_cut": gettext_lazy("La clave de rastreo se lee cortada; lo que se ve es del depósito de %(amount)s."),
    "sealed_fields": gettext_lazy("El depósito de %(amount)s es el que dice el CEP: cuenta, monto, banco y fecha."),
    "amount_and_day": gettext_lazy("El depósito de %(amount)s coincide en monto y fecha; su clave no se lee."),
    "amount_alone": gettext_lazy("El depósito de %(amount)s coincide en monto; no se leen ni su clave ni su fecha."),
    "several_alike": gettext_lazy("Hay varios depósitos de %(amount)s ese día: puede ser cualquiera de ellos."),
    "other_account": gettext_lazy("El depósito de %(amount)s llegó a otra cuenta de la tienda y espera a una persona."),
}
_SHOWN: Final[Mapping[str, Promise]] = {
    "seal": gettext_lazy("El mismo CEP (su sello) se presentó antes en otro pedido."),
    "file": gettext_lazy("El mismo archivo se presentó antes en otro pedido."),
    "picture": gettext_lazy("Una imagen casi igual se presentó antes en otro pedido."),
    "movement": gettext_lazy("El mismo movimiento (clave, banco y día) se presentó antes en otro pedido."),
}
_PLAIN: Final[Mapping[str, Promise]] = {
    "rejected": gettext_lazy("El archivo no pasó la revisión de seguridad; no se puede abrir."),
    "cep_broken": gettext_lazy("Es un CEP, pero está incompleto: no se puede separar en sus datos."),
    "altered": gettext_lazy("El sello no corresponde a los datos del CEP."),
    "too_little": gettext_lazy("No se leen ni el monto ni la clave de rastreo."),
    "returned": gettext_lazy("El banco regresó esos %(amount)s a la cuenta de la que salieron; no cuentan."),
    "in_case": gettext_lazy("Ese depósito está por aclarar en Medios de pago."),
    "sent_back": gettext_lazy("Ese depósito no se aplicó a este pedido."),
    "late": gettext_lazy("El depósito llegó fuera de plazo según la hora del banco."),
    "part": gettext_lazy("Es una parte; faltan %(missing)s."),
    "seal_not_verifiable": gettext_lazy("Su sello no se puede comprobar aquí: falta el certificado de ese banco."),
    "found_at_banxico": gettext_lazy("Banxico entrega este mismo CEP, con el mismo sello."),
    "key_not_sealed": gettext_lazy("El sello no cubre la clave de rastreo: con él no se prueba."),
    "clabe_of_store": gettext_lazy("Dice %(said)s, otra cuenta de la tienda. La de este pedido es %(expected)s."),
    "clabe_foreign": gettext_lazy("Dice %(said)s, que no es de la tienda. La de este pedido es %(expected)s."),
    "before_order": gettext_lazy("La transferencia es anterior al pedido."),
    "cep_link_not_banxico": gettext_lazy("Trae un enlace que imita al de Banxico. No lo abras."),
    "money_of_another": gettext_lazy("El movimiento que muestra pagó otra cosa."),
    "not_seen": gettext_lazy("El banco todavía no avisa de ese dinero."),
    "paid_by_card": gettext_lazy("El pedido se pagó con tarjeta."),
    "no_details": gettext_lazy("A este pedido todavía no se le envían datos bancarios."),
    "order_ended": gettext_lazy("El pedido ya no está vigente."),
    "watched_long_enough": gettext_lazy("Pasó el tiempo en que todavía se esperaba ese dinero."),
    "says_less": gettext_lazy("Dice %(amount)s; al pedido le faltan %(missing)s. Puede ser una parte."),
    "says_more": gettext_lazy("Dice %(amount)s; al pedido le faltan %(missing)s."),
}


def staff_reason(code: str, data: Mapping[str, str]) -> str:
    """A reason in a sentence for whoever attends."""
    if code in _PLAIN:
        return str(_PLAIN[code]) % data
    match code:
        case "deposit_found":
            return str(_FOUND[data["by"]]) % data
        case "shown_before":
            return str(_SHOWN[data["by"]])
        case "altered_field":
            return _("No coincide con lo que cubre el sello: %(field)s.") % {"field": field_name(data["field"])}
        case "scheduled":
            return _("Dice una fecha que no ha llegado (%(day)s): parece programada.") % {"day": _day(data["day"])}
        case "differs" | "differs_only" | "differs_doubtfully":
            words = {
                "differs": _("%(field)s: se esperaba %(expected)s y dice %(said)s."),
                "differs_only": _("%(field)s: el banco dice %(expected)s y el archivo %(said)s; eso solo no decide."),
                "differs_doubtfully": _(
                    "%(field)s: se esperaba %(expected)s; en el archivo se leyó %(said)s, sin certeza."
                ),
            }
            shown = {name: shown_as(data["field"], data[name]) for name in ("expected", "said")}
            return words[code] % {"field": field_name(data["field"]), **shown}
    return code


def field_name(name: str) -> str:
    """A field as screens call it."""
    return str(FIELDS.get(name, name))


def shown_as(name: str, value: str) -> str:
    """A field's value as screens write it."""
    if not value:
        return "—"
    if name == "bank":
        return institution_name(value) or value
    return _day(value) if name == "date" else value


def buyer_words(kind: str, reasons: Sequence[Mapping[str, Any]]) -> str:
    """What the buyer reads: what was found, what happens by itself, and what he may do. Nothing is held against him."""
    codes = {reason["code"]: reason["data"] for reason in reasons}
    return _BUYER[VerdictKind(kind)](codes)


type _Codes = Mapping[str, Mapping[str, str]]


def _waiting(codes: _Codes) -> str:
    if "paid_by_card" in codes:
        return _("Recibimos tu comprobante. Tu pedido se pagó con tarjeta; no tienes que hacer nada más.")
    if "scheduled" in codes:
        return _("Tu comprobante dice una fecha que no ha llegado. Lo detectamos automáticamente en cuanto entre.")
    if "watched_long_enough" in codes or "order_ended" in codes:
        return _("Tenemos tu comprobante y todavía no vemos ese depósito. Una persona de la tienda lo revisa contigo.")
    if "says_less" in codes and codes["says_less"]["sure"]:
        return _(
            "Tu comprobante es de %(amount)s y faltan %(missing)s. Todavía no vemos ese depósito; lo detectamos"
            " automáticamente. Puedes completar a la misma CLABE."
        ) % {"amount": codes["says_less"]["amount"], "missing": codes["says_less"]["missing"]}
    return _("Recibimos tu comprobante. Todavía no vemos el depósito en el banco; lo detectamos automáticamente.")


def _matches(codes: _Codes) -> str:
    if "in_case" in codes:
        return _("Detectamos tu depósito automáticamente y está por aclarar: una persona de la tienda lo revisa.")
    if "sent_back" in codes:
        return _("Vemos ese depósito, pero no se aplicó a este pedido. Escríbenos en el chat si tienes dudas.")
    if "part" in codes:
        return _("Detectamos tu depósito automáticamente. Faltan %(missing)s; usa la misma CLABE.") % {
            "missing": codes["part"]["missing"]
        }
    return _("Detectamos tu depósito automáticamente y tu comprobante coincide.")


def _verified(codes: _Codes) -> str:
    if "deposit_found" in codes:
        return _("Tu CEP es auténtico.") + " " + _matches(codes)
    return _("Tu CEP es auténtico: su sello de Banxico coincide. Confirmamos cuando el banco nos avise.")


def _contradicts(codes: _Codes) -> str:
    if "returned" in codes:
        return _("El banco regresó esa transferencia a la cuenta de la que salió. Puedes transferir otra vez.")
    if "altered" in codes or "altered_field" in codes:
        return _(
            "El sello de este CEP no coincide con sus datos. Descárgalo de nuevo de Banxico y súbelo sin cambios;"
            " tu pedido sigue igual."
        )
    if "before_order" in codes:
        return _("La fecha de este comprobante es anterior a tu pedido. Sube el de esta compra; nada más cambia.")
    if {"clabe_of_store", "clabe_foreign"} & codes.keys():
        return _("La CLABE de este comprobante no es la de tu pedido; queda por aclarar con una persona de la tienda.")
    if "differs" in codes:
        return _("%(field)s por aclarar: el banco dice algo distinto. Una persona de la tienda lo revisa contigo.") % {
            "field": field_name(codes["differs"]["field"])
        }
    return _("Este comprobante queda por aclarar. Una persona de la tienda lo revisa contigo; tu pedido sigue igual.")


def _reused(codes: _Codes) -> str:
    return _(
        "Este comprobante ya se había presentado en otra compra, así que queda por aclarar. Sube el de esta"
        " transferencia; tu pedido sigue igual."
    )


def _unreadable(codes: _Codes) -> str:
    if "rejected" in codes:
        return _("No pudimos abrir tu archivo de forma segura. Sube una captura de pantalla o el PDF de tu banco.")
    return _("No alcanzamos a leer tu comprobante. Confirmamos con el aviso del banco; puedes subir otra captura.")


_BUYER: Final[Mapping[VerdictKind, Callable[[_Codes], str]]] = {
    VerdictKind.WAITING: _waiting,
    VerdictKind.MATCHES: _matches,
    VerdictKind.VERIFIED: _verified,
    VerdictKind.CONTRADICTS: _contradicts,
    VerdictKind.REUSED: _reused,
    VerdictKind.UNREADABLE: _unreadable,
}


def _day(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text
