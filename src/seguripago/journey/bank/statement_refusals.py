"""What this room refuses about statements, with the words for the person who tried."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seguripago.values.refusal import Refusal


class StatementUnknown(Refusal):
    """There is no such statement in this store."""

    code: ClassVar[str] = "SP-293"
    says: ClassVar[Promise] = _("Ese estado de cuenta no existe en esta tienda.")


class StatementTooLarge(Refusal):
    """The file is larger than any statement, or empty."""

    code: ClassVar[str] = "SP-294"
    says: ClassVar[Promise] = _("El archivo está vacío o es demasiado grande (máximo 192 MB).")


class StatementUnfit(Refusal):
    """The file cannot be read as a statement. `reason` names why."""

    code: ClassVar[str] = "SP-295"
    says: ClassVar[Promise] = _("El archivo no se puede leer como estado de cuenta.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DoubtIsOver(Refusal):
    """The line is no doubt any more: somebody else was faster."""

    code: ClassVar[str] = "SP-297"
    says: ClassVar[Promise] = _("Esa línea ya no está en duda: alguien más la resolvió.")


class NotThatDeposit(Refusal):
    """The line cannot be of that deposit: another amount, account or day, or another line attests it."""

    code: ClassVar[str] = "SP-298"
    says: ClassVar[Promise] = _("Esa línea no puede ser de ese depósito. Revisa cómo va y elige de nuevo.")


class StatementElsewhere(Refusal):
    """What was asked does not fit the statement's state: somebody else was faster."""

    code: ClassVar[str] = "SP-296"
    says: ClassVar[Promise] = _("Alguien más ya movió este estado de cuenta: recarga la página.")

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state
