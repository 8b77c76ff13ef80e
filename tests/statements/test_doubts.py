"""A line that could be several deposits, or none: a person says which, once, and no money is made by it."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection

from seguripago.foundations.audit.queries import history
from seguripago.journey.bank.commands import doubts
from seguripago.journey.bank.commands.doubts import settle_doubt
from seguripago.journey.bank.doubts import doubt
from seguripago.journey.bank.models import Attestation, Deposit
from seguripago.journey.bank.statement_queries import doubtful_lines
from seguripago.journey.bank.statement_refusals import DoubtIsOver, NotThatDeposit
from seguripago.journey.bank.statement_tables import StatementRow
from seguripago.journey.reconciliation.models import Case
from tests.money import bank
from tests.statements.bringing import DIEGO, imported, view
from tests.web.staff import entered

AT = "/medios-de-pago/"
HEAD = "Fecha;Descripcion;Abono;Clave de rastreo;Banco\n"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def twins(now: datetime, lines: int = 1) -> tuple[bank.Sale, list[Deposit], list[int]]:
    """Two deposits that look alike, and a statement with so many lines that could be either."""
    sold = bank.sale(now)
    for _ in range(2):
        bank.transfer(sold, "77.00", at=now)
    deposits = list(Deposit.objects.filter(store_id=sold.store_id).order_by("pk"))
    day = f"{deposits[0].operation_date:%d/%m/%Y}"
    body = HEAD + "".join(f"{day};Abono {name};77.00;;\n" for name in "ABC"[:lines])
    answers = {"account": deposits[0].owner_account, "day_order": "dmy"}
    found = imported(sold.store_id, body, at=now, answers=answers)
    rows = [each.row_id for each in doubtful_lines(sold.store_id, found.id)]
    assert len(rows) == lines
    return sold, deposits, rows


def settle(sold: bank.Sale, row_id: int, deposit_id: int, now: datetime) -> None:
    settle_doubt(sold.store_id, row_id, deposit_id=deposit_id, by=DIEGO, at=now)


@pytest.mark.django_db
def test_a_person_says_which_deposit_a_line_is_of_and_its_case_is_closed(now: datetime) -> None:
    sold, (one, two), (row_id,) = twins(now)
    case = Case.objects.get(cause__startswith=f"statement_row:{row_id}:")
    clerk = entered(sold.store_id, "payments")
    assert f"{AT}estados-de-cuenta/linea/{row_id}/" in clerk.get(f"{AT}caso/{case.pk}/").content.decode()
    page = clerk.get(f"{AT}estados-de-cuenta/linea/{row_id}/").content.decode()
    assert set(re.findall(r'name="deposito" value="(\d+)"', page)) == {str(one.pk), str(two.pk)}
    assert f"amount={one.amount_centavos // 100}.00" in page, "new money is captured, with what the line says"
    answer = clerk.post(f"{AT}estados-de-cuenta/linea/{row_id}/", {"deposito": str(two.pk)})
    assert answer.status_code == 302
    bank.turn(now)
    case.refresh_from_db()
    assert case.state == "done"
    assert Deposit.objects.filter(store_id=sold.store_id).count() == 2
    found = doubt(sold.store_id, row_id)
    assert found is not None
    assert (found.is_open, found.deposit_id) == (False, two.pk)
    told = view(sold.store_id, found.statement_id)
    assert (told.known, told.doubtful) == (1, 0)
    assert Attestation.objects.filter(deposit=two, notice_id=told.notice_id, believed=True).count() == 1
    assert [each.action for each in history(sold.store_id, f"statement:{told.id}")][-1] == "statement.line_settled"
    assert "Esta línea ya tiene su depósito." in clerk.get(f"{AT}estados-de-cuenta/linea/{row_id}/").content.decode()


@pytest.mark.django_db
def test_a_deposit_is_never_said_of_two_lines_nor_of_one_that_it_cannot_be(now: datetime) -> None:
    sold, (one, two), (first, second, third) = twins(now, lines=3)
    other = bank.sale(now, store_id=sold.store_id)
    bank.transfer(other, "78.00", at=now)
    strange = Deposit.objects.get(amount_centavos=78_00).pk
    for wrong in (strange, 10**9):
        with pytest.raises(NotThatDeposit):
            settle(sold, first, wrong, now)
    settle(sold, first, one.pk, now)
    with pytest.raises(DoubtIsOver):
        settle(sold, first, two.pk, now)
    with pytest.raises(NotThatDeposit):
        settle(sold, second, one.pk, now)
    settle(sold, second, two.pk, now)
    clerk = entered(sold.store_id, "payments")
    page = clerk.get(f"{AT}estados-de-cuenta/linea/{third}/").content.decode()
    assert "Ningún depósito de ese monto y cuenta espera su línea." in page
    answer = clerk.post(f"{AT}estados-de-cuenta/linea/{third}/", {"deposito": str(one.pk)})
    assert answer.status_code == 409
    assert "Esa línea no puede ser de ese depósito." in answer.content.decode()


@pytest.mark.django_db
def test_others_reach_no_line_of_this_store(now: datetime) -> None:
    sold, (one, _two), (row_id,) = twins(now)
    address = f"{AT}estados-de-cuenta/linea/{row_id}/"
    stranger, analyst = entered(bank.bank_store(), "payments", "carla"), entered(sold.store_id, "analyst", "ana")
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"deposito": str(one.pk)}).status_code == 404
    assert analyst.post(address, {"deposito": str(one.pk)}).status_code == 404
    found = doubt(sold.store_id, row_id)
    assert found is not None
    assert found.is_open


@pytest.mark.django_db
def test_a_doubt_that_another_file_brought_first_is_told(now: datetime) -> None:
    sold, (one, _two), (row_id,) = twins(now)
    day = f"{one.operation_date:%d/%m/%Y}"
    body = f"{HEAD}{day};Abono A;77.00;;\n{day};Otro;5.00;;\n"
    again = imported(sold.store_id, body, at=now + timedelta(minutes=1), answers={"account": one.owner_account})
    assert [each.row_id for each in doubtful_lines(sold.store_id, again.id)] != [row_id]
    page = entered(sold.store_id, "payments").get(f"{AT}estados-de-cuenta/{again.id}/").content.decode()
    assert again.doubtful == 2
    assert "1 línea en duda ya la trajo otro archivo." in " ".join(page.split())


@pytest.mark.parametrize("is_guarded", [True, False])
@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_name_one_deposit_for_two_lines_at_once_are_told_apart(
    now: datetime, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """Without the lock both look before either wrote: only the table's own key is left to stop the second."""
    sold, (one, _two), rows = twins(now, lines=3)
    said: list[str] = []
    together = threading.Barrier(len(rows))
    look = doubts.may_be

    def looked(row: StatementRow) -> set[int]:
        found = look(row)
        together.wait(10)
        return found

    if not is_guarded:
        monkeypatch.setattr(doubts, "_hold", lambda *_: None)
        monkeypatch.setattr(doubts, "may_be", looked)

    def clerk(row_id: int) -> None:
        try:
            settle(sold, row_id, one.pk, now)
            said.append("settled")
        except NotThatDeposit:
            said.append("taken")
        except IntegrityError:
            said.append("broken")
        finally:
            connection.close()

    people = [threading.Thread(target=clerk, args=(row_id,)) for row_id in rows]
    for person in people:
        person.start()
    for person in people:
        person.join(20)
    assert sorted(said) == (["settled", "taken", "taken"] if is_guarded else ["broken", "broken", "settled"])
