"""A return's way to the bank, and what a file of returns says. Pure."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from seguripago.journey.bank.rules import SETTLED_AFTER, operation_day
from seguripago.ports.payouts import PayoutOrder
from seguripago.values.calendar import MEXICO, is_banking_day, is_working_day
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal


class ReturnState(StrEnum):
    """Where a return is. It is asked for by its case's proposal; from `approved` on it is a row of its own."""

    APPROVED = "approved"
    INSTRUCTED = "instructed"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class ReturnEvent(StrEnum):
    """What moves a return."""

    INSTRUCT = "instruct"
    CONFIRM = "confirm"
    FAIL = "fail"


RETURN_MOVES: Final[dict[tuple[ReturnState, ReturnEvent], ReturnState]] = {
    (ReturnState.APPROVED, ReturnEvent.INSTRUCT): ReturnState.INSTRUCTED,
    # Nothing was sent yet: the bank had given the money back by itself, or the account turned out wrong.
    (ReturnState.APPROVED, ReturnEvent.FAIL): ReturnState.FAILED,
    (ReturnState.INSTRUCTED, ReturnEvent.CONFIRM): ReturnState.CONFIRMED,
    (ReturnState.INSTRUCTED, ReturnEvent.FAIL): ReturnState.FAILED,
    # It left, and the payee's bank sent it back: a transfer is settled before that bank looks for the account.
    (ReturnState.CONFIRMED, ReturnEvent.FAIL): ReturnState.FAILED,
}
PENDING: Final = (ReturnState.APPROVED.value, ReturnState.INSTRUCTED.value)
RETURN_LABELS: Final[dict[str, str]] = {
    "approved": "Aprobada, por instruir",
    "instructed": "Instruida al banco",
    "confirmed": "Confirmada por el banco",
    "failed": "No se realizó",
}


class ReturnWrongState(Refusal):
    """The return is not where this could be done with it."""

    code: ClassVar[str] = "SP-243"

    def __init__(self, state: str, event: str) -> None:
        self.state, self.event = state, event
        super().__init__(f"{event} in {state}")


class ReturnUnknown(Refusal):
    """There is no such return in this store."""

    code: ClassVar[str] = "SP-244"


class ReturnDiffers(Refusal):
    """The bank speaks of another amount than the return's: nothing is booked."""

    code: ClassVar[str] = "SP-245"


class NothingToInstruct(Refusal):
    """No approved return waits for the bank."""

    code: ClassVar[str] = "SP-246"


class ReturnTooLarge(Refusal):
    """Not so much of the payment is left that transfers brought: what is on its way counts. `left` is what is."""

    code: ClassVar[str] = "SP-532"

    def __init__(self, left: Money) -> None:
        self.left = left
        super().__init__(str(left))


def move_return(state: str, event: ReturnEvent) -> ReturnState:
    """Say which state follows. Raises ReturnWrongState."""
    try:
        return RETURN_MOVES[ReturnState(state), event]
    except KeyError:
        raise ReturnWrongState(state, event) from None


def tracking_key_of(return_id: int) -> str:
    """Our own key of a return, the same whenever it is sent: the bank refuses it a second time on the same day."""
    return f"SPDEV{return_id:010d}"


CLOCKS_APART: Final = timedelta(minutes=10)
"""So near a cut-off nobody can say to which of two days the provider gave an order."""


def days_to_ask(sent_at: datetime, at: datetime) -> tuple[date | None, ...]:
    """The operation days that an order may be on. Providers want the day left out (None) while it runs."""
    days = {operation_day(sent_at - CLOCKS_APART), operation_day(sent_at + CLOCKS_APART)}
    days |= {_when_banks_open(day) for day in days}
    sent_on = sent_at.astimezone(MEXICO).date()
    if is_working_day(sent_on):
        days.add(sent_on)
    running = operation_day(at)
    before = sorted(day for day in days if day < running)
    return (None, *before) if running in days else tuple(before)


def may_send_again(sent_at: datetime, at: datetime) -> bool:
    """Whether a provider refuses the key as used if it has the order after all: it compares keys of one day only."""
    ends = {operation_day(each) for each in (sent_at - CLOCKS_APART, sent_at + CLOCKS_APART, at + CLOCKS_APART)}
    return len(ends) == 1


def is_day_over(sent_at: datetime, at: datetime) -> bool:
    """Whether the order's day is so long over that what the provider does not have by now never left."""
    return operation_day(at - SETTLED_AFTER) > _when_banks_open(operation_day(sent_at + CLOCKS_APART))


def _when_banks_open(day: date) -> date:
    """The day itself, or the next one after those on which only banks rest (`operation_day` knows no such days)."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day


def bank_text(text: str, limit: int) -> str:
    """As banks take it: capitals without accents, digits and spaces, cut to the field."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return re.sub(r"\s+", " ", re.sub(r"[^A-Z0-9 ]", " ", plain)).strip()[:limit]


LAYOUTS: Final = ("csv", "stp")


def account_type(number: str) -> int:
    """SPEI's number for the kind of account: 18 digits a CLABE, 16 a card, 10 a phone."""
    return {18: 40, 16: 3, 10: 10}.get(len(number), 40)


def layout(name: str, lines: Sequence[PayoutOrder]) -> str:
    """The text of a file: `csv` with headings for online banking, `stp` as STP's bulk upload takes it."""
    if name == "stp":
        return "".join(f"{_stp_line(line)}\r\n" for line in lines)
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(("clave_rastreo", "monto", "cuenta", "banco", "titular", "concepto", "referencia"))
    for line in lines:
        # Digits as text: a sheet would round an account of eighteen digits.
        writer.writerow(
            (
                line.tracking_key,
                line.amount.plain,
                f"'{line.account}",
                line.institution,
                line.holder,
                line.concept,
                line.reference,
            )
        )
    return sheet.getvalue()


def _stp_line(line: PayoutOrder) -> str:
    fields = (
        line.institution,
        line.tracking_key,
        line.concept,
        line.payer_account,
        line.account,
        "90646",
        line.amount.plain,
        line.holder,
        line.payer_name,
        line.reference,
        str(line.account_type),
        "40",
        "1",
    )
    return "|".join(fields)
