"""What a person reads in the terminal where an answer's own names would say too little. With --json none of it is used.

A writer gets the very mapping that --json prints and gives lines. The words of statements are those of the screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Any, Final

STATEMENT_COUNTS: Final = (
    ("rows", "líneas leídas"),
    ("new", "depósitos nuevos"),
    ("known", "ya conocidos"),
    ("doubtful", "en duda"),
    ("debits", "cargos"),
    ("confirmed", "pagos confirmados"),
)
DEPOSIT_STATES: Final = {
    "applied": "aplicado a su pedido",
    "in_case": "en una excepción: míralo en /medios-de-pago/",
    "announced": "anunciado: todavía no cuenta como dinero, o el trabajador no lo ha leído",
}


def statement(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell a statement's report: counts, then each line in doubt or refused with its number and its reason."""
    from seguripago.web.monitor.statement_words import doubt_words, reason_words

    if said.get("questions"):
        yield from _questions(said["questions"])
        return
    verb = "Nada se importó: esto es lo que haría" if said.get("dry_run") else "Importado"
    yield f"Estado de cuenta {said['statement']} ({said['format']}). {verb}:"
    yield from (f"  {name:<18}{said[key]:>8,}" for key, name in STATEMENT_COUNTS if key in said)
    yield f"  {'rechazadas':<18}{len(said['refused']):>8,}"
    for title, key, words in (
        ("Rechazadas", "refused", reason_words),
        ("En duda, cada una con su excepción", "doubts", doubt_words),
    ):
        if said.get(key):
            yield f"{title}:"
            yield from (f"  línea {each['line']}: {words(each['reason'])}" for each in said[key])


def _questions(questions: list[Mapping[str, Any]]) -> Iterator[str]:
    from seguripago.web.monitor.statement_words import CHOICES, QUESTIONS

    yield "No se importó nada: hay algo que el archivo no dice por sí solo."
    yield "Contesta en Medios de pago → Estados de cuenta, o repite la orden con:"
    for each in questions:
        key = each["key"]
        title, why = QUESTIONS.get(key, (key, ""))
        sample = f" Por ejemplo: {', '.join(map(str, each['sample']))}." if each["sample"] else ""
        yield f"  {title} {why}{sample}"
        if not each["choices"]:
            yield "    (esta se contesta en la pantalla)"
        for choice in each["choices"]:
            option = f"--account {choice}" if key == "account" else f"--answer {key}={choice}"
            yield f"    {option:<26}{CHOICES.get((key, choice), '')}".rstrip()


