"""The close of a day as tables and as a paper: the same rows for the page's downloads, CSV, XLSX and PDF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.reconciliation.queries import DayView
from seguripago.ports.documents import Report, ReportTable, StoreIdentity
from seguripago.ports.spreadsheets import Cell, Sheet
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money
from seguripago.web.components.templatetags.sp import long_day, moment
from seguripago.web.monitor import close_words as words

LISTED_ON_PAPER = 200


def sheets(view: DayView) -> tuple[Sheet, ...]:
    """The close as tables: proof, differences, adjustments, cases, accounts."""
    return tuple(Sheet(name, columns, rows) for name, columns, rows in _tables(view))


def report(view: DayView, store: StoreView, *, at: datetime) -> Report:
    """The close as a paper; tables that are long say how many lines the file has."""
    tone = words.standing_tone(view.standing) or "warn"
    return Report(
        store=StoreIdentity(
            name=store.name,
            legal_name=store.legal_name,
            rfc=store.rfc,
            tax_regime=store.tax_regime,
            address=store.street_address,
            postal_code=store.postal_code,
            phone=store.phone,
            email=store.email,
        ),
        title=_("Cierre del %(day)s") % {"day": long_day(view.day)},
        number=_("Cierre núm. %(n)s") % {"n": view.seal.place} if view.seal else _("Sin cerrar"),
        printed_at=at,
        tone=tone,
        headline=headline(view),
        says=explanation(view),
        figures=(
            (_("En la cuenta al empezar"), str(view.opening)),
            (_("Movimientos del día"), str(view.moved)),
            (_("Ajustes de días cerrados"), str(view.adjusted)),
            (_("En la cuenta al terminar"), str(view.closing)),
        ),
        tables=tuple(
            ReportTable(
                title=name if len(rows) <= LISTED_ON_PAPER else f"{name} ({LISTED_ON_PAPER} / {len(rows)})",
                columns=tuple(columns),
                rows=tuple(tuple(_shown(cell) for cell in row) for row in rows[:LISTED_ON_PAPER]),
                numbers=tuple(
                    place for place in range(len(columns)) if rows and isinstance(_sample(rows, place), Money | int)
                ),
                empty=_("Nada."),
            )
            for name, columns, rows in _tables(view)
        ),
        seal=_seal(view),
        seal_says=_(
            "El archivo JSON del cierre trae el contenido exacto, la huella, la firma Ed25519 y la llave pública "
            "de la tienda: cualquiera puede comprobarlo sin conexión."
        ),
    )


def headline(view: DayView) -> str:
    """The close in one line; without a statement there is no nought to show."""
    if view.standing == "no_statement":
        return _("Sin estado de cuenta: no se puede comprobar")
    amounts = " + ".join(f"{each} {each.currency}" for each in view.unexplained if each) or f"{Money.zero()} MXN"
    return _("%(amount)s sin explicar") % {"amount": amounts}


def explanation(view: DayView) -> str:
    """What the headline means."""
    if view.standing == "agrees":
        return _("El estado de cuenta, los depósitos y el libro dicen lo mismo, línea por línea.")
    if view.standing == "no_statement":
        return _("Los depósitos y el libro coinciden. Falta el estado de cuenta del banco para cerrar la comprobación.")
    return _("Hay líneas que no coinciden; cada una está abajo. Los montos se suman sin signo, para que no se tapen.")


type Table = tuple[str, Sequence[str], list[tuple[Cell, ...]]]


def _tables(view: DayView) -> list[Table]:
    return [_proof(view), _differences(view), _adjustments(view), _cases(view), _balances(view)]


def _proof(view: DayView) -> Table:
    columns = (
        _("Cuenta"),
        _("Moneda"),
        _("Resultado"),
        _("Estado de cuenta"),
        _("Depósitos"),
        _("Libro"),
        _("Sin explicar"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            words.bank_account(each.account),
            each.currency,
            words.standing_name(each.standing),
            each.statement if each.statement is not None else _("Sin estado de cuenta"),
            each.deposits,
            each.ledger,
            # Without a statement there is nothing to explain yet: a nought would be a promise.
            each.unexplained if each.standing != "no_statement" else None,
        )
        for each in view.accounts
    ]
    return _("Comprobación"), columns, rows


def _differences(view: DayView) -> Table:
    columns = (
        _("Qué"),
        _("Cuenta"),
        _("Clave de rastreo"),
        _("Estado de cuenta"),
        _("Depósito"),
        _("Libro"),
        _("Sin explicar"),
        _("Moneda"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            words.difference_name(each.kind),
            each.account,
            each.tracking_key,
            each.statement,
            each.deposit,
            each.ledger,
            each.amount,
            each.amount.currency,
        )
        for each in view.differences
    ]
    return _("Diferencias"), columns, rows


def _adjustments(view: DayView) -> Table:
    columns = (_("Día"), _("Asiento"), _("Importe"), _("Moneda"), _("Asentado"))
    rows: list[tuple[Cell, ...]] = [
        (each.day, words.journal_name(each.journal), each.amount, each.amount.currency, each.at)
        for each in view.adjustments
    ]
    return _("Ajustes de días cerrados"), columns, rows


def _cases(view: DayView) -> Table:
    columns = (_("Caso"), _("Pedido"), _("Importe"), _("Moneda"), _("Abierto"))
    rows: list[tuple[Cell, ...]] = [
        (words.case_name(each.kind), each.order_number, each.amount, each.amount.currency, each.opened_at)
        for each in view.cases
    ]
    return _("Casos abiertos"), columns, rows


def _balances(view: DayView) -> Table:
    columns = (_("Cuenta"), _("Importe"), _("Moneda"))
    rows: list[tuple[Cell, ...]] = [
        (words.account_name(each.account), each.amount, each.amount.currency) for each in view.balances
    ]
    return _("Cuentas del libro"), columns, rows


def _seal(view: DayView) -> tuple[tuple[str, str], ...]:
    if view.seal is None:
        return ()
    return (
        (_("Lo cerró %(who)s") % {"who": view.seal.closed_by}, moment(view.seal.at)),
        (_("Huella SHA-256"), view.seal.hash),
        (_("Cierre anterior"), view.seal.prev_hash),
        (_("Firma Ed25519"), view.seal.signature),
        (_("Bitácora de auditoría, entrada %(n)s") % {"n": view.audit.seq}, view.audit.hash),
    )


def _sample(rows: Iterable[Sequence[Cell]], place: int) -> Cell:
    return next((row[place] for row in rows if row[place] is not None), None)


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return "—"
        case Money():
            return str(cell)
        case datetime():
            # A paper is read for years: «today» would be another day.
            return f"{cell.astimezone(MEXICO):%Y-%m-%d %H:%M}"
        case _:
            return str(cell)
