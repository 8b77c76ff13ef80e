"""The table of commands: words, the function that does it, what it needs, and its options.

A function gets its options as keyword arguments and returns a mapping that can be printed as JSON, or None when it
runs until it is stopped. A new command is one more row.
"""

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from seguripago.config import command_line_words as words

type Argument = tuple[tuple[str, ...], dict[str, Any]]


class Needs(enum.Enum):
    """What must stand before a command runs."""

    NOTHING = "nothing"
    DATABASE = "database"
    SITE = "site"
    SITE_IF_THERE = "site if there"
    """The site where this machine has one; a machine without one is no fault."""


def _never(said: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Command:
    """One row: `fails` says whether an answer means exit 1; `tells` passes the JSON stream to a command that stays.

    `reads` writes an answer for a person, where its plain names and values would not do.
    """

    words: str
    target: str
    says: str
    arguments: tuple[Argument, ...] = ()
    needs: Needs = Needs.SITE
    fails: Callable[[Mapping[str, Any]], bool] = _never
    tells: bool = False
    reads: Callable[[Mapping[str, Any]], Iterable[str]] | None = None


def option(*names: str, **options: Any) -> Argument:
    """Describe one option or positional argument, as argparse takes it."""
    return names, options


HOST = option("--host", default="127.0.0.1", help="dirección en que escucha (127.0.0.1)")
FILE = option("file", metavar="FILE", help="archivo")
KEY = option("--key", help="llave pública de la tienda, en PEM; sin ella, la de esta instalación")
PERSON = (
    option("--store", required=True, metavar="SLUG", help="la tienda"),
    option("--email", default="", help="su correo, completo"),
    option("--phone", default="", help="su teléfono, con sus 10 dígitos"),
)
FOLDER = option("folder", metavar="DIR", help="carpeta del respaldo")

COMMANDS: tuple[Command, ...] = (
    Command(
        "up",
        "seguripago.config.up:up",
        "la demostración completa, hasta Ctrl-C",
        arguments=(
            option("--port", type=int, help="puerto del sitio (PORT, 8000); el banco de pruebas usa el siguiente"),
        ),
        needs=Needs.NOTHING,
        tells=True,
    ),
    Command(
        "web",
        "seguripago.config.command_line_servers:web",
        "páginas y API",
        arguments=(
            HOST,
            option("--port", type=int, default=8000, help="puerto (8000)"),
            option("--workers", type=int, default=2, help="procesos (2)"),
            option("--threads", type=int, default=4, help="hilos de cada proceso (4)"),
        ),
    ),
    Command(
        "live",
        "seguripago.config.command_line_servers:live",
        "pantallas en vivo (flujos de eventos)",
        arguments=(
            HOST,
            option("--port", type=int, default=8001, help="puerto (8001)"),
            option("--reuse-port", action="store_true", help="comparte el puerto con otro proceso igual"),
        ),
    ),
    Command(
        "worker",
        "seguripago.config.command_line_servers:worker",
        "hechos, conciliación, tareas y relojes",
        arguments=(
            option(
                "--only",
                choices=("money", "followers"),
                help="un solo proceso: el del dinero, o el de lo que le sigue (sin esto, los dos)",
            ),
        ),
    ),
    Command(
        "sandbox-bank",
        "seguripago.web.sandbox.server:run",
        "el banco y la pasarela de la demostración",
        arguments=(HOST, option("--port", type=int, default=8001, help="puerto (8001)")),
    ),
    Command(
        "migrate",
        "seguripago.config.command_line_upkeep:migrate",
        "crea o actualiza las tablas",
    ),
    Command("demo", "seguripago.jobs.demo:run", "crea la tienda de demostración donde no hay ninguna"),
    Command(
        "deposit",
        "seguripago.jobs.bank_play:deposit",
        "juega un depósito del banco por la puerta de verdad",
        arguments=(
            option("--clabe", required=True, help="CLABE de 18 dígitos que recibe"),
            option("--amount", required=True, help="monto, como 1250.00"),
            option("--sender-bank", default="40012", help="institución ordenante (40012)"),
            option("--tracking-key", help="clave de rastreo; sin ella, una nueva"),
            option("--times", type=int, default=1, help="cuántas veces llega el mismo aviso (1)"),
            option(
                "--behaviour",
                default="normal",
                help="normal, contradiction, returned, unsigned, bad_signature, unreadable_amount, unknown_clabe, "
                "one_digit_off, dollars",
            ),
            option("--burst", type=int, default=1, help="tantas transferencias, sus avisos en desorden (1)"),
            option("--delay", type=float, default=0, help="segundos que el aviso tarda en salir (0)"),
            option("--url", help="dirección del sitio, si no es la de siempre"),
        ),
        reads=words.deposited,
    ),
    Command(
        "import-statement",
        "seguripago.config.command_line_statement:import_statement",
        "importa un estado de cuenta del banco y dice qué pasó con cada línea",
        arguments=(
            FILE,
            option("--format", default="", help="formato (camt053, mt940, csv, xlsx); sin él, el que el archivo diga"),
            option("--dry-run", action="store_true", help="solo dice qué haría"),
            option("--store", default="", help="tienda; no hace falta cuando hay una sola"),
            option("--account", default="", help="cuenta de las líneas que no nombran ninguna de la tienda"),
            option(
                "--answer",
                action="append",
                default=[],
                metavar="PREGUNTA=RESPUESTA",
                help="lo que el archivo deja abierto, como day_order=dmy",
            ),
        ),
        fails=lambda said: bool(said.get("questions")),
        reads=words.statement,
    ),
    Command(
        "verify-evidence",
        "seguripago.jobs.evidence_file:verify_evidence",
        "dice qué es un comprobante y si su sello es bueno",
        arguments=(FILE,),
        needs=Needs.NOTHING,
    ),
    Command(
        "verify-receipt",
        "seguripago.jobs.receipt_file:verify_receipt",
        "dice si un recibo descargado (JSON o PDF), un certificado o un expediente es auténtico",
        arguments=(FILE, KEY),
        needs=Needs.SITE_IF_THERE,
        fails=lambda said: not said["valid"],
        reads=words.paper,
    ),
    Command(
        "verify-receipts",
        "seguripago.jobs.receipt_file:verify_receipts",
        "dice si entre los recibos de una carpeta falta alguno o uno cambió de lugar",
        arguments=(
            option("folder", metavar="DIR", help="carpeta con recibos en JSON o PDF"),
            KEY,
            option("--anchor", metavar="FILE", help="lo que la tienda publica del final de su cadena de recibos"),
        ),
        needs=Needs.SITE_IF_THERE,
        fails=lambda said: not said["valid"],
        reads=words.papers,
    ),
    Command(
        "pay-page check",
        "seguripago.jobs.pay_page:check",
        "mira la página de pago como la recibe un comprador: sus programas y cabeceras deben ser los inventariados",
        arguments=(
            option("--store", default="", metavar="SLUG", help="solo esta tienda"),
            option("--url", default="", help="esta página; sin ella, la más nueva que pide una tarjeta"),
        ),
        fails=lambda said: not said["ok"],
    ),
    Command(
        "pay-page inventory",
        "seguripago.config.command_line_pay_page:take_inventory",
        "compara el inventario de programas de la página de pago con los archivos",
        arguments=(option("--write", action="store_true", help="escribe las huellas nuevas, para que se revisen"),),
        fails=lambda said: bool(said["changed"]) and not said["written"],
    ),
    Command(
        "cep pin",
        "seguripago.jobs.evidence_file:pin",
        "confía en la llave con que un banco sella sus CEP",
        arguments=(
            option("serial", metavar="SERIAL", help="número del certificado"),
            option("file", metavar="FILE.pem", help="su certificado o llave"),
        ),
        needs=Needs.NOTHING,
    ),
    Command(
        "doctor",
        "seguripago.config.command_line_doctor:examine",
        "dice qué falta o es inseguro",
        needs=Needs.NOTHING,
        fails=lambda said: bool(said["faults"]),
        reads=words.examined,
    ),
    Command(
        "check-invariants",
        "seguripago.config.command_line_upkeep:check_invariants",
        "revisa que ninguna vista inv_* devuelva filas",
        fails=lambda said: any(said["rows"].values()),
        reads=words.invariants,
    ),
    Command(
        "audit verify",
        "seguripago.config.command_line_record:verify_audit",
        "comprueba que nadie cambió la bitácora de auditoría",
        fails=lambda said: not said["ok"],
        reads=words.audit,
    ),
    Command(
        "replay",
        "seguripago.config.command_line_record:replay",
        "vuelve a entregar los hechos que se quedaron apartados",
        arguments=(
            option("--listener", metavar="NAME", help="solo a quien escucha con este nombre"),
            option("--parked", action="store_true", help="solo los apartados; lo no leído queda para el worker"),
        ),
        fails=lambda said: bool(said["parked"]),
        reads=words.replayed,
    ),
    Command(
        "buyer export",
        "seguripago.jobs.buyer:export",
        "escribe en una carpeta lo que una tienda guarda de una persona (derechos ARCO)",
        arguments=(*PERSON, option("folder", metavar="DIR", help="carpeta nueva o vacía")),
    ),
    Command(
        "buyer erase",
        "seguripago.jobs.buyer:erase",
        "dice qué se borraría de una persona y qué se queda; con --confirm lo borra",
        arguments=(
            *PERSON,
            option("--confirm", default="", metavar="CÓDIGO", help="el código que dio la misma orden sin --confirm"),
        ),
        reads=words.erased,
    ),
    Command(
        "push-keys",
        "seguripago.config.command_line_keys:make_push_keys",
        "hace la llave de los avisos del navegador para la Mesa, sin guardarla",
        needs=Needs.NOTHING,
    ),
    Command(
        "rotate-keys",
        "seguripago.jobs.rotate_keys:rotate",
        "sella todo con la llave maestra nueva, o cambia el secreto con que avisa un banco",
        arguments=(
            option("--new-main-key", action="store_true", help="solo propone una llave maestra nueva y dice los pasos"),
            option("--dry-run", action="store_true", help="solo cuenta lo que falta"),
            option("--store", metavar="SLUG", help="con --feed: la tienda cuyo secreto cambia"),
            option("--feed", metavar="FEED", help="el banco o proveedor, como stp"),
            option("--overlap-hours", type=int, default=72, help="horas en que el secreto anterior aún abre (72)"),
        ),
        fails=lambda said: bool(said.get("left")),
    ),
    Command(
        "backup",
        "seguripago.config.command_line_backup:backup",
        "guarda la base de datos y los archivos en una carpeta",
        arguments=(FOLDER,),
        needs=Needs.DATABASE,
    ),
    Command(
        "restore",
        "seguripago.config.command_line_backup:restore",
        "recupera un respaldo en una base de datos vacía",
        arguments=(FOLDER, option("--replace", action="store_true", help="borra antes lo que haya")),
        needs=Needs.DATABASE,
    ),
    Command(
        "documents",
        "seguripago.config.documents:write",
        "escribe los documentos que se leen del código: errores, hechos y estados",
        arguments=(option("--folder", default="docs/generated", help="carpeta (docs/generated)"),),
    ),
)
