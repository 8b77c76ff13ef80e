"""Why a file is not taken, in words for whoever chose it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seguripago.values.refusal import Refusal


class FileIsBroken(Refusal):
    """The file begins like a kind we take, and cannot be read."""

    code: ClassVar[str] = "SP-403"
    says: ClassVar[Promise] = _(
        "No pudimos abrir tu archivo: parece dañado. Prueba con una captura de pantalla o el PDF de tu banco."
    )


class FileIsOversized(Refusal):
    """The picture has more pixels, or the document more pages, than any comprobante."""

    code: ClassVar[str] = "SP-404"
    says: ClassVar[Promise] = _(
        "Tu archivo es demasiado grande al abrirlo. Sube solo la captura o la página de tu comprobante."
    )


class FileIsLocked(Refusal):
    """The PDF asks for a password."""

    code: ClassVar[str] = "SP-405"
    says: ClassVar[Promise] = _("Tu PDF pide contraseña. Quítasela o sube una captura de pantalla.")


class FileIsTooBig(Refusal):
    """The file is empty or has more than ten megabytes."""

    code: ClassVar[str] = "SP-401"
    says: ClassVar[Promise] = _("Tu archivo debe pesar menos de 10 MB y no estar vacío.")


class FileIsNotTaken(Refusal):
    """The file is none of the kinds that a comprobante may be."""

    code: ClassVar[str] = "SP-402"
    says: ClassVar[Promise] = _("Sube tu comprobante como imagen (JPG, PNG, WebP o HEIC), PDF o el XML del CEP.")


class FileIsHarmful(Refusal):
    """The scanner found malware in the file."""

    code: ClassVar[str] = "SP-406"
    says: ClassVar[Promise] = _("Tu archivo contiene algo peligroso y no lo guardamos. Sube una captura de pantalla.")

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class FileNotScanned(Refusal):
    """The scanner is away, and a file that is no comprobante is not taken unseen."""

    code: ClassVar[str] = "SP-407"
    says: ClassVar[Promise] = _("Por ahora no podemos revisar archivos. Inténtalo de nuevo en unos minutos.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class TooManyFiles(Refusal):
    """The order has as many files as an order may have."""

    code: ClassVar[str] = "SP-408"
    says: ClassVar[Promise] = _("Tu pedido ya tiene todos los archivos que puede guardar. Escríbenos en el chat.")


class TooManyThroughLinks(Refusal):
    """Through the order's payment links came as many files as may come by that door."""

    code: ClassVar[str] = "SP-455"
    says: ClassVar[Promise] = _(
        "Por el link de pago ya llegaron todos los archivos que caben. "
        "Pide a quien compró que suba tu comprobante en la página de su pedido."
    )


class FileNeverScanned(Refusal):
    """The scanner was away for so long that the file is not waited for any more."""

    code: ClassVar[str] = "SP-409"
    says: ClassVar[Promise] = _("No pudimos revisar tu archivo y lo borramos. Súbelo de nuevo, por favor.")


REJECTIONS: Final[Mapping[str, Promise]] = {
    FileIsBroken.code: FileIsBroken.says,
    FileIsOversized.code: FileIsOversized.says,
    FileIsLocked.code: FileIsLocked.says,
    FileIsHarmful.code: FileIsHarmful.says,
    FileNeverScanned.code: FileNeverScanned.says,
}
"""How a quarantine may end badly: the words for each code that the row keeps."""
