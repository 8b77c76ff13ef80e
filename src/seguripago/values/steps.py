"""The words of the buyer's way: the six-step bar, the six checks, the ways to pay."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """The six steps that the assistant's bar shows, in order."""

    PEDIDO = "pedido"
    CONFIRMACION = "confirmacion"
    DATOS_BANCARIOS = "datos_bancarios"
    TRANSFERENCIA = "transferencia"
    COMPROBANTE = "comprobante"
    LISTO = "listo"

    @property
    def label(self) -> str:
        return _STEP_LABELS[self]


_STEP_LABELS = {
    Step.PEDIDO: "Pedido",
    Step.CONFIRMACION: "Confirmación",
    Step.DATOS_BANCARIOS: "Datos bancarios",
    Step.TRANSFERENCIA: "Transferencia",
    Step.COMPROBANTE: "Comprobante",
    Step.LISTO: "Listo",
}


class CheckItem(StrEnum):
    """What is verified before any money is asked for, in the order in which it is shown."""

    STOCK = "stock"
    DATA = "data"
    ADDRESSES = "addresses"
    DELIVERY = "delivery"
    WARRANTY = "warranty"
    AMOUNT = "amount"

    @property
    def label(self) -> str:
        return _CHECK_LABELS[self]


_CHECK_LABELS = {
    CheckItem.STOCK: "Existencias",
    CheckItem.DATA: "Datos",
    CheckItem.ADDRESSES: "Direcciones",
    CheckItem.DELIVERY: "Tiempos de entrega",
    CheckItem.WARRANTY: "Garantías",
    CheckItem.AMOUNT: "Monto",
}


class Preference(StrEnum):
    """How the buyer wants to pay."""

    SPEI = "spei"
    LINK = "link"
    CARD = "card"

    @property
    def label(self) -> str:
        return {
            Preference.SPEI: "Transferencia electrónica SPEI",
            Preference.LINK: "Link de pago encriptado",
            Preference.CARD: "Tarjeta débito y crédito",
        }[self]
