"""What is said of a CEP: its seal, and why it is what it is, in the words of whoever has to decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

SEALS: Final[dict[str, tuple[str, Promise]]] = {
    "verified": ("ok", lazy("Sello verificado")),
    "invalid": ("bad", lazy("Sello inválido")),
    "not_verifiable": ("warn", lazy("Sello no verificable")),
    "none": ("bad", lazy("No es un CEP")),
}
QUESTIONS: Final[dict[str, tuple[str, Promise]]] = {
    "waiting": ("info", lazy("Consultando")),
    "found": ("ok", lazy("CEP encontrado")),
    "no_cep": ("warn", lazy("Sin CEP todavía")),
    "not_found": ("bad", lazy("No encontrado")),
    "went_back": ("bad", lazy("El dinero no se quedó")),
    "gave_up": ("warn", lazy("Banxico no contestó")),
}
FIELDS: Final[dict[str, Promise]] = {
    "operation_date": lazy("la fecha de operación"),
    "hour": lazy("la hora"),
    "receiver": lazy("la institución receptora"),
    "payer_bank": lazy("el banco que envió"),
    "payer_name": lazy("el nombre de quien pagó"),
    "payer_account_type": lazy("el tipo de cuenta de quien pagó"),
    "payer_account": lazy("la cuenta de quien pagó"),
    "payer_rfc": lazy("el RFC de quien pagó"),
    "beneficiary_bank": lazy("el banco que recibió"),
    "beneficiary_name": lazy("el nombre de quien recibió"),
    "beneficiary_account_type": lazy("el tipo de cuenta que recibió"),
    "beneficiary_account": lazy("la cuenta que recibió"),
    "beneficiary_rfc": lazy("el RFC de quien recibió"),
    "concept": lazy("el concepto"),
    "iva": lazy("el IVA"),
    "amount": lazy("el monto"),
    "certificate": lazy("el número de certificado"),
    "seal": lazy("el sello"),
    "names": lazy("los nombres"),
    "rfcs": lazy("los RFC"),
    "accounts": lazy("las cuentas"),
    "account": lazy("una cuenta"),
    "date": lazy("una fecha"),
}
REASONS: Final[dict[str, Promise]] = {
    "certificate_not_pinned": lazy(
        "En esta instalación nadie ha registrado el certificado de ese banco, así que su sello no se puede comprobar."
        " Quien la administra puede registrarlo; mientras tanto espera el aviso del banco."
    ),
    "pinned_key_unfit": lazy("El certificado registrado de ese banco no sirve para comprobar el sello."),
    "seal_does_not_match": lazy("El sello no corresponde a la cadena original: el archivo fue alterado."),
    "seal_not_base64_of_2048_bits": lazy("El sello está incompleto o alterado."),
    "seal_unreadable": lazy("El sello no se lee completo en el PDF. Descarga el XML del portal de Banxico."),
    "not_one_seal": lazy("El PDF trae más de un sello."),
    "chain_unreadable": lazy("La cadena original no se lee. Descarga el XML del portal de Banxico."),
    "not_one_transfer": lazy("El archivo trae más de una transferencia, o ninguna."),
    "not_one_payer_and_beneficiary": lazy("Al archivo le falta el ordenante o el beneficiario."),
    "not_well_formed": lazy("El XML está incompleto o dañado."),
    "forbidden_xml": lazy("El XML trae instrucciones que un CEP no lleva; no se leyó."),
    "too_long": lazy("El archivo es mucho más grande que un CEP."),
    "too_many_pages": lazy("El PDF tiene más páginas que un CEP."),
    "pdf_unreadable": lazy("El PDF está dañado o pide contraseña."),
    "empty": lazy("El archivo está vacío."),
    "not_a_cep": lazy("El archivo no es un CEP. Una captura de pantalla o el PDF de tu banco no prueban un depósito."),
    "tracking_key_not_sealed": lazy("El sello no cubre la clave de rastreo: compárala con la banca en línea."),
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
