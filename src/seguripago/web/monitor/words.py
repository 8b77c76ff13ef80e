"""Names and sentences of the area's screens: kinds of proposals, roads of notices, deeds of the audit, refusals."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seguripago.foundations.approvals.commands import ChangedMeanwhile, SamePerson
from seguripago.journey.cards.refusals import RefundTooLarge
from seguripago.journey.reconciliation.rules.actions import CaseCannot
from seguripago.journey.refunds.refusals import RefundTooMuch
from seguripago.values.refusal import Refusal

from .deed_words import DEEDS

KINDS: Final = {
    "case.apply": gettext_lazy("Aplicar a un pedido"),
    "case.split": gettext_lazy("Repartir"),
    "case.accept_difference": gettext_lazy("Aceptar la diferencia"),
    "case.ask_for_rest": gettext_lazy("Pedir el resto"),
    "case.return": gettext_lazy("Devolver al ordenante"),
    "case.return_card": gettext_lazy("Devolver a la tarjeta"),
    "case.write_off": gettext_lazy("Cerrar dentro de la tolerancia"),
    "case.dismiss": gettext_lazy("Marcar como revisado"),
    "return.confirm": gettext_lazy("Devolución confirmada por el banco"),
    "return.fail": gettext_lazy("Devolución que no se realizó"),
    "card.refund": gettext_lazy("Reembolso a tarjeta"),
    "refund.open": gettext_lazy("Reembolso al comprador"),
    "refund.account": gettext_lazy("Cuenta para un reembolso"),
    "refund.again": gettext_lazy("Reembolso que sale otra vez"),
    "claim.offer": gettext_lazy("Oferta al comprador que reclama"),
    "claim.decision": gettext_lazy("Resolución de una reclamación"),
    "bank.by_hand": gettext_lazy("Depósito capturado a mano"),
    "bank.cep": gettext_lazy("Depósito probado con su CEP"),
    "store.policy": gettext_lazy("Regla del dinero de la tienda"),
    "store.prefix": gettext_lazy("Otro prefijo de CLABE"),
}
STATES: Final = {
    "open": gettext_lazy("Espera segunda aprobación"),
    "granted": gettext_lazy("Aprobada"),
    "rejected": gettext_lazy("Rechazada"),
    "withdrawn": gettext_lazy("Retirada"),
    "void": gettext_lazy("Sin efecto: algo cambió"),
    "expired": gettext_lazy("Venció"),
}
AT_GATEWAY: Final = gettext_lazy("Aprobado, falta la pasarela")
CASE_STATES: Final = {
    "open": gettext_lazy("Por proponer"),
    "proposed": gettext_lazy("Espera segunda aprobación"),
    "approved": gettext_lazy("Aprobado, falta el banco"),
    "rejected": gettext_lazy("Rechazado, por proponer"),
    "done": gettext_lazy("Resuelto"),
}
CASE_KINDS: Final = {
    "excess": gettext_lazy("Excedente"),
    "late": gettext_lazy("Fuera de plazo"),
    "part_expired": gettext_lazy("Parcial vencido"),
    "duplicate": gettext_lazy("Duplicado"),
    "unknown": gettext_lazy("Sin pedido"),
    "wrong_account": gettext_lazy("Otra cuenta"),
    "contradiction": gettext_lazy("Contradicción"),
    "reversed": gettext_lazy("Devuelto por el banco"),
    "unreadable": gettext_lazy("Aviso ilegible"),
    "chargeback": gettext_lazy("Contracargo"),
}
DEPOSIT_STATES: Final = {
    "confirmado": gettext_lazy("Confirmado"),
    "parcial": gettext_lazy("Parcial"),
    "por_aclarar": gettext_lazy("Por aclarar"),
    "aclarado": gettext_lazy("Aclarado"),
    "validando": gettext_lazy("Validando"),
}
TRUST: Final = {
    "signed": gettext_lazy("Firmado por el banco"),
    "fetched": gettext_lazy("Consultado por nosotros al proveedor"),
    "imported": gettext_lazy("De un estado de cuenta importado"),
    "decided": gettext_lazy("Aprobado por dos personas"),
    "secret": gettext_lazy("Sin firma: solo con la clave de la tienda"),
    "refused": gettext_lazy("Rechazado"),
}
REFUSALS: Final = {
    "SP-511": gettext_lazy("Ya hay una propuesta sobre esto y espera su segunda aprobación."),
    "SP-513": gettext_lazy("Esa propuesta ya se decidió, se retiró o venció."),
    "SP-514": gettext_lazy("Lo que viste no es esta propuesta. Léela de nuevo antes de decidir."),
    "SP-516": gettext_lazy("Tu rol no permite hacer esto."),
    "SP-240": gettext_lazy("El caso ya no está en ese punto. Revisa cómo va."),
    "SP-242": gettext_lazy("Ese caso no existe."),
    "SP-243": gettext_lazy("La devolución ya no está en ese punto."),
    "SP-244": gettext_lazy("Esa devolución no existe."),
    "SP-245": gettext_lazy("El banco habla de otro monto: no se registró nada."),
    "SP-246": gettext_lazy("No hay devoluciones aprobadas que esperen al banco."),
    "SP-247": gettext_lazy("Esa tarjeta no se cobró: no hay qué reembolsar."),
    "SP-249": gettext_lazy("El banco ya tomó este dinero: un reembolso lo daría dos veces."),
    "SP-250": gettext_lazy("El dinero de este cobro está en una excepción: decídelo ahí."),
    "SP-251": gettext_lazy("Ese cobro no existe."),
    "SP-252": gettext_lazy("Escribe un monto mayor que cero y el motivo."),
    "SP-253": gettext_lazy("Esta pasarela solo reembolsa cobros completos."),
    "SP-255": gettext_lazy("Ese dinero ya volvió a la tarjeta, o un pago lo tiene."),
    "SP-532": gettext_lazy("De lo que llegó por transferencia ya no queda tanto: lo que está en camino cuenta."),
    "SP-533": gettext_lazy("Ese reembolso no existe."),
    "SP-535": gettext_lazy("Escribe un monto mayor que cero y el motivo."),
    "SP-536": gettext_lazy("El reembolso ya no está en ese punto. Revisa cómo va."),
    "SP-537": gettext_lazy("Ese reembolso no espera una cuenta."),
    "SP-540": gettext_lazy("El pedido, o una parte, ya salió: ya no se puede cancelar."),
    "SP-541": gettext_lazy("Ya se pidió cancelar este pedido."),
    "SP-542": gettext_lazy("De este pedido no hay dinero que reembolsar."),
    "SP-283": gettext_lazy("Escribe la nota."),
    "SP-284": gettext_lazy("Ponle nombre; una tienda guarda hasta 40 búsquedas."),
}


def deed(action: str) -> str:
    """What the audit's action is called: a deed, or what was proposed when it was carried out."""
    return str({**KINDS, **DEEDS}.get(action, action))


def why_not(refusal: Refusal) -> str:
    """Say to a clerk why something was not done, with the code that he can search."""
    match refusal:
        case CaseCannot(why=why):
            return why
        case ChangedMeanwhile(why=why):
            return _("Algo cambió desde la propuesta y quedó sin efecto. %(why)s") % {"why": why}
        case RefundTooLarge(left=left):
            return _("De este cobro se pueden reembolsar todavía %(left)s.") % {"left": left}
        case RefundTooMuch(left=left):
            return _("De este pedido se pueden reembolsar todavía %(left)s.") % {"left": left}
        case SamePerson():
            return _("No puedes decidir lo que tú propusiste: lo hace otra persona.")
    said = REFUSALS.get(refusal.code)
    if said is None:
        return _("No se pudo hacer (%(code)s). Revisa cómo va y vuelve a intentarlo.") % {"code": refusal.code}
    return f"{said} ({refusal.code})"
