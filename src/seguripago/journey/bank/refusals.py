"""What this room refuses when somebody captures a deposit, with the words for the person who tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seguripago.values.refusal import Refusal


class NotOurAccount(Refusal):
    """The account that received the money is none of the store's."""

    code: ClassVar[str] = "SP-270"
    says: ClassVar[Promise] = _("Esa cuenta no es de la tienda: revisa la CLABE que recibió el dinero.")


class CaptureUnreadable(Refusal):
    """What was captured cannot be read with certainty. `reason` names the field."""

    code: ClassVar[str] = "SP-271"
    says: ClassVar[Promise] = _("Falta un dato o no se lee con certeza. Revísalo y vuelve a intentarlo.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotOnThatDay(Refusal):
    """The operation date or the hour cannot be: too far ahead, or apart from each other."""

    code: ClassVar[str] = "SP-272"
    says: ClassVar[Promise] = _(
        "La fecha de operación no puede ser: revisa la fecha y la hora en que cayó el depósito."
    )


class DepositKnown(Refusal):
    """The bank has told us of this movement already; there is nothing to capture."""

    code: ClassVar[str] = "SP-273"
    says: ClassVar[Promise] = _("Ese depósito ya está registrado.")

    def __init__(self, deposit_id: int) -> None:
        super().__init__()
        self.deposit_id = deposit_id


class LooksKnown(Refusal):
    """A deposit of the same bank, day, account and amount is known under another tracking key."""

    code: ClassVar[str] = "SP-274"
    says: ClassVar[Promise] = _(
        "Ya hay un depósito del mismo banco, día, cuenta y monto con otra clave de rastreo."
        " Si de verdad son dos, márcalo."
    )

    def __init__(self, deposit_ids: Sequence[int]) -> None:
        super().__init__()
        self.deposit_ids = tuple(deposit_ids)


class SealNotVerified(Refusal):
    """The CEP's seal is invalid, cannot be verified here, or the file is no CEP: it can never become money."""

    code: ClassVar[str] = "SP-275"
    says: ClassVar[Promise] = _("Solo un CEP con sello verificado puede proponerse como depósito.")

    def __init__(self, kind: str, seal: str, reasons: Sequence[str]) -> None:
        super().__init__(", ".join(reasons))
        self.kind = kind
        self.seal = seal
        self.reasons = tuple(reasons)


class SealUsed(Refusal):
    """This CEP became a deposit already, in this store or in another one of the installation."""

    code: ClassVar[str] = "SP-276"
    says: ClassVar[Promise] = _("Ese CEP ya se usó para un depósito.")


class SenderUnsaid(Refusal):
    """The CEP does not say for certain which institution sent the money; a person has to choose it."""

    code: ClassVar[str] = "SP-277"
    says: ClassVar[Promise] = _("El CEP no deja claro qué banco envió el dinero: elígelo en la lista.")


class QuestionUnfit(Refusal):
    """Banxico cannot be asked: the look-up is off, or the question lacks something. `reason` names it."""

    code: ClassVar[str] = "SP-278"
    says: ClassVar[Promise] = _("La consulta a Banxico no está disponible.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CaptureUnknown(Refusal):
    """There is no such capture or question in this store."""

    code: ClassVar[str] = "SP-279"
    says: ClassVar[Promise] = _("Eso no existe en esta tienda.")
