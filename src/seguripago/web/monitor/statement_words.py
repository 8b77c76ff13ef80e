"""What statements are called on screens: states, questions, columns, and why a line was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

STATES: Final[Mapping[str, tuple[str, Promise]]] = {
    "kept": ("info", lazy("Revisando")),
    "asking": ("warn", lazy("Con preguntas")),
    "ready": ("warn", lazy("Por importar")),
    "importing": ("info", lazy("Importando")),
    "done": ("ok", lazy("Importado")),
    "unreadable": ("bad", lazy("No se puede leer")),
    "dropped": ("", lazy("Descartado")),
}
QUESTIONS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "day_order": (
        lazy("¿Qué va primero en las fechas?"),
        lazy("En todo el archivo no hay un día mayor que 12, así que las fechas se leen de las dos maneras."),
    ),
    "decimals": (
        lazy("¿Cómo se escriben los centavos?"),
        lazy("Los montos del archivo se leen de las dos maneras."),
    ),
    "signs": (
        lazy("¿Qué son los importes?"),
        lazy("El archivo tiene una sola columna de importes, sin signo ni palabra que diga si es cargo o abono."),
    ),
    "sheet": (lazy("¿En qué hoja están los movimientos?"), lazy("El libro tiene varias hojas.")),
    "account": (
        lazy("¿De qué cuenta es este estado de cuenta?"),
        lazy("Hay abonos que no dicen en qué cuenta de la tienda cayeron."),
    ),
    "columns": (lazy("¿Qué trae cada columna?"), lazy("Hacen falta al menos la fecha y los importes.")),
}
CHOICES: Final[Mapping[tuple[str, str], Promise]] = {
    ("day_order", "dmy"): lazy("El día: 03/04 es el 3 de abril"),
    ("day_order", "mdy"): lazy("El mes: 03/04 es el 4 de marzo"),
    ("decimals", "point"): lazy("Con punto: 1,234.50"),
    ("decimals", "comma"): lazy("Con coma: 1.234,50"),
    ("signs", "credits"): lazy("Todos son abonos (dinero que entró)"),
    ("signs", "debits"): lazy("Todos son cargos (dinero que salió)"),
}
FIELDS: Final[Sequence[tuple[str, Promise]]] = (
    ("date", lazy("Fecha de operación")),
    ("value_date", lazy("Fecha valor")),
    ("time", lazy("Hora")),
    ("credit", lazy("Abono")),
    ("debit", lazy("Cargo")),
    ("amount", lazy("Importe (cargo o abono)")),
    ("kind", lazy("Si es cargo o abono")),
    ("tracking_key", lazy("Clave de rastreo")),
    ("sending_institution", lazy("Banco emisor")),
    ("clabe", lazy("CLABE beneficiaria")),
    ("payer_name", lazy("Ordenante")),
    ("payer_account", lazy("Cuenta del ordenante")),
    ("payer_rfc", lazy("RFC del ordenante")),
    ("concept", lazy("Concepto")),
    ("reference", lazy("Referencia")),
    ("state", lazy("Estado de la operación")),
    ("currency", lazy("Moneda")),
    ("balance", lazy("Lo que quedó en la cuenta")),
    ("bank_id", lazy("Folio del banco")),
)
REASONS: Final[Mapping[str, Promise]] = {
    "amount": lazy("El monto no se puede leer"),
    "amount_zero": lazy("El monto es cero"),
    "amount_both": lazy("Trae cargo y abono a la vez"),
    "amount_sign": lazy("El signo contradice a su columna"),
    "kind": lazy("No dice si es cargo o abono"),
    "date": lazy("La fecha no se puede leer"),
    "columns": lazy("Le faltan o le sobran columnas"),
    "cell_too_long": lazy("Una celda es demasiado larga"),
    "clabe": lazy("El dígito de control de la CLABE no es correcto"),
    "tracking_key": lazy("La clave de rastreo no se puede leer"),
    "currency": lazy("La moneda no se puede leer"),
    "quote": lazy("Hay comillas sin cerrar"),
    "cut_off": lazy("La última línea está cortada"),
    "state": lazy("El banco todavía no la da por hecha, o la devolvió"),
    "direction": lazy("No dice si es cargo o abono"),
    "reversal": lazy("Es un pago nuestro que regresó"),
    "movement": lazy("El movimiento no se puede leer"),
    "batch_sum": lazy("Las partes del lote no suman su total"),
    "batch_without_parts": lazy("Es un lote sin el detalle de sus partes"),
    "batch_part_amount": lazy("Una parte del lote no trae monto"),
    "batch_part_currency": lazy("Una parte del lote está en otra moneda"),
    "none": lazy("No trae los datos del banco y ningún depósito se le parece"),
    "several": lazy("No trae los datos del banco y varios depósitos se le parecen"),
    # Of whole files.
    "format_unknown": lazy("No reconocemos el tipo de archivo"),
    "no_table": lazy("No encontramos una tabla de movimientos"),
    "no_lines": lazy("No encontramos ningún movimiento"),
    "no_statement": lazy("No encontramos un estado de cuenta en el archivo"),
    "no_xml": lazy("El archivo no es XML bien formado"),
    "no_workbook": lazy("La hoja de cálculo está dañada"),
    "broken_off": lazy("El archivo está incompleto"),
    "password": lazy("El archivo tiene contraseña"),
    "dtd": lazy("El archivo trae definiciones que no aceptamos por seguridad"),
    "too_deep": lazy("El archivo trae una estructura que no aceptamos por seguridad"),
    "too_large_unpacked": lazy("El archivo crece demasiado al abrirse"),
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
