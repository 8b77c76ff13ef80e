"""`seguripago doctor`: what is missing or unsafe on this machine, each fault with what to do about it."""

import base64
import ipaddress
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from seguripago.config import command_line_home as home
from seguripago.config.cluster_binaries import OLDEST_MAJOR

# Settings whose absence is an answer in production, with what each is for.
PRODUCTION = {
    "DATABASE_URL": "la base de datos",
    "SEGURIPAGO_SECRET_KEY": "las sesiones y las direcciones secretas",
    "SEGURIPAGO_MAIN_KEY": "las llaves con que se firman recibos (32 bytes en base64)",
    "SEGURIPAGO_BASE_URL": "la dirección que ven los compradores",
    "EMAIL_URL": "el correo que avisa a los compradores",
}


def examine() -> dict[str, Any]:
    """Look at the environment, the database, its tables and the secrets; never changes anything."""
    faults: list[dict[str, str]] = []
    good: list[str] = []

    def look(name: str, check: Callable[[], Iterator[str]]) -> bool:
        found = list(check())
        faults.extend({"what": name, "says": says} for says in found)
        if not found:
            good.append(name)
        return not found

    look("ambiente", _environment)
    look("secretos", _secrets)
    try:
        home.assume_identity()
        with home.database():
            if look("base de datos", _answers):
                look("servidor", _server)
                if look("tablas", _tables):
                    look("llaves", _keys)
                    look("cuentas CLABE", _accounts)
                    look("bancos", _feeds)
                    _look_at_files(look)
                look("reloj", _clock)
    except home.NotReady as error:
        faults.append({"what": "base de datos", "says": str(error)})
    return {"demo": _is_demo(), "good": good, "faults": faults}


def _look_at_files(look: Callable[[str, Callable[[], Iterator[str]]], bool]) -> None:
    from seguripago.config import command_line_doctor_files as files

    look("antivirus", files.scanner_answers)
    look("lectura de comprobantes", files.readers_work)
    look("paqueterías", files.carriers_are_real)


def _is_demo() -> bool:
    wanted = os.environ.get("SEGURIPAGO_DEMO", "")
    return wanted in {"1", "true", "yes"} or (
        not os.environ.get("SEGURIPAGO_SECRET_KEY") and home.read_demo() is not None
    )


def _environment() -> Iterator[str]:
    if _is_demo():
        return
    for name, purpose in PRODUCTION.items():
        if not os.environ.get(name):
            yield f"Falta {name}: {purpose}."
    base = os.environ.get("SEGURIPAGO_BASE_URL", "")
    if base and not base.startswith("https://"):
        yield "SEGURIPAGO_BASE_URL debe empezar con https://: por esa dirección viajan datos y sesiones."
    if base:
        yield from _outside(base, os.environ.get("SEGURIPAGO_ASSISTANT_ORIGIN", ""))
        files = os.environ.get("SEGURIPAGO_FILES_ORIGIN", "")
        if not files:
            yield "Falta SEGURIPAGO_FILES_ORIGIN: lo que suben los compradores se descarga del origen de la Mesa."
        elif not files.startswith("https://"):
            yield "SEGURIPAGO_FILES_ORIGIN debe empezar con https://: por ahí viajan los comprobantes."


def _outside(base: str, assistant: str) -> Iterator[str]:
    """What other sites embed, and whom the limits count."""
    if not assistant:
        yield "Falta SEGURIPAGO_ASSISTANT_ORIGIN: el chat que otros sitios muestran vive en el origen de la Mesa."
    elif not assistant.startswith("https://"):
        yield "SEGURIPAGO_ASSISTANT_ORIGIN debe empezar con https://: sin TLS el chat no recuerda nada en otro sitio."
    elif not (urlsplit(assistant).hostname or "").endswith(f".{urlsplit(base).hostname}"):
        yield (
            "SEGURIPAGO_ASSISTANT_ORIGIN no está bajo la dirección principal: el chat no reconoce los pedidos hechos en"
            f" el mismo navegador. Usa un nombre como asistente.{urlsplit(base).hostname}."
        )
    if not os.environ.get("SEGURIPAGO_TRUSTED_PROXIES"):
        yield (
            "Falta SEGURIPAGO_TRUSTED_PROXIES: detrás del proxy que termina TLS todos parecen una sola dirección, y los"
            " límites por dirección cuentan a todos juntos."
        )
    elif any(_is_everyone(part) for part in os.environ["SEGURIPAGO_TRUSTED_PROXIES"].replace(",", " ").split()):
        yield "SEGURIPAGO_TRUSTED_PROXIES cree a cualquiera: cada quien inventa su dirección. Nombra solo tus proxies."


def _is_everyone(network: str) -> bool:
    try:
        return ipaddress.ip_network(network, strict=False).prefixlen == 0
    except ValueError:
        return False


