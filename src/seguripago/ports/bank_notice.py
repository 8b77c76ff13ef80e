"""The notice shape that INTERFACES promises: STP's `sendAbono`, read strictly.

Two feeds speak it (STP itself and the demo's bank), and adapters do not know one another, so the shape lives with what
we ask of them. Sources: STP `sendAbono`; its older PascalCase form (`Clave` for `id`); states and return types as in
`stpmex.types`. Reading is exact or it refuses: numbers are decimals from the first byte, a repeated field refuses.
Every reader here raises Unreadable with the name of the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from seguripago.ports.bank_feeds import (
    MAX_NOTICE_BYTES,
    PAYMENT_TYPE_UNSAID,
    Arrived,
    Listed,
    Movement,
    NotADeposit,
    ReadDeposit,
    Unreadable,
    UnreadLine,
)
from seguripago.values.money import Money

RETURN_PAYMENT_TYPES: Final = frozenset({0, 16, 17, 18, 23, 24})
"""Payment types that are themselves the return of an earlier payment (stpmex.types)."""
ARRIVED_STATES: Final = frozenset({"CCO", "LQ", "TLQ"})
STP_INSTITUTION: Final = "90646"
LARGEST: Final = Money(99_999_999_999_999)
"""$999,999,999,999.99: more than SPEI settles in a day; a larger figure is a mistake, not a payment."""

_AMOUNT: Final = re.compile(r"\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_ACCOUNT: Final = re.compile(r"\d{10,18}", re.ASCII)
_INSTITUTION: Final = re.compile(r"\d{5}", re.ASCII)
_TRACKING_KEY: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,28}[\x21-\x7e])?")
_NOTHING: Final = frozenset({"", "null", "none", "nd", "na", "n/a", "undefined"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = date(2004, 8, 13)
_LATEST: Final = date(2199, 12, 31)


class Fields:
    """A JSON object whose names are found whatever their case: `claveRastreo` and `ClaveRastreo` are one field."""

    __slots__ = ("_by_name",)

    def __init__(self, pairs: Mapping[str, Any]) -> None:
        self._by_name: dict[str, Any] = {}
        for name, value in pairs.items():
            lowered = name.lower()
            if lowered in self._by_name:
                raise Unreadable(f"field_twice:{lowered}")
            self._by_name[lowered] = value

    def get(self, *names: str) -> Any:
        """Give the first of these fields that is there and is not null, or None."""
        return next((found for name in names if (found := self._by_name.get(name.lower())) is not None), None)

    def inside(self, *path: str) -> Fields | None:
        """Give the object that lies inside others under these names, or None where one of them is no object."""
        fields = self
        for name in path:
            found = fields.get(name)
            if not isinstance(found, dict):
                return None
            fields = Fields(found)
        return fields

    def says(self, *names: str) -> bool:
        """Tell whether one of these fields is there with something in it."""
        found = self.get(*names)
        return found is not None and str(found).strip().lower() not in _NOTHING


def read_json(body: bytes, *, limit: int = MAX_NOTICE_BYTES) -> Any:
    """Read JSON without a float anywhere: numbers are int or Decimal; NaN, repeated names and too long refuse."""
    if len(body) > limit:
        raise Unreadable("too_long")
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_one_of_each,
        )
    except UnicodeDecodeError:
        raise Unreadable("not_utf8") from None
    except (ValueError, RecursionError, ArithmeticError):
        raise Unreadable("not_json") from None


def read_object(body: bytes, *, limit: int = MAX_NOTICE_BYTES) -> Fields:
    """Read a body that must be one JSON object."""
    value = read_json(body, limit=limit)
    if not isinstance(value, dict):
        raise Unreadable("not_an_object")
    return Fields(value)


def read_lines(lines: Iterable[object], read: Callable[[Fields], Movement], *ids: str) -> tuple[Listed, ...]:
    """Read every line of a list; one that cannot be read is told by its place and its id, and loses no other."""
    return tuple(_read_line(place, line, read, ids) for place, line in enumerate(lines, start=1))


def _read_line(place: int, line: object, read: Callable[[Fields], Movement], ids: tuple[str, ...]) -> Listed:
    bank_id = ""
    try:
        if not isinstance(line, dict):
            raise Unreadable("not_an_object")
        fields = Fields(line)
        bank_id = text(fields, *ids)
        return read(fields)
    except Unreadable as trouble:
        return UnreadLine(place, trouble.reason, bank_id)


def read_notice(body: bytes) -> tuple[Movement, ...]:
    """Read one notice, camelCase or PascalCase; raises Unreadable."""
    fields = read_object(body)
    if fields.says("estado") and not fields.says("monto"):
        return (NotADeposit("change_of_state", text(fields, "id", "clave"), text(fields, "claveRastreo")),)
    payment_type = payment_type_of(fields)
    if payment_type in RETURN_PAYMENT_TYPES:
        return (NotADeposit("return_payment", text(fields, "id", "clave"), text(fields, "claveRastreo")),)
    sender = institution(fields, "institucionOrdenante")
    receiver = institution(fields, "institucionBeneficiaria", otherwise=STP_INSTITUTION)
    return (Arrived(deposit_of(fields, sender, receiver, payment_type)),)


def deposit_of(fields: Fields, sender: str, receiver: str, payment_type: int) -> ReadDeposit:
    """Put a deposit together from its fields; raises Unreadable for whatever decides money or identity."""
    return ReadDeposit(
        bank_id=text(fields, "id", "clave", "idEF"),
        operation_date=day(fields, "fechaOperacion"),
        sending_institution=sender,
        receiving_institution=receiver,
        tracking_key=tracking_key(fields, "claveRastreo"),
        amount=amount_of(fields.get("monto")),
        payer_name=text(fields, "nombreOrdenante"),
        payer_account=text(fields, "cuentaOrdenante"),
        payer_rfc=text(fields, "rfcCurpOrdenante"),
        beneficiary_clabe=account(fields, "cuentaBeneficiario"),
        beneficiary_name=text(fields, "nombreBeneficiario"),
        concept=text(fields, "conceptoPago"),
        reference=text(fields, "referenciaNumerica"),
        settled_at=moment(fields, "tsLiquidacion"),
        payment_type=payment_type,
    )


def amount_of(value: object) -> Money:
    """Read an amount in pesos, above zero, of at most two decimals: a JSON number or a plain text such as `"1250.00"`.

    No sign, no thousands separator, no comma, no exponent in a text; Java's `1.25E7` is read as a number.
    """
    if type(value) is str:
        digits = value.strip()
        if not _AMOUNT.fullmatch(digits):
            raise Unreadable("amount")
    elif type(value) is int:
        digits = str(value) if 0 < value < 10**15 else ""
    elif type(value) is Decimal:
        digits = f"{value:f}" if value.is_finite() and -30 < value.adjusted() < 15 else ""
    else:
        digits = ""
    if not _AMOUNT.fullmatch(digits):
        raise Unreadable("amount")
    whole, _, cents = digits.partition(".")
    amount = Money(int(whole) * 100 + int(cents.ljust(2, "0")))
    if not Money.zero() < amount <= LARGEST:
        raise Unreadable("amount")
    return amount


def tracking_key(fields: Fields, *names: str) -> str:
    """Read a clave de rastreo: 1 to 30 printable characters (real ones hold `/` and `-` too)."""
    value = fields.get(*names)
    key = str(value).strip() if type(value) in (str, int) else ""
    if not _TRACKING_KEY.fullmatch(key) or key.lower() in _NOTHING:
        raise Unreadable("tracking_key")
    return key


def account(fields: Fields, *names: str) -> str:
    """Read the account that received the money: 10 to 18 digits (a telephone, a card, a CLABE)."""
    value = fields.get(*names)
    digits = str(value).strip() if type(value) in (str, int) else ""
    if not _ACCOUNT.fullmatch(digits):
        raise Unreadable("beneficiary_account")
    return digits


def institution(fields: Fields, *names: str, otherwise: str = "") -> str:
    """Read a SPEI institution: five digits, as a number or a text; `otherwise` where the bank says none."""
    value = fields.get(*names)
    if otherwise and not fields.says(*names):
        return otherwise
    code = str(value).strip() if type(value) in (str, int) else ""
    if not _INSTITUTION.fullmatch(code) or code == "00000":
        raise Unreadable(f"institution:{names[0]}")
    return code


def day(fields: Fields, *names: str) -> date:
    """Read an operation date: `yyyymmdd`, as a number or a text."""
    value = fields.get(*names)
    digits = str(value).strip() if type(value) in (str, int) else ""
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        raise Unreadable("operation_date")
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Unreadable("operation_date") from None
    if not _EARLIEST <= found <= _LATEST:
        raise Unreadable("operation_date")
    return found


def moment(fields: Fields, *names: str) -> datetime | None:
    """Read milliseconds since 1970, as a number or a text; None where the bank says nothing or 0."""
    value = fields.get(*names)
    if value is None or str(value).strip().lower() in _NOTHING | {"0"}:
        return None
    if (
        type(value) is Decimal
        and value.is_finite()
        and 0 <= value.adjusted() < 15
        and value == value.to_integral_value()
    ):
        value = int(value)
    digits = str(value).strip() if type(value) in (str, int) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise Unreadable("settled_at")
    try:
        found = _EPOCH + timedelta(milliseconds=int(digits))
    except OverflowError:
        raise Unreadable("settled_at") from None
    if not _EARLIEST <= found.date() <= _LATEST:
        raise Unreadable("settled_at")
    return found


def payment_type_of(fields: Fields) -> int:
    """Read `tipoPago`; PAYMENT_TYPE_UNSAID where it is missing, as in the older form."""
    value = fields.get("tipoPago")
    if value is None or value == "":
        return PAYMENT_TYPE_UNSAID
    digits = str(value).strip() if type(value) in (str, int) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        raise Unreadable("payment_type")
    return int(digits)


def text(fields: Fields, *names: str) -> str:
    """Read words that decide nothing: at most 210 characters, printable; "null", "ND" and the like are empty."""
    value = fields.get(*names)
    if type(value) not in (str, int, Decimal):
        return ""
    words = "".join(char if char.isprintable() else " " for char in str(value)[:1000])
    words = " ".join(words.split())[:210]
    return "" if words.lower() in _NOTHING else words


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _one_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice in one object")
    return found
