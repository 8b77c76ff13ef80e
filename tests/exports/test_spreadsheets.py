"""Exports: what a stranger wrote never runs as a formula, amounts are exact, and 100,000 rows stay small."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from seguripago.adapters.spreadsheets import csv_text, xlsx_workbook
from seguripago.ports import registry
from seguripago.ports.spreadsheets import FAMILY, Cell, Sheet, is_formula
from seguripago.values.money import Money
from seguripago.web.components.exporting import export, formats

WRITERS = registry.adapters(FAMILY)
NASTY = (
    "=1+1",
    '=HYPERLINK("http://x.example","factura")',
    "+52 55 1234 5678",
    "-3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "−1",
    "  =1+1",
    "\u200b=1",
    "\ufeff=1",
    "=cmd|' /C calc'!A0",
)


def text_of(sheets: Sequence[Sheet]) -> str:
    return b"".join(WRITERS["csv"].write(sheets)).decode("utf-8-sig")


def rows_of(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of([Sheet("Hoja", ["uno", "dos"], rows)]), newline="")))[1:]


def workbook(sheets: Sequence[Sheet]) -> Any:
    return CalamineWorkbook.from_filelike(io.BytesIO(b"".join(WRITERS["xlsx"].write(sheets))))


def cells(rows: Sequence[Sequence[Cell]]) -> list[list[Any]]:
    return workbook([Sheet("Hoja", ["uno", "dos"], rows)]).get_sheet_by_index(0).to_python()[1:]


@pytest.mark.parametrize("text", NASTY)
def test_a_text_that_looks_like_a_formula_is_shown_and_not_run(text: str) -> None:
    assert is_formula(text)
    ((shown, _),) = rows_of([[text, "x"]])
    assert shown == f"'{text}"
    ((kept, _),) = cells([[text, "x"]])
    assert kept.replace("\r", "\n") == text.replace("\r", "\n"), "a workbook keeps the text, as a text"


@pytest.mark.parametrize("text", ["Lucía", "CM-7K3F-92QX", "646180115700294217", "a=b", "x@y.example", "", "'=1"])
def test_an_honest_text_stays_as_it_is(text: str) -> None:
    assert not is_formula(text)
    assert rows_of([[text, "x"]]) == [[text, "x"]]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_text_at_all_opens_as_a_formula_or_makes_another_cell(text: str) -> None:
    ((shown, beside),) = rows_of([[text, "beside"]])
    assert beside == "beside"
    assert not is_formula(shown)
    assert shown.removeprefix("'").replace("\0", "") in (
        text.replace("\0", ""),
        text.replace("\0", "").removeprefix("'"),
    )


def test_a_semicolon_or_a_quote_cannot_open_a_cell_of_its_own() -> None:
    said = text_of(
        [
            Sheet(
                "Hoja",
                ["uno"],
                [
                    [
                        "a;=1+1",
                    ],
                    ['a"b,=1'],
                    ["a\n=1"],
                ],
            )
        ]
    )
    assert said.splitlines()[1] == '"a;=1+1"'
    assert '"a""b,=1"' in said
    assert rows_of([["a\n=1", "x"]]) == [["a\n=1", "x"]]


def test_csv_has_the_mark_that_excel_asks_for_and_plain_decimals() -> None:
    body = b"".join(WRITERS["csv"].write([Sheet("Hoja", ["Año"], [[Money(-1_234_567)], [Money(5)], [7], [None]])]))
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.decode("utf-8-sig").split("\r\n") == ['"Año"', "-12345.67", "0.05", "7", '""', ""]


def test_days_and_moments_are_mexicos() -> None:
    night = datetime(2026, 3, 12, 4, 30, tzinfo=UTC)
    assert rows_of([[date(2026, 3, 11), night]]) == [["2026-03-11", "2026-03-11 22:30:00"]]
    assert cells([[date(2026, 3, 11), night]]) == [[date(2026, 3, 11), datetime(2026, 3, 11, 22, 30)]]  # noqa: DTZ001


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.integers(-(10**15) + 1, 10**15 - 1), min_size=1, max_size=40))
def test_every_centavo_survives_a_workbook(amounts: list[int]) -> None:
    read = [row[0] for row in cells([[Money(amount), None] for amount in amounts])]
    assert [int((Decimal(repr(value)) * 100).to_integral_value()) for value in read] == amounts
    assert all(isinstance(value, float) for value in read)


def test_an_amount_that_no_double_can_hold_is_a_text() -> None:
    assert cells([[Money(10**17 + 1), 10**16 + 1]]) == [["1000000000000000.01", "10000000000000001"]]


def test_a_full_sheet_goes_on_in_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_workbook, "ROWS_A_SHEET", 3)
    book = workbook([Sheet("Depósitos: [marzo]", ["n"], [[number] for number in range(7)]), Sheet("Otra", ["x"], [])])
    assert book.sheet_names == ["Depósitos- -marzo-", "Depósitos- -marzo- 2", "Depósitos- -marzo- 3", "Otra"]
    assert [len(book.get_sheet_by_index(place).to_python()) for place in range(4)] == [4, 4, 2, 1]


def test_several_tables_follow_one_another_in_a_csv() -> None:
    said = text_of([Sheet("Uno", ["a"], [[1]]), Sheet("Dos", ["b"], [[2]])])
    assert said.split("\r\n") == ['"Uno"', '"a"', "1", "", '"Dos"', '"b"', "2", ""]


def many(count: int) -> Iterator[list[Cell]]:
    for number in range(count):
        yield [f"CM-{number:08d}", "BBVA MEXICO", Money(number), date(2026, 3, 11), "646180115700294217", "x" * 30]


@pytest.mark.parametrize("slug", ["csv", "xlsx"])
def test_100000_rows_go_through_in_little_memory(slug: str) -> None:
    tracemalloc.start()
    size = sum(
        len(piece) for piece in WRITERS[slug].write([Sheet("Hoja", ["a", "b", "c", "d", "e", "f"], many(100_000))])
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 2_000_000
    assert peak < 20_000_000, f"{peak:,} bytes at most"


def test_the_answer_is_a_download_with_a_plain_name() -> None:
    answer = export([Sheet("Hoja", ["a"], [["ñ"]])], to="csv", filename='día "x"/..\r\n2026')
    assert answer["Content-Disposition"] == 'attachment; filename="dia-x-..-2026.csv"'
    assert b"".join(answer).decode("utf-8-sig") == '"a"\r\n"ñ"\r\n'  # type: ignore[arg-type]
    assert {slug for slug, _ in formats()} >= {"csv", "xlsx"}
    with pytest.raises(Http404):
        export([], to="pif", filename="x")


def test_the_writers_are_whom_the_registry_says() -> None:
    assert WRITERS["csv"] is csv_text.ADAPTER
    assert WRITERS["xlsx"] is xlsx_workbook.ADAPTER
