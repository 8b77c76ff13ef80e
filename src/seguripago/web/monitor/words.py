"""Names and sentences of the area's screens: kinds of proposals, roads of notices, deeds of the audit, refusals."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from seguripago.foundations.approvals.commands import ChangedMeanwhile, SamePerson
from seguripago.journey.reconciliation.rules.actions import CaseCannot
from seguripago.values.refusal import Refusal

KINDS: Final = {
    "case.apply": lazy("Aplicar a un pedido"),
    "case.split": lazy("Repartir"),
    "case.accept_difference": lazy("Aceptar la diferencia"),
    "case.ask_for_rest": lazy("Pedir el resto"),
    "case.return": lazy("Devolver al ordenante"),
    "case.write_off": lazy("Cerrar dentro de la tolerancia"),
    "case.dismiss": lazy("Marcar como revisado"),
    "return.confirm": lazy("Devolución confirmada por el banco"),
    "return.fail": lazy("Devolución que no se realizó"),
    "bank.by_hand": lazy("Depósito capturado a mano"),
    "bank.cep": lazy("Depósito probado con su CEP"),
    "store.policy": lazy("Política de la tienda"),
}
STATES: Final = {
    "open": lazy("Espera segunda aprobación"),
    "granted": lazy("Aprobada"),
    "rejected": lazy("Rechazada"),
    "withdrawn": lazy("Retirada"),
    "void": lazy("Sin efecto: algo cambió"),
    "expired": lazy("Venció"),
}
CASE_STATES: Final = {
    "open": lazy("Por proponer"),
    "proposed": lazy("Espera segunda aprobación"),
    "approved": lazy("Aprobado, falta el banco"),
    "rejected": lazy("Rechazado, por proponer"),
    "done": lazy("Resuelto"),
}
CASE_KINDS: Final = {
    "excess": lazy("Excedente"),
    "late": lazy("Fuera de plazo"),
    "part_expired": lazy("Parcial vencido"),
    "duplicate": lazy("Duplicado"),
    "unknown": lazy("Sin pedido"),
    "wrong_account": lazy("Otra cuenta"),
    "contradiction": lazy("Contradicción"),
    "reversed": lazy("Devuelto por el banco"),
    "unreadable": lazy("Aviso ilegible"),
}
DEPOSIT_STATES: Final = {
    "confirmado": lazy("Confirmado"),
    "parcial": lazy("Parcial"),
    "por_aclarar": lazy("Por aclarar"),
    "aclarado": lazy("Aclarado"),
    "validando": lazy("Validando"),
}
TRUST: Final = {
    "signed": lazy("Firmado por el banco"),
    "fetched": lazy("Consultado por nosotros al proveedor"),
    "imported": lazy("De un estado de cuenta importado"),
    "decided": lazy("Aprobado por dos personas"),
    "secret": lazy("Sin firma: solo con la clave de la tienda"),
    "refused": lazy("Rechazado"),
}
ACCOUNTS: Final = {
    "bank": lazy("Banco"),
    "suspense": lazy("Por aclarar"),
    "due_to_buyer": lazy("Del comprador"),
    "due_to_store": lazy("De la tienda"),
    "refunds": lazy("Reembolsos"),
    "fees": lazy("Comisiones"),
    "differences": lazy("Diferencias"),
}
DEEDS: Final = {
    "proposal.made": lazy("Propuso"),
    "proposal.granted": lazy("Aprobó"),
    "proposal.rejected": lazy("Rechazó"),
    "proposal.withdrawn": lazy("Retiró su propuesta"),
    "proposal.voided": lazy("Quedó sin efecto porque algo cambió"),
    "proposal.expired": lazy("Venció sin decisión"),
    "payment.confirmed": lazy("Pago confirmado"),
    "payment.partly_paid": lazy("Pago parcial recibido"),
    "payment.details_sent": lazy("Envió los datos bancarios"),
    "order.placed": lazy("Hizo el pedido"),
    "order.paid": lazy("Pedido pagado"),
}
REFUSALS: Final = {
    "SP-511": lazy("Ya hay una propuesta sobre esto y espera su segunda aprobación."),
    "SP-513": lazy("Esa propuesta ya se decidió, se retiró o venció."),
    "SP-514": lazy("Lo que viste no es esta propuesta. Léela de nuevo antes de decidir."),
    "SP-516": lazy("Tu rol no permite hacer esto."),
    "SP-240": lazy("El caso ya no está en ese punto. Revisa cómo va."),
    "SP-242": lazy("Ese caso no existe."),
    "SP-243": lazy("La devolución ya no está en ese punto."),
    "SP-290": lazy("Escribe la nota."),
    "SP-291": lazy("Ponle nombre; una tienda guarda hasta 40 búsquedas."),
}


def why_not(refusal: Refusal) -> str:
    """Say to a clerk why something was not done, with the code that he can search."""
    match refusal:
        case CaseCannot(why=why):
            return why
        case ChangedMeanwhile(why=why):
            return _("Algo cambió desde la propuesta y quedó sin efecto. %(why)s") % {"why": why}
        case SamePerson():
            return _("No puedes decidir lo que tú propusiste: lo hace otra persona.")
    said = REFUSALS.get(refusal.code)
    if said is None:
        return _("No se pudo hacer (%(code)s). Revisa cómo va y vuelve a intentarlo.") % {"code": refusal.code}
    return f"{said} ({refusal.code})"
