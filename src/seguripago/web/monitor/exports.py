"""What can be taken out by days: deposits, cases, the ledger's entries. Rows are read while the file goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final

from django.utils.translation import gettext as _

from seguripago.foundations.ledger.queries import entries
from seguripago.journey.bank.queries import DepositView, deposits_between
from seguripago.journey.reconciliation.queries import cases_between, deposit_rows
from seguripago.ports.spreadsheets import Cell, Sheet
from seguripago.values.calendar import MEXICO
from seguripago.web.monitor import close_words as words

TOGETHER: Final = 500

type Row = tuple[Cell, ...]


def deposits_sheet(store_id: int, first: date, last: date) -> Sheet:
    """The deposits of the bank's days from `first` to `last`, each with what became of it."""
    columns = (
        _("Fecha de operación"),
        _("Recibido"),
        _("Clave de rastreo"),
        _("Banco emisor"),
        _("CLABE beneficiaria"),
        _("Ordenante"),
        _("Concepto"),
        _("Referencia"),
        _("Monto"),
        _("Moneda"),
        _("Pedido"),
        _("Estado"),
    )

    def rows() -> Iterator[Row]:
        for together in batched(deposits_between(store_id, first=first, last=last), TOGETHER):
            yield from _deposit_rows(together)

    return Sheet(_("Depósitos"), columns, rows())


def cases_sheet(store_id: int, first: date, last: date) -> Sheet:
    """The cases that were opened on these days, in Mexico."""
    columns = (
        _("Abierto"),
        _("Caso"),
        _("Estado"),
        _("Pedido"),
        _("Importe"),
        _("Moneda"),
        _("Por resolver antes de"),
        _("Motivo"),
    )
    found = cases_between(store_id, opened_from=starts_at(first), opened_before=starts_at(last + timedelta(days=1)))
    rows: Iterator[Row] = (
        (
            case.opened_at,
            words.case_name(case.kind),
            words.case_state(case.state),
            case.order_number,
            case.amount,
            case.amount.currency,
            case.due_at,
            case.says,
        )
        for case in found
    )
    return Sheet(_("Casos"), columns, rows)


def ledger_sheet(store_id: int, first: date, last: date) -> Sheet:
    """The entries booked on these days, in Mexico, account by account."""
    columns = (
        _("Cuenta"),
        _("Asentado"),
        _("Fecha valor"),
        _("Asiento"),
        _("Importe"),
        _("Moneda"),
        _("Suma desde el inicio"),
    )
    found = entries(store_id, booked_from=starts_at(first), booked_before=starts_at(last + timedelta(days=1)))
    rows: Iterator[Row] = (
        (
            words.account_name(account),
            entry.at,
            entry.value_date,
            entry.journal,
            entry.amount,
            entry.amount.currency,
            entry.balance,
        )
        for account, entry in found
    )
    return Sheet(_("Libro"), columns, rows)


def starts_at(day: date) -> datetime:
    """The first moment of a day in Mexico."""
    return datetime(day.year, day.month, day.day, tzinfo=MEXICO)


def _deposit_rows(found: Sequence[DepositView]) -> Iterator[Row]:
    known = {row.id: row for row in deposit_rows(found)}
    for deposit in found:
        row = known[deposit.id]
        yield (
            deposit.operation_date,
            deposit.received_at,
            deposit.tracking_key,
            deposit.bank_name,
            deposit.clabe,
            deposit.payer_name,
            deposit.concept,
            deposit.reference,
            deposit.amount,
            deposit.amount.currency,
            row.order_number,
            _(row.state_label),
        )


SHEETS: Final[Mapping[str, Callable[[int, date, date], Sheet]]] = {
    "depositos": deposits_sheet,
    "casos": cases_sheet,
    "libro": ledger_sheet,
}
