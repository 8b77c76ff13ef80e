"""The folder, the command line, and an import that is killed half-way."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from seguripago.config.command_line_statement import import_statement
from seguripago.foundations.stores.queries import store_by_id
from seguripago.jobs.statement_files import FOLDER, look_into_folders, work_once
from seguripago.journey.bank.commands import statement_import
from seguripago.journey.bank.commands.statement_import import StatementImport
from seguripago.journey.bank.commands.statements import accept_statement
from seguripago.journey.bank.models import Deposit
from seguripago.journey.bank.statement_queries import is_importing, statements
from seguripago.journey.bank.statement_refusals import StatementElsewhere
from tests.money import bank
from tests.statements import banks
from tests.statements.banks import Movement
from tests.statements.bringing import DIEGO, import_all, looked_at, told, view

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = date(2026, 3, 13)


def many(sold: bank.Sale, count: int) -> list[Movement]:
    return [Movement(FRIDAY, "1.00", f"KEY{number:06d}", sold.clabe) for number in range(count)]


def command(path: Path, slug: str, *, dry_run: bool = False, answer: Sequence[str] = ()) -> dict[str, object]:
    said = import_statement(file=str(path), format="", dry_run=dry_run, store=slug, account="", answer=answer)
    return json.loads(json.dumps(said))


def test_the_command_line_tells_exactly_what_happened(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    sold = bank.sale(now)
    slug = store_by_id(sold.store_id).slug
    file = tmp_path / "estado.csv"
    paying = Movement(now.date(), sold.total.plain, "KEY000001", sold.clabe)
    zero = Movement(now.date(), "0.00", "KEY000002", sold.clabe)
    file.write_bytes(banks.stp_csv([paying, zero], day="%Y-%m-%d"))

    foreseen = command(file, slug, dry_run=True)
    assert (foreseen["new"], foreseen["confirmed"], Deposit.objects.count()) == (1, 0, 0)

    first = command(file, slug)
    shape = {name: first[name] for name in ("rows", "new", "known", "doubtful", "refused", "confirmed")}
    refused = [{"line": 3, "reason": "amount_zero"}]
    assert shape == {"rows": 2, "new": 1, "known": 0, "doubtful": 0, "refused": refused, "confirmed": 1}
    again = command(file, slug)
    assert (again["new"], again["known"], again["confirmed"]) == (0, 1, 0)
    assert bank.paid_view(sold.order_id).is_confirmed


def test_the_command_line_asks_and_takes_answers(tmp_path: Path) -> None:
    sold = bank.sale(datetime.now(UTC))
    slug = store_by_id(sold.store_id).slug
    file = tmp_path / "estado.csv"
    file.write_bytes(banks.stp_csv([Movement(date(2026, 3, 4), "5.00", "KEY000001", sold.clabe)]))
    asked = command(file, slug)
    assert [each["key"] for each in asked["questions"]] == ["day_order"]  # type: ignore[attr-defined]
    assert Deposit.objects.count() == 0
    assert command(file, slug, answer=["day_order=dmy"])["new"] == 1
    assert Deposit.objects.get().operation_date == date(2026, 3, 4)


def test_a_file_in_the_folder_is_imported_once_and_put_aside() -> None:
    sold = bank.sale(datetime.now(UTC))
    folder = Path(settings.SEGURIPAGO.data_dir) / FOLDER / store_by_id(sold.store_id).slug
    folder.mkdir(parents=True)
    good, asks, fresh, link = folder / "a.csv", folder / "b.csv", folder / "c.csv", folder / "d.csv"
    good.write_bytes(banks.stp_csv(many(sold, 3)))
    asks.write_bytes(banks.stp_csv([Movement(date(2026, 3, 4), "5.00", "KEY9", sold.clabe)]))
    fresh.write_bytes(good.read_bytes())
    link.symlink_to(good)
    for path in (good, asks):
        os.utime(path, (1, 1))

    assert look_into_folders() == 2
    work_once()

    assert (folder / "procesados" / "a.csv").exists()
    assert (folder / "con-preguntas" / "b.csv").exists()
    assert fresh.exists()
    assert Deposit.objects.count() == 3
    os.utime(fresh, (1, 1))
    assert look_into_folders() == 1
    work_once()
    assert Deposit.objects.count() == 3
    assert [each.state for each in statements(sold.store_id)] == ["asking", "done"]


@pytest.mark.parametrize("later", [10, 25, 7])
def test_an_import_that_is_killed_goes_on_where_it_stood(
    monkeypatch: pytest.MonkeyPatch, at: datetime, later: int
) -> None:
    """Also when the next version takes larger or smaller parts."""
    monkeypatch.setattr(statement_import, "CHUNK", 10)
    sold = bank.sale(at)
    some = [*many(sold, 45), Movement(FRIDAY, "0.00", "KEY7", sold.clabe)]
    found = looked_at(sold.store_id, banks.stp_csv(some), at=at)
    accept_statement(sold.store_id, found.id, by=DIEGO, at=at)
    with StatementImport(found.id) as work:
        assert work.begin(at=at)
        # Two threads had a part each; the later one was kept, the earlier one died with the process.
        _lost, kept = work.next_part(), work.next_part()
        assert kept is not None
        work.keep_part(kept, at=at)
    assert (view(sold.store_id, found.id).rows, Deposit.objects.count()) == (10, 10)

    monkeypatch.setattr(statement_import, "CHUNK", later)
    import_all(found.id, at=at)

    done = view(sold.store_id, found.id)
    assert (done.state, done.rows, *told(done)) == ("done", 46, 45, 0, 0, 1, 0)
    assert Deposit.objects.count() == 45


def test_two_processes_never_import_one_statement_at_once(at: datetime) -> None:
    from threading import Thread

    sold = bank.sale(at)
    found = looked_at(sold.store_id, banks.stp_csv(many(sold, 3)), at=at)
    accept_statement(sold.store_id, found.id, by=DIEGO, at=at)
    with pytest.raises(StatementElsewhere):
        accept_statement(sold.store_id, found.id, by=DIEGO, at=at)
    mine: list[bool] = []

    def rival() -> None:
        from django.db import connection

        with StatementImport(found.id) as other:
            mine.append(other.is_mine)
        connection.close()

    with StatementImport(found.id) as work:
        thread = Thread(target=rival)
        thread.start()
        thread.join()
        assert (work.is_mine, mine) == (True, [False])
        assert is_importing(), "what follows payments waits for it"
    assert not is_importing()


def test_parts_at_once_count_every_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_import, "CHUNK", 7)
    now = datetime.now(UTC)
    sold = bank.sale(now)
    some = many(sold, 60)
    looked_at(sold.store_id, banks.stp_csv([*some, *some[:20]]), at=now)
    (found,) = statements(sold.store_id)
    accept_statement(sold.store_id, found.id, by=DIEGO, at=now)
    work_once()
    done = view(sold.store_id, found.id)
    assert (done.state, done.rows, *told(done)) == ("done", 80, 60, 20, 0, 0, 0)
    assert bank.paid_view(sold.order_id).received.centavos == 6_000