def invariants(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell only what is broken; a view that is empty is as it must be."""
    broken = {view: rows for view, rows in said["rows"].items() if rows}
    if not broken:
        yield f"{said['checked']} vistas revisadas, 0 filas."
        return
    yield f"{said['checked']} vistas revisadas; estas devuelven filas y no deben:"
    yield from (f"  {view:<40}{rows:>8,}" for view, rows in broken.items())
    yield "No cambies filas. Qué significa cada vista: docs/invariants.md. Qué hacer: docs/operations.md."


def audit(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell whether the record is whole, else where it is not."""
    yield (
        "La bitácora, los cierres y los recibos están intactos."
        if said["ok"]
        else "La bitácora, un cierre o un recibo no es lo que se selló:"
    )
    if said["broken_at"] is not None:
        yield f"  el sello no corresponde desde la entrada {said['broken_at']}"
    if said["missing"]:
        yield f"  faltan {said['missing']} entradas"
    for each in said["closes_broken"]:
        yield f"  cierre de {each['store']} del {each['day']}: {', '.join(each['faults'])}"
    for each in said["receipts_broken"]:
        yield f"  recibos de {each['store']}: {', '.join(each['faults'])}"
    yield f"  {said['sealed']:,} entradas selladas, {said['unsealed']:,} por sellar; {said['closes']:,} cierres."
    yield f"  {said['receipts']:,} recibos; {said['anchors']:,} veces se firmó el final de su cadena."


def replayed(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell what listeners read, and what stays parked with its error."""
    done = {name: count for name, count in said["replayed"].items() if count}
    yield "Se entregó:" if done else "No había nada por entregar."
    yield from (f"  {name:<32}{count:>8,}" for name, count in done.items())
    if said["parked"]:
        yield "Siguen apartados; corrige la causa y repite:"
        yield from (f"  {each['listener']} · hecho {each['fact']} · {each['error']}" for each in said["parked"])


def examined(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell each fault with what to do about it."""
    yield f"Bien: {', '.join(said['good'])}." if said["good"] else "Nada se pudo comprobar."
    yield from (f"FALTA {fault['what']}: {fault['says']}" for fault in said["faults"])
    if not said["faults"]:
        yield "Todo en orden" + (" (demostración)." if said["demo"] else ".")


def deposited(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell what became of the notices."""
    yield f"Avisos enviados: {said['sent']:,}. Depósitos: {said['deposits']:,}."
    yield f"  {DEPOSIT_STATES[said['state']]}" + (f" {said['order']}" if said["order"] else "")
    yield f"  clave de rastreo {said['tracking_key']}"


ERASABLE: Final = (
    ("conversations", "conversaciones"),
    ("orders", "pedidos sin dinero"),
    ("carts", "carritos"),
    ("mails", "correos"),
)


def erased(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell what of a person goes and what stays, each with its reason; before it is done, how to do it."""
    goes = any(said[key] for key, _name in ERASABLE)
    if not said["erased"] and not goes:
        yield "No hay nada que borrar de esa persona."
    else:
        yield "Borrado:" if said["erased"] else "Nada se ha borrado: esto es lo que se borraría."
        yield from (f"  {name:<20}{said[key]:>6,}" for key, name in ERASABLE)
    if said["stays"]:
        yield "Se queda, con su razón:"
        yield from (f"  {line}" for line in said["stays"])
    if goes and said["confirm"]:
        yield f"Para borrar exactamente esto, repite la orden con --confirm {said['confirm']}"


PAPERS: Final = {"receipt": "Recibo", "certificate": "Certificado", "dossier": "Expediente"}
KEYS_FROM: Final = {"file": "la que indicaste con --key", "installation": "la que conoce esta instalación"}
UNCHECKED: Final = frozenset({"file_missing", "key_unreadable", "key_unknown"})
PAPER_FAULTS: Final = {
    "file_missing": "No se puede abrir lo que indicaste (archivo, carpeta o llave). Revisa los nombres.",
    "key_unreadable": "La llave que indicaste no lo es. Usa el .pem que la tienda publica en /verificar/.",
    "key_unknown": "Falta la llave de la tienda. Descarga su .pem de /verificar/ y repite la orden con "
    "--key: ningún archivo responde por sí mismo.",
    "not_a_receipt": "No es un recibo de SeguriPago, o alguien lo alteró hasta que dejó de serlo.",
    "not_signed": "El PDF no termina con la firma de una tienda: no es nuestro, o alguien lo alteró.",
    "unknown_format": "Dice estar escrito o firmado de una manera que no es la nuestra.",
    "other_key": "Dice que lo firmó otra llave. Revisa que la que usaste sea la de la tienda que lo emitió.",
    "hash_differs": "Su contenido cambió: ya no corresponde a su huella.",
    "signature_invalid": "La firma no corresponde: cambió después de firmarse, o lo firmó otra llave.",
    "written_differently": "Dice lo mismo, pero sus bytes no son los que la tienda entregó.",
    "file_not_attached": "El PDF no trae adentro su recibo en JSON.",
    "other_number": "El recibo que el PDF trae adentro no es el que dice.",
    "missing_before": "Faltan recibos entre los que hay.",
    "chain_broken": "Un recibo no sigue al que está antes de él.",
    "two_of_one_number": "Hay dos recibos distintos con el mismo número.",
    "faulty_files": "Hay archivos que no son auténticos o no se pudieron comprobar.",
    "no_receipts": "En la carpeta no hay ningún recibo auténtico.",
    "anchor_unreadable": "Lo que indicaste con --anchor no es lo que la tienda publica de su cadena.",
    "anchor_faulty": "Lo que indicaste con --anchor no es auténtico.",
    "end_missing": "Falta el último recibo que la tienda publicó.",
}
MOST_SHOWN: Final = 8
"""How many of a list fit on one screen; --json has them all."""


def paper(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell whether a paper is genuine, which one it is or says it is, and what is wrong with it."""
    reasons = said["reasons"]
    if said["valid"]:
        yield "AUTÉNTICO. Lo firmó la tienda de esta llave y no cambió ni un byte."
    elif UNCHECKED.intersection(reasons):
        yield "NO SE PUDO COMPROBAR."
    else:
        yield "NO ES AUTÉNTICO" + (" según esta llave." if "other_key" in reasons else ".")
    # Nothing that an unproved file says of itself is told as if it were so.
    which = f"{PAPERS.get(said['paper'], 'Documento')} {printable(said['number'])}".rstrip()
    yield from _rows(
        ("Documento" if said["valid"] else "Dice ser", which if said["paper"] else ""),
        ("Tienda", said["store"] if said["valid"] else ""),
        ("Su llave" if said["valid"] else "Dice su llave", printable(said["key_id"])),
        ("Comprobado con", KEYS_FROM.get(said["key_from"], "")),
    )
    yield from _faults(reasons)


def papers(said: Mapping[str, Any]) -> Iterator[str]:
    """Tell whether a folder of receipts is whole, from which to which, and what is missing or not genuine."""
    if said["valid"]:
        yield "COMPLETOS. Todos son auténticos y no falta ninguno entre el primero y el último."
    elif UNCHECKED.intersection(said["reasons"]):
        yield "NO SE PUDO COMPROBAR."
    else:
        yield "NO ESTÁN COMPLETOS, o no todos son auténticos."
    first = said.get("first", "")
    yield from _rows(
        ("Auténticos", f"{said['checked']:,}"),
        ("El primero", f"{first} (y el primero de la tienda)" if said.get("from_the_first") else first),
        ("El último", said.get("last", "")),
        ("Huella final", said.get("head", "")),
        ("Faltan", _some(said.get("missing", ()))),
        ("Sin su anterior", _some(said.get("broken", ()))),
    )
    yield from _faults(said["reasons"])
    faulty = said.get("faulty", ())
    for each in faulty[:MOST_SHOWN]:
        yield f"  {printable(each['file'])}"
        yield from _faults(each["reasons"], indent="    ")
    if len(faulty) > MOST_SHOWN:
        yield f"  … y {len(faulty) - MOST_SHOWN:,} archivos más: míralos con --json"


def printable(text: str) -> str:
    """Give a stranger's word so that it cannot move the cursor or paint the terminal, and not longer than a line."""
    return "".join(letter for letter in text if letter.isprintable())[:48]


def _rows(*rows: tuple[str, str]) -> Iterator[str]:
    yield from (f"  {label:<17}{value}" for label, value in rows if value)


def _some(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" … y {len(shown) - MOST_SHOWN:,} más" if len(shown) > MOST_SHOWN else ""
    return ", ".join(shown[:MOST_SHOWN]) + more


def _faults(reasons: Iterable[str], *, indent: str = "  ") -> Iterator[str]:
    for reason in reasons:
        yield from wrap(
            PAPER_FAULTS.get(reason, reason), 78, initial_indent=f"{indent}· ", subsequent_indent=f"{indent}  "
        )
