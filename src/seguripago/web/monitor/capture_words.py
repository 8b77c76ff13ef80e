"""What is said of a CEP: its seal, and why it is what it is, in the words of whoever has to decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SEALS: Final[dict[str, tuple[str, Promise]]] = {
    "verified": ("ok", gettext_lazy("Sello verificado")),
    "invalid": ("bad", gettext_lazy("Sello inválido")),
    "not_verifiable": ("warn", gettext_lazy("Sello no verificable")),
    "none": ("bad", gettext_lazy("No es un CEP")),
}
QUESTIONS: Final[dict[str, tuple[str, Promise]]] = {
    "waiting": ("info", gettext_lazy("Consultando")),
    "found": ("ok", gettext_lazy("CEP encontrado")),
    "no_cep": ("warn", gettext_lazy("Sin CEP todavía")),
    "not_found": ("bad", gettext_lazy("No encontrado")),
    "went_back": ("bad", gettext_lazy("El dinero no se quedó")),
    "gave_up": ("warn", gettext_lazy("Banxico no contestó")),
}
FIELDS: Final[dict[str, Promise]] = {
    "operation_date": gettext_lazy("la fecha de operación"),
    "hour": gettext_lazy("la hora"),
    "receiver": gettext_lazy("la institución receptora"),
    "payer_bank": gettext_lazy("el banco que envió"),
    "payer_name": gettext_lazy("el nombre de quien pagó"),
    "payer_account_type": gettext_lazy("el tipo de cuenta de quien pagó"),
    "payer_account": gettext_lazy("la cuenta de quien pagó"),
    "payer_rfc": gettext_lazy("el RFC de quien pagó"),
    "beneficiary_bank": gettext_lazy("el banco que recibió"),
    "beneficiary_name": gettext_lazy("el nombre de quien recibió"),
    "beneficiary_account_type": gettext_lazy("el tipo de cuenta que recibió"),
    "beneficiary_account": gettext_lazy("la cuenta que recibió"),
    "beneficiary_rfc": gettext_lazy("el RFC de quien recibió"),
    "concept": gettext_lazy("el concepto"),
    "iva": gettext_lazy("el IVA"),
    "amount": gettext_lazy("el monto"),
    "certificate": gettext_lazy("el número de certificado"),
    "seal": gettext_lazy("el sello"),
    "names": gettext_lazy("los nombres"),
    "rfcs": gettext_lazy("los RFC"),
    "accounts": gettext_lazy("las cuentas"),
    "account": gettext_lazy("una cuenta"),
    "date": gettext_lazy("una fecha"),
}
REASONS: Final[dict[str, Promise]] = {
    "certificate_not_pinned": gettext_lazy(
        "En esta instalación nadie ha registrado el certificado de ese banco, así que su sello no se puede comprobar."
        " Quien la administra puede registrarlo; mientras tanto espera el aviso del banco."
    ),
    "pinned_key_unfit": gettext_lazy("El certificado registrado de ese banco no sirve para comprobar el sello."),
    "seal_does_not_match": gettext_lazy("El sello no corresponde a la cadena original: el archivo fue alterado."),
    "seal_not_base64_of_2048_bits": gettext_lazy("El sello está incompleto o alterado."),
    "seal_unreadable": gettext_lazy("El sello no se lee completo en el PDF. Descarga el XML del portal de Banxico."),
    "not_one_seal": gettext_lazy("El PDF trae más de un sello."),
    "chain_unreadable": gettext_lazy("La cadena original no se lee. Descarga el XML del portal de Banxico."),
    "not_one_transfer": gettext_lazy("El archivo trae más de una transferencia, o ninguna."),
    "not_one_payer_and_beneficiary": gettext_lazy("Al archivo le falta el ordenante o el beneficiario."),
    "not_well_formed": gettext_lazy("El XML está incompleto o dañado."),
    "forbidden_xml": gettext_lazy("El XML trae instrucciones que un CEP no lleva; no se leyó."),
    "too_long": gettext_lazy("El archivo es mucho más grande que un CEP."),
    "too_many_pages": gettext_lazy("El PDF tiene más páginas que un CEP."),
    "pdf_unreadable": gettext_lazy("El PDF está dañado o pide contraseña."),
    "busy": gettext_lazy("Por ahora no podemos revisar archivos. Inténtalo de nuevo en unos minutos."),
    "empty": gettext_lazy("El archivo está vacío."),
    "not_a_cep": gettext_lazy(
        "El archivo no es un CEP. Una captura de pantalla o el PDF de tu banco no prueban un depósito."
    ),
    "tracking_key_not_sealed": gettext_lazy("El sello no cubre la clave de rastreo: compárala con la banca en línea."),
}


def reason_words(reasons: Iterable[str]) -> list[str]:
    """Say reasons in sentences, the decisive ones first."""
    return [_one(reason) for reason in reasons]


def _one(reason: str) -> str:
    if reason in REASONS:
        return str(REASONS[reason])
    field = reason.removeprefix("printed_").replace("_differs_from_chain", "").replace("_differ_from_chain", "")
    field = field.replace("_is_not_in_chain", "")
    said = FIELDS.get(field)
    if said is None:
        return reason
    if reason.startswith("printed_"):
        return _("Lo impreso no coincide con la cadena original: %(field)s.") % {"field": said}
    return _("No coincide con la cadena original: %(field)s.") % {"field": said}
