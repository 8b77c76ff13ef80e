"""The desk's keyboard, one table: the help dialog shows it, the script reads it from there, the tests press each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seguripago.foundations.people.queries import Member


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` as the script compares them (`alt+1`, `g m`), `shown` as they stand on a keyboard, `does` what happens."""

    keys: str
    shown: tuple[str, ...]
    says: str | Promise
    does: str
    value: str = ""
    roles: tuple[str, ...] = ("analyst", "supervisor", "owner")


KEYS: Final = (
    Key("ctrl+k", ("Ctrl", "K"), _("Buscar, o hacer lo que ahora se puede"), "palette"),
    Key("j", ("J",), _("Bajar por la cola"), "down"),
    Key("k", ("K",), _("Subir por la cola"), "up"),
    Key("n", ("N",), _("Tomar la que más espera"), "press", "#take-next"),
    Key("r", ("R",), _("Responder"), "reply"),
    Key("o", ("O",), _("Nota privada"), "note"),
    Key("a", ("A",), _("Asignar a otra persona o equipo"), "press", "#open-transfer"),
    Key("e", ("E",), _("Resolver, o abrir de nuevo"), "press", "#reopen, #open-resolve"),
    Key("/", ("/",), _("Respuestas guardadas"), "canned"),
    Key("ctrl+enter", ("Ctrl", "Enter"), _("Enviar lo escrito"), "send"),
    Key("alt+1", ("Alt", "1"), _("Ir al primer grupo de la cola"), "group", "1"),
    Key("alt+2", ("Alt", "2"), _("Ir al segundo grupo"), "group", "2"),
    Key("alt+3", ("Alt", "3"), _("Ir al tercer grupo"), "group", "3"),
    Key("g m", ("G", "M"), _("Ir a la mesa, sin conversación abierta"), "go", "/mesa/"),
    Key("g p", ("G", "P"), _("Ir a Medios de pago"), "go", "/medios-de-pago/", ("supervisor",)),
    Key("g o", ("G", "O"), _("Ir a la Oficina"), "go", "/oficina/", ("supervisor", "owner")),
    Key("?", ("?",), _("Estos atajos"), "dialog", "keys"),
    Key("escape", ("Esc",), _("Cerrar lo abierto, o soltar lo que se escribe"), "escape"),
)


def keys_for(member: Member) -> tuple[Key, ...]:
    """The keys that lead this person somewhere."""
    return tuple(key for key in KEYS if member.role in key.roles)