def _secrets() -> Iterator[str]:
    secret = os.environ.get("SEGURIPAGO_SECRET_KEY", "")
    if secret and len(set(secret)) < 12:
        yield "SEGURIPAGO_SECRET_KEY es demasiado repetitiva: genera una al azar."
    main_key = os.environ.get("SEGURIPAGO_MAIN_KEY", "")
    if main_key and not _is_key(main_key):
        yield "SEGURIPAGO_MAIN_KEY debe ser 32 bytes en base64."
    folder = home.data_dir()
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield f"{file} guarda contraseñas y otros usuarios pueden leerlo: chmod 600 {file}"
    push_key = os.environ.get("SEGURIPAGO_PUSH_KEY", "")
    if push_key and not _is_push_key(push_key):
        yield "SEGURIPAGO_PUSH_KEY debe ser la llave que da seguripago push-keys (32 bytes en base64 de direcciones)."
    yield from _open_data(folder)


def _is_push_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == 32
    except ValueError:
        return False


def _open_data(folder: Path) -> Iterator[str]:
    for data in sorted(folder.glob("*/data/PG_VERSION")) if folder.is_dir() else ():
        if stat.S_IMODE(data.parent.stat().st_mode) & 0o077:
            yield f"{data.parent} está abierta a otros usuarios: chmod 700 {data.parent}"


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False


def _answers() -> Iterator[str]:
    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10).close()
    except psycopg.OperationalError as error:
        yield f"No contesta: {error}"


def _server() -> Iterator[str]:
    """What the server does with what it has acknowledged; an unsafe one is looked into all the same."""
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        major = connection.info.server_version // 10_000
        if major < OLDEST_MAJOR:
            yield f"El servidor es PostgreSQL {major}; hace falta {OLDEST_MAJOR} o posterior."
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            (value,) = connection.execute("SELECT current_setting(%s)", [setting]).fetchone() or ("",)
            if value == "off":
                yield f"El servidor corre con {setting}=off: un corte de luz perdería avisos ya contestados."
        (encoding,) = connection.execute("SELECT current_setting('server_encoding')").fetchone() or ("",)
        if encoding != "UTF8":
            yield f"La base de datos está en {encoding}; debe ser UTF8."
        if not _is_demo() and (connection.execute("SHOW is_superuser").fetchone() or ("off",))[0] == "on":
            yield "El usuario de la base de datos es superusuario; dale uno sin ese poder."


def _tables() -> Iterator[str]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seguripago.config.settings")
    django.setup()
    from seguripago.config.command_line_upkeep import check_invariants, pending_migrations

    missing = pending_migrations()
    if missing:
        yield f"Faltan {len(missing)} migraciones: seguripago migrate"
        return
    broken = [f"{view} ({rows})" for view, rows in check_invariants()["rows"].items() if rows]
    if broken:
        yield f"Hay invariantes rotas: {', '.join(broken)}"


def _keys() -> Iterator[str]:
    from seguripago.foundations.stores.queries import locked_out, seals
    from seguripago.journey.cards.queries import gateway_seals

    _, old, shut = gateway_seals()
    closed = locked_out() + shut
    if closed:
        yield f"SEGURIPAGO_MAIN_KEY y las anteriores no abren {closed} secretos: falta la llave con que se sellaron."
    left = seals()[1] + old
    if left > closed:
        yield f"Hay {left - closed} secretos sellados con la llave maestra anterior: seguripago rotate-keys"


def _accounts() -> Iterator[str]:
    from seguripago.foundations.stores.queries import prefix_room, prefixes, stores_all

    for store in stores_all():
        room = prefix_room(store.id)
        if not prefixes(store.id) or room.level == "ok":
            continue
        lasts = "" if room.days_left is None else f", para unos {room.days_left} días"
        yield f"A {store.slug} le quedan {room.left} CLABE{lasts}: agrega otro prefijo en /oficina/bancos/."


def _feeds() -> Iterator[str]:
    from django.utils import timezone

    from seguripago.config import wiring
    from seguripago.foundations.stores.queries import feed_cards, stores_all
    from seguripago.journey.bank.queries import feeds_heard, list_pulls

    wiring.connect()
    for store in stores_all():
        for heard in feeds_heard(store.id, at=timezone.now()):
            if heard.silent_since is not None:
                yield f"{store.slug}: no llega nada de {heard.title} desde {heard.silent_since:%Y-%m-%d %H:%M} UTC."
        newest = {pull.feed: pull for pull in reversed(list_pulls(store.id))}
        for feed, pull in newest.items():
            if pull.trouble:
                yield f"{store.slug}: {feed} no entregó su lista del {pull.day}: {pull.trouble}"
        unguarded = [feed for feed, card in feed_cards(store.id).items() if card.has_secret and not card.given]
        if store.accepts_unsigned_notices and unguarded and not _is_demo():
            yield f"{store.slug} acepta avisos sin firma, y a {', '.join(unguarded)} no se le puede preguntar."


def _clock() -> Iterator[str]:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        (drift,) = connection.execute(
            "SELECT abs(extract(epoch FROM clock_timestamp()) - %s)", [time.time()]
        ).fetchone() or (0,)
    if drift > 2:
        yield f"El reloj de esta máquina y el de la base de datos difieren {drift:.0f} s."
