"""Nasty files: what a format reads, what it asks, what it refuses; never a guess, never a crash, never much memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from seguripago.adapters import bank_feeds
from seguripago.ports.bank_feeds import Unreadable, UnreadLine
from seguripago.ports.registry import discover
from seguripago.ports.statement_marks import marks_in
from seguripago.ports.statement_text import (
    day_orders,
    decimal_styles,
    institution_code,
    read_amount,
    read_day,
)
from seguripago.ports.statements import Balance, Look, StatementFormat, StatementItem, StatementLine
from seguripago.values import clabe as clabes
from tests.statements import banks
from tests.statements.banks import Movement

FORMATS = {slug: feed for slug, feed in discover(bank_feeds).items() if isinstance(feed, StatementFormat)}
CLABE = clabes.build("6461801157", 42)
DAY = date(2026, 4, 13)
STYLES = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "named", "%d.%m.%Y")


def read(slug: str, body: bytes | str, **answers: Any) -> list[StatementItem]:
    file = io.BytesIO(body.encode() if isinstance(body, str) else body)
    look = looked(slug, body, **answers)
    assert not look.questions, look.questions
    return list(FORMATS[slug].lines(file, look.reading))


def looked(slug: str, body: bytes | str, **answers: Any) -> Look:
    return FORMATS[slug].look(io.BytesIO(body.encode() if isinstance(body, str) else body), answers)


def lines(items: list[StatementItem]) -> list[StatementLine]:
    return [item for item in items if isinstance(item, StatementLine)]


def refused(items: list[StatementItem]) -> list[tuple[int, str]]:
    return [(item.position, item.reason.partition(":")[0]) for item in items if isinstance(item, UnreadLine)]


def table(*rows: str, heading: str = "Fecha;Clave de rastreo;Banco ordenante;CLABE beneficiaria;Abono") -> str:
    return "\n".join((heading, *rows, ""))


# --- texts ---


@given(
    st.dates(date(2004, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "named", "%d.%m.%Y"]),
)
def test_a_day_is_read_back_as_it_was_written(day: date, style: str) -> None:
    assert read_day(banks.day_text(day, style), "dmy") == (day, None)


@given(st.integers(0, 99_999_999_999_999), st.sampled_from(["point", "comma"]), st.booleans())
def test_an_amount_is_read_back_as_it_was_written(centavos: int, style: str, is_negative: bool) -> None:
    said = banks.amount_text(banks.pesos(centavos), style)
    assert read_amount(f"({said})" if is_negative else f"${said} MXN", style) == (
        -centavos if is_negative else centavos
    )
    assert style in decimal_styles([said])


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(said: str) -> None:
    for order in ("dmy", "mdy"):
        read_day(said, order)
    for style in ("point", "comma"):
        read_amount(said, style)
    marks_in(said)
    institution_code(said)


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (["03/04/2026", "05/06/2026"], {"dmy", "mdy"}),
        (["03/04/2026", "25/06/2026"], {"dmy"}),
        (["04/03/2026", "04/25/2026"], {"mdy"}),
        (["25/04/2026", "04/25/2026"], set()),
        (["05/05/2026"], {"dmy"}),
        (["2026-04-03", "05-ABR-2026"], {"dmy"}),
    ],
)
def test_the_file_decides_between_day_and_month(said: list[str], allowed: set[str]) -> None:
    assert day_orders(said) == allowed


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (["1,234", "5,678"], {"point", "comma"}),
        (["1,234", "5,678.90"], {"point"}),
        (["1.234", "5,90"], {"comma"}),
        (["1,234.50", "1.234,50"], set()),
        (["100", "2500"], {"point"}),
        (["1.234.567"], {"comma"}),
    ],
)
def test_the_file_decides_what_a_comma_means(said: list[str], allowed: set[str]) -> None:
    assert decimal_styles(said) == allowed


# --- tables ---


def test_a_row_never_changes_the_meaning_of_its_file() -> None:
    """1.234 in a file of points is a fraction of a centavo, not a thousand pesos."""
    items = read("csv", table(f"2026-04-13;K1;40012;{CLABE};1,234.50", f"2026-04-13;K2;40012;{CLABE};1.234"))
    assert refused(items) == [(3, "amount")]


def test_rows_above_below_and_between_are_no_movements() -> None:
    body = table(
        f"13/04/2026;K1;40012;{CLABE};10.00",
        "Fecha;Clave de rastreo;Banco ordenante;CLABE beneficiaria;Abono",
        f"14/04/2026;K2;40012;{CLABE};20.00",
        "",
        "Total;;;;30.00",
        "Saldo final;;;;130.00",
        "Página 1 de 1",
    )
    items = read("csv", f"Banco del Centro\nPeriodo;01/04/2026;30/04/2026\n\n{body}")
    assert [line.tracking_key for line in lines(items)] == ["K1", "K2"]
    assert refused(items) == []


def test_a_quote_that_nobody_closes_costs_its_own_row() -> None:
    rows = [f"13/04/2026;K{n};40012;{CLABE};10.00" for n in range(1, 90)]
    rows[3] = f'14/04/2026;"K4;40012;{CLABE};10.00'
    items = read("csv", table(*rows))
    assert refused(items) == [(5, "quote")]
    assert len(lines(items)) == 88
    last = read("csv", table(*rows[:3], f'14/04/2026;"K9;40012;{CLABE};10.00'))
    assert (refused(last), len(lines(last))) == ([(5, "quote")], 3)


def test_quoted_separators_and_line_ends_stay_in_their_cell() -> None:
    heading = "Fecha,Concepto,Abono"
    items = read("csv", f'{heading}\n13/04/2026,"Pago; de ""ANA""\nen dos líneas, y más","1,250.00"\n')
    assert lines(items)[0].concept == 'Pago; de "ANA" en dos líneas, y más'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_letters_of_every_kind_are_read(encoding: str) -> None:
    body = "Fecha\tDescripción\tDepósitos\n13/04/2026\tSEÑOR MUÑOZ\t10.00\n"
    assert lines(read("csv", body.encode(encoding)))[0].concept == "SEÑOR MUÑOZ"


def test_a_line_that_was_cut_is_refused() -> None:
    whole = table(*(f"13/04/2026;KEY{n:05d};40012;{CLABE};1,250.00" for n in range(5)))
    for cut in (1, 2, 3, 5, 12, 30):
        items = read("csv", whole.encode()[: -1 - cut])
        assert len(lines(items)) == 4, cut
        assert [line for line, _ in refused(items)] == [6], cut


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("0.00", "amount_zero"), ("", "amount_zero"), ("=1+1", "amount"), ("1e3", "amount"), ("12,34,5", "amount"),
        ("-5.00", "amount_sign"),
    ],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused_and_never_zero(cell: str, why: str) -> None:
    items = read("csv", table(f"13/04/2026;K1;40012;{CLABE};10.00", f"13/04/2026;K2;40012;{CLABE};{cell}"))
    assert refused(items) == [(3, why)]


def test_a_clabe_with_a_wrong_digit_and_a_huge_cell_are_refused() -> None:
    wrong = CLABE[:-1] + str((int(CLABE[-1]) + 1) % 10)
    items = read("csv", table(f"13/04/2026;K1;40012;{wrong};10.00", f"13/04/2026;{'K' * 9_000};40012;{CLABE};10.00"))
    assert refused(items) == [(2, "clabe"), (3, "cell_too_long")]


def test_a_payment_that_the_bank_has_not_settled_is_refused() -> None:
    heading = "Fecha;Clave de rastreo;Banco ordenante;CLABE beneficiaria;Abono;Estatus"
    rows = [
        f"13/04/2026;K{n};40012;{CLABE};10.00;{state}"
        for n, state in enumerate(("Liquidada", "Devuelta", "En proceso"))
    ]
    assert refused(read("csv", table(*rows, heading=heading))) == [(3, "state"), (4, "state")]


def test_signs_come_from_a_column_a_word_or_a_sign_and_are_asked_otherwise() -> None:
    word = read("csv", "Fecha,Concepto,Importe,Tipo\n13/04/2026,a,10.00,ABONO\n13/04/2026,b,5.00,CARGO\n")
    sign = read("csv", "Fecha,Concepto,Importe\n13/04/2026,a,10.00\n13/04/2026,b,-5.00\n")
    assert [line.is_credit for line in lines(word)] == [line.is_credit for line in lines(sign)] == [True, False]
    open_look = looked("csv", "Fecha,Concepto,Importe\n13/04/2026,a,10.00\n")
    assert [each.key for each in open_look.questions] == ["signs"]


def test_balances_are_kept_when_the_rows_prove_them() -> None:
    some = [
        Movement(DAY + timedelta(days=n), amount, concept="x") for n, amount in enumerate(("10.00", "-3.00", "7.50"))
    ]
    for ordered in (banks.branch_csv(some),):
        found = [item for item in read("csv", ordered) if isinstance(item, Balance)]
        assert [(each.amount.plain, each.is_closing) for each in found] == [("1000.00", False), ("1014.50", True)]
    broken = banks.branch_csv(some).replace("1,007.00", "1,008.00")
    assert not [item for item in read("csv", broken) if isinstance(item, Balance)]


def test_a_number_cell_keeps_no_identity_and_no_long_account() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for place, head in enumerate(("Fecha", "Clave de rastreo", "Banco ordenante", "CLABE beneficiaria", "Abono")):
            page.write_string(0, place, head)
        for row, (key, account) in enumerate(((12345, 646180115700000016.0), (6789, 1)), start=1):
            page.write_string(row, 0, "13/04/2026")
            page.write_number(row, 1, key)
            page.write_number(row, 2, 40012)
            page.write_number(row, 3, account)
            page.write_number(row, 4, 0.1 + 0.2)
        page.write_string(3, 0, "13/04/2026")
        page.write_number(3, 4, 10.005)
    items = read("xlsx", out.getvalue())
    first = lines(items)[0]
    assert (first.tracking_key, first.clabe, first.sending_institution, first.amount.centavos) == ("", "", "40012", 30)
    assert refused(items) == [(4, "amount")]


def test_a_workbook_that_grows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = banks.sheet([Movement(DAY, "10.00", "K1", CLABE)])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                body += b" " * 400_000_000
            new.writestr(part, body)
    with pytest.raises(Unreadable, match="too_large_unpacked"):
        looked("xlsx", out.getvalue())


@pytest.mark.parametrize("body", [b"PK\x03\x04nothing", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"PK\x05\x06" + b"\0" * 18])
def test_a_broken_workbook_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        looked("xlsx", body)


# --- XML and SWIFT ---

BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
<BkToCstmrStmt><Stmt><Id>&b;</Id></Stmt></BkToCstmrStmt></Document>"""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (BOMB.encode(), "dtd"),
        (BOMB.encode("utf-16"), "dtd"),
        (b"<a>" * 5_000, "too_deep|no_statement|broken_off|no_xml"),
        (b"<html><body>nada</body></html>", "no_statement"),
        (b"", "no_xml"),
        (banks.camt([Movement(DAY, "10.00", "K1", CLABE)])[:-60], "broken_off"),
    ],
)
def test_xml_that_is_no_statement_or_means_harm_is_unreadable(body: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        looked("camt053", body)


def test_a_batch_whose_parts_do_not_add_up_is_refused_whole() -> None:
    some = [Movement(DAY, "10.00", "K1", CLABE), Movement(DAY, "20.00", "K2", CLABE)]
    good = banks.camt(some, batch=True)
    assert [line.tracking_key for line in lines(read("camt053", good))] == ["K1", "K2"]
    bad = good.replace(b'<Amt Ccy="MXN">30.00</Amt>', b'<Amt Ccy="MXN">31.00</Amt>')
    assert refused(read("camt053", bad)) == [(1, "batch_sum")]


def test_what_is_pending_or_came_back_to_us_is_no_deposit() -> None:
    good = banks.camt([Movement(DAY, "10.00", "K1", CLABE)])
    assert refused(read("camt053", good.replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>"))) == [(1, "state")]
    came_back = good.replace(b"<Sts>", b"<RvslInd>true</RvslInd><Sts>", 1)
    assert refused(read("camt053", came_back)) == [(1, "reversal")]


def test_mt940_finds_the_marks_in_its_words_and_a_cut_file_is_unreadable() -> None:
    some = [Movement(DAY, "1250.50", "MBAN01001908300003463991", CLABE), Movement(DAY, "-20.00", concept="COMISION")]
    body = banks.mt940(some)
    credit, debit = lines(read("mt940", body))
    assert (credit.tracking_key, credit.clabe, credit.sending_institution) == (
        "MBAN01001908300003463991",
        CLABE,
        "40012",
    )
    assert (debit.is_credit, debit.amount.centavos) == (False, 2_000)
    with pytest.raises(Unreadable, match="broken_off"):
        looked("mt940", body[: body.index(b":62F:")])
    assert refused(read("mt940", body.replace(b":61:260413", b":61:261399", 1))) == [(5, "date")]


# --- all ---


@pytest.mark.parametrize("slug", sorted(FORMATS))
@given(body=st.binary(max_size=400))
def test_no_bytes_break_a_format(slug: str, body: bytes) -> None:
    FORMATS[slug].sniff(body, "x.csv")
    try:
        look = FORMATS[slug].look(io.BytesIO(body), {})
    except Unreadable:
        return
    if not look.questions:
        list(FORMATS[slug].lines(io.BytesIO(body), look.reading))


def test_every_format_knows_its_own_files_best() -> None:
    some = [Movement(DAY, "10.00", "K1", CLABE)]
    files = {
        "csv": banks.stp_csv(some),
        "xlsx": banks.sheet(some),
        "mt940": banks.mt940(some),
        "camt053": banks.camt(some),
    }
    for slug, body in files.items():
        sure = {name: form.sniff(body[:65_536], "estado") for name, form in FORMATS.items()}
        assert max(sure, key=lambda name: sure[name]) == slug, sure


@pytest.mark.parametrize("slug", ["csv", "mt940", "camt053"])
def test_a_long_file_is_read_line_by_line(slug: str) -> None:
    some = [Movement(DAY, "10.00", f"KEY{n:08d}", CLABE) for n in range(6_000)]
    make = {"csv": banks.stp_csv, "mt940": banks.mt940, "camt053": banks.camt}[slug]
    file = io.BytesIO(make(some))
    look = FORMATS[slug].look(file, {})
    tracemalloc.start()
    count = sum(1 for item in FORMATS[slug].lines(file, look.reading) if isinstance(item, StatementLine))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 6_000
    assert most < 12_000_000
