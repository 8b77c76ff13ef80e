"""The Spanish of the day's close: accounts, standings, differences. Codes come in, words go out."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ACCOUNTS: Final = {
    "bank": gettext_lazy("Cuenta bancaria"),
    "card_gateway": gettext_lazy("Pasarela de tarjetas"),
    "suspense": gettext_lazy("Por aplicar"),
    "due_to_buyer": gettext_lazy("Por cumplir a compradores"),
    "due_to_store": gettext_lazy("De la tienda"),
    "refunds": gettext_lazy("Devoluciones"),
    "fees": gettext_lazy("Comisiones"),
    "differences": gettext_lazy("Diferencias aceptadas"),
}
STANDINGS: Final = {
    "agrees": (gettext_lazy("Cuadra"), "ok"),
    "no_statement": (gettext_lazy("Sin estado de cuenta"), "warn"),
    "differs": (gettext_lazy("Con diferencias"), "bad"),
    "": (gettext_lazy("Sin revisar"), ""),
}
DIFFERENCES: Final = {
    "only_in_statement": gettext_lazy("Solo en el estado de cuenta"),
    "only_in_deposits": gettext_lazy("Solo en depósitos"),
    "amount_differs": gettext_lazy("Montos distintos"),
    "not_booked": gettext_lazy("Depósito sin asiento"),
    "booked_otherwise": gettext_lazy("Asentado por otro monto"),
    "only_in_ledger": gettext_lazy("Asiento sin depósito"),
}
CASES: Final = {
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
CASE_STATES: Final = {
    "open": gettext_lazy("Abierto"),
    "proposed": gettext_lazy("Propuesto"),
    "approved": gettext_lazy("Aprobado"),
    "rejected": gettext_lazy("Rechazado"),
    "done": gettext_lazy("Resuelto"),
}
FAULTS: Final = {
    "hash": gettext_lazy("El contenido no es el que se firmó."),
    "signature": gettext_lazy("La firma no es de la llave de la tienda."),
    "chain": gettext_lazy("No sigue al cierre anterior."),
    "audit": gettext_lazy("La bitácora de auditoría ya no es la de ese momento."),
}


def account_name(code: str) -> str:
    return str(ACCOUNTS.get(code, code))


def standing_name(code: str) -> str:
    return str(STANDINGS.get(code, STANDINGS[""])[0])


def standing_tone(code: str) -> str:
    return STANDINGS.get(code, STANDINGS[""])[1]


def difference_name(code: str) -> str:
    return str(DIFFERENCES.get(code, code))


def case_name(code: str) -> str:
    return str(CASES.get(code, code))


def case_state(code: str) -> str:
    return str(CASE_STATES.get(code, code))


def fault_name(code: str) -> str:
    return str(FAULTS.get(code, code))


def bank_account(account: str) -> str:
    """The store's account as a clerk knows it: the digits under which its CLABEs begin."""
    return account or _("Sin cuenta")


def journal_name(journal: str) -> str:
    """What a journal books, in words where we know it: `deposit:12:arrived`."""
    parts = journal.split(":")
    if len(parts) == 3 and parts[0] == "deposit" and parts[2] in {"arrived", "returned"}:
        words = {"arrived": _("Depósito %(id)s"), "returned": _("Devolución del depósito %(id)s")}
        return words[parts[2]] % {"id": parts[1]}
    return journal


def deposit_of(journal: str) -> int | None:
    """The deposit that a journal speaks of, to link it: `deposit:12:…`."""
    parts = journal.split(":")
    return int(parts[1]) if len(parts) >= 2 and parts[0] == "deposit" and parts[1].isdecimal() else None
