"""Who may propose and decide, what the checker's hash covers, and a store's policies. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

type Json = str | int | bool | Sequence[Json] | Mapping[str, Json] | None


class State(StrEnum):
    """Where a proposal is. Only an open one can move; a decided one is never touched again."""

    OPEN = "open"
    GRANTED = "granted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VOID = "void"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can become of a proposal."""

    GRANT = "grant"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    CHANGE = "change"
    EXPIRE = "expire"


MOVES: Final[dict[tuple[State, Event], State]] = {
    (State.OPEN, Event.GRANT): State.GRANTED,
    (State.OPEN, Event.REJECT): State.REJECTED,
    (State.OPEN, Event.WITHDRAW): State.WITHDRAWN,
    # What was proposed is no longer what would be done.
    (State.OPEN, Event.CHANGE): State.VOID,
    (State.OPEN, Event.EXPIRE): State.EXPIRED,
}


class Way(StrEnum):
    """How a proposal was granted: by a second person, or by a lone owner who waited after the store was told."""

    NONE = ""
    SECOND_PERSON = "second_person"
    DELAY = "delay"


MAKERS: Final = frozenset({"payments", "supervisor", "owner"})
EVERYBODY: Final = MAKERS | {"analyst"}
"""Who may propose what the room that asks opens to the desk too."""
CHECKERS: Final = frozenset({"supervisor", "owner"})
LIFE: Final = timedelta(hours=24)
DELAY: Final = timedelta(hours=24)
LONE_LIFE: Final = timedelta(hours=96)
"""A lone owner's proposal lives long enough to be told, to wait out its delay and to be done."""

POLICY_KIND: Final = "store.policy"
PREFIX_KIND: Final = "store.prefix"


class NotExact(TypeError):
    """Effects hold only whole numbers, texts, truths and lists and objects of them."""


def fingerprint(store_id: int, kind: str, subject: str, effects: Mapping[str, Json]) -> str:
    """SHA-256 (64 hex digits) of exactly what will be done, to what, in which store. Raises NotExact for a float."""
    _require_exact(effects)
    whole = {"store_id": store_id, "kind": kind, "subject": subject, "effects": effects}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def move(state: str, event: Event) -> State | None:
    """The state that follows, None when the table knows no such move."""
    return MOVES.get((State(state), event))


def _require_exact(value: object) -> None:
    match value:
        case None | str() | bool() | int():
            return
        case Mapping():
            for name, part in value.items():
                if not isinstance(name, str):
                    raise NotExact(repr(name))
                _require_exact(part)
        case list() | tuple():
            for part in value:
                _require_exact(part)
        case _:
            raise NotExact(repr(value))


@dataclass(frozen=True, slots=True)
class Policy:
    """What two people of a store decided once for all; every default is the careful one.

    `tolerance_centavos`: up to this a surplus may be written off and a shortfall accepted as a default.
    `…_by_itself`: what the clock may do with a case that nobody decided in time; `orders_returns_by_itself`: approved
    returns are sent as payment orders at once, instead of waiting for a file.
    """

    tolerance_centavos: int = 0
    returns_excess_by_itself: bool = False
    returns_late_by_itself: bool = False
    returns_duplicate_by_itself: bool = False
    returns_unknown_by_itself: bool = False
    returns_part_by_itself: bool = False
    writes_off_by_itself: bool = False
    orders_returns_by_itself: bool = False
    accepts_unsigned_notices: bool = False
    delay_instead_of_second_person: bool = False
    claims_unsent_by_itself: bool = False


LABELS: Final[dict[str, str]] = {
    "tolerance_centavos": "Tolerancia de diferencias",
    "returns_excess_by_itself": "Devolver excedentes al vencer el plazo",
    "returns_late_by_itself": "Devolver depósitos fuera de plazo al vencer el plazo",
    "returns_duplicate_by_itself": "Devolver duplicados al vencer el plazo",
    "returns_unknown_by_itself": "Devolver depósitos sin pedido al vencer el plazo",
    "returns_part_by_itself": "Devolver parciales vencidos al vencer el plazo",
    "writes_off_by_itself": "Dar por cerradas las diferencias dentro de la tolerancia",
    "orders_returns_by_itself": "Enviar devoluciones aprobadas como órdenes de pago",
    "accepts_unsigned_notices": "Aceptar avisos bancarios sin firma",
    "delay_instead_of_second_person": "Esperar 24 horas en lugar de una segunda persona",
    "claims_unsent_by_itself": "Reembolsar lo que no se envió si nadie responde la reclamación",
}
LARGEST_TOLERANCE: Final = 500_00
MONEY_NAMES: Final = frozenset({"tolerance_centavos"})
NAMES: Final = tuple(field.name for field in fields(Policy))


def is_allowed(name: str, value: int) -> bool:
    """Whether a policy of this name can take the value: centavos up to the largest tolerance, or 0 and 1."""
    if name not in NAMES:
        return False
    return 0 <= value <= (LARGEST_TOLERANCE if name in MONEY_NAMES else 1)


def policy_of(values: Mapping[str, int]) -> Policy:
    """The policy that the decided values make; what was never decided keeps its default."""
    typed: dict[str, Any] = {name: value if name in MONEY_NAMES else bool(value) for name, value in values.items()}
    return Policy(**typed)


def is_lone(person_id: int, checkers: Sequence[int]) -> bool:
    """Whether nobody else of the store could decide."""
    return not any(each != person_id for each in checkers)
