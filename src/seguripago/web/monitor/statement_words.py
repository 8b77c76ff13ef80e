"""What statements are called on screens: states, questions, columns, and why a line was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

STATES: Final[Mapping[str, tuple[str, Promise]]] = {
    "kept": ("info", gettext_lazy("Revisando")),
    "asking": ("warn", gettext_lazy("Con preguntas")),
    "ready": ("warn", gettext_lazy("Por importar")),
    "importing": ("info", gettext_lazy("Importando")),
    "done": ("ok", gettext_lazy("Importado")),
    "unreadable": ("bad", gettext_lazy("No se puede leer")),
    "dropped": ("", gettext_lazy("Descartado")),
}
QUESTIONS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "day_order": (
        gettext_lazy("¿Qué va primero en las fechas?"),
        gettext_lazy("En todo el archivo no hay un día mayor que 12, así que las fechas se leen de las dos maneras."),
    ),
    "decimals": (
        gettext_lazy("¿Cómo se escriben los centavos?"),
        gettext_lazy("Los montos del archivo se leen de las dos maneras."),
    ),
    "signs": (
        gettext_lazy("¿Qué son los importes?"),
        gettext_lazy(
            "El archivo tiene una sola columna de importes, sin signo ni palabra que diga si es cargo o abono."
        ),
    ),
    "sheet": (gettext_lazy("¿En qué hoja están los movimientos?"), gettext_lazy("El libro tiene varias hojas.")),
    "account": (
        gettext_lazy("¿De qué cuenta es este estado de cuenta?"),
        gettext_lazy("Hay abonos que no dicen en qué cuenta de la tienda cayeron."),
    ),
    "columns": (gettext_lazy("¿Qué trae cada columna?"), gettext_lazy("Hacen falta al menos la fecha y los importes.")),
}
CHOICES: Final[Mapping[tuple[str, str], Promise]] = {
    ("day_order", "dmy"): gettext_lazy("El día: 03/04 es el 3 de abril"),
    ("day_order", "mdy"): gettext_lazy("El mes: 03/04 es el 4 de marzo"),
    ("decimals", "point"): gettext_lazy("Con punto: 1,234.50"),
    ("decimals", "comma"): gettext_lazy("Con coma: 1.234,50"),
    ("signs", "credits"): gettext_lazy("Todos son abonos (dinero que entró)"),
    ("signs", "debits"): gettext_lazy("Todos son cargos (dinero que salió)"),
}
FIELDS: Final[Sequence[tuple[str, Promise]]] = (
    ("date", gettext_lazy("Fecha de operación")),
    ("value_date", gettext_lazy("Fecha valor")),
    ("time", gettext_lazy("Hora")),
    ("credit", gettext_lazy("Abono")),
    ("debit", gettext_lazy("Cargo")),
    ("amount", gettext_lazy("Importe (cargo o abono)")),
    ("kind", gettext_lazy("Si es cargo o abono")),
    ("tracking_key", gettext_lazy("Clave de rastreo")),
    ("sending_institution", gettext_lazy("Banco emisor")),
    ("clabe", gettext_lazy("CLABE beneficiaria")),
    ("payer_name", gettext_lazy("Ordenante")),
    ("payer_account", gettext_lazy("Cuenta del ordenante")),
    ("payer_rfc", gettext_lazy("RFC del ordenante")),
    ("concept", gettext_lazy("Concepto")),
    ("reference", gettext_lazy("Referencia")),
    ("state", gettext_lazy("Estado de la operación")),
    ("currency", gettext_lazy("Moneda")),
    ("balance", gettext_lazy("Lo que quedó en la cuenta")),
    ("bank_id", gettext_lazy("Folio del banco")),
)
REASONS: Final[Mapping[str, Promise]] = {
    "amount": gettext_lazy("El monto no se puede leer"),
    "amount_zero": gettext_lazy("El monto es cero"),
    "amount_both": gettext_lazy("Trae cargo y abono a la vez"),
    "amount_sign": gettext_lazy("El signo contradice a su columna"),
    "kind": gettext_lazy("No dice si es cargo o abono"),
    "date": gettext_lazy("La fecha no se puede leer"),
    "columns": gettext_lazy("Le faltan o le sobran columnas"),
    "cell_too_long": gettext_lazy("Una celda es demasiado larga"),
    "clabe": gettext_lazy("El dígito de control de la CLABE no es correcto"),
    "tracking_key": gettext_lazy("La clave de rastreo no se puede leer"),
    "currency": gettext_lazy("La moneda no se puede leer"),
    "quote": gettext_lazy("Hay comillas sin cerrar"),
    "cut_off": gettext_lazy("La última línea está cortada"),
    "state": gettext_lazy("El banco todavía no la da por hecha, o la devolvió"),
    "direction": gettext_lazy("No dice si es cargo o abono"),
    "reversal": gettext_lazy("Es un pago nuestro que regresó"),
    "movement": gettext_lazy("El movimiento no se puede leer"),
    "batch_sum": gettext_lazy("Las partes del lote no suman su total"),
    "batch_without_parts": gettext_lazy("Es un lote sin el detalle de sus partes"),
    "batch_part_amount": gettext_lazy("Una parte del lote no trae monto"),
    "batch_part_currency": gettext_lazy("Una parte del lote está en otra moneda"),
    "none": gettext_lazy("No trae los datos del banco y ningún depósito se le parece"),
    "several": gettext_lazy("No trae los datos del banco y varios depósitos se le parecen"),
    # Of whole files.
    "format_unknown": gettext_lazy("No reconocemos el tipo de archivo"),
    "no_table": gettext_lazy("No encontramos una tabla de movimientos"),
    "no_lines": gettext_lazy("No encontramos ningún movimiento"),
    "no_statement": gettext_lazy("No encontramos un estado de cuenta en el archivo"),
    "no_xml": gettext_lazy("El archivo no es XML bien formado"),
    "no_workbook": gettext_lazy("La hoja de cálculo está dañada"),
    "broken_off": gettext_lazy("El archivo está incompleto"),
    "password": gettext_lazy("El archivo tiene contraseña"),
    "dtd": gettext_lazy("El archivo trae definiciones que no aceptamos por seguridad"),
    "too_deep": gettext_lazy("El archivo trae una estructura que no aceptamos por seguridad"),
    "too_large_unpacked": gettext_lazy("El archivo crece demasiado al abrirse"),
}


def reason_words(reason: str) -> str:
    """Say why a line or a file cannot be read, with what stood there."""
    code, _colon, said = reason.partition(":")
    if code == "amount" and not said and reason == "amount":
        return str(REASONS["amount"])
    words = str(REASONS.get(code, reason))
    return f"{words}: «{said}»" if said else words


def doubt_words(why: str) -> str:
    """Say why a credit is doubtful."""
    return _("El mismo movimiento ya se conocía con otro monto") if why == "amount" else reason_words(why)


def questions_shown(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The open questions with their words; the one about columns is drawn as a table of its own."""
    return [
        {
            "key": each["key"],
            "title": QUESTIONS[each["key"]][0],
            "why": QUESTIONS[each["key"]][1],
            "sample": each["sample"],
            "choices": [(choice, CHOICES.get((each["key"], choice), choice)) for choice in each["choices"]],
        }
        for each in questions
        if each["key"] in QUESTIONS
    ]
