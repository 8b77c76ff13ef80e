"""Estados de cuenta in the monitor: bring, answer, see, import, read the report; nobody else's."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from seguripago.jobs.statement_files import work_once
from seguripago.journey.bank.statement_queries import statements
from tests.architecture.test_screens import forbidden_in
from tests.money import bank
from tests.statements import banks
from tests.statements.banks import Movement
from tests.web.staff import entered

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/medios-de-pago/estados-de-cuenta/"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def brought(client: Client, body: bytes, name: str = "estado.csv") -> str:
    file = io.BytesIO(body)
    file.name = name
    answer = client.post(LIST, {"file": file})
    assert answer.status_code == 302
    return str(answer["Location"])


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert not forbidden_in(page)
    return page


def test_a_file_is_seen_first_and_counts_once_it_is_imported(now: datetime) -> None:
    sold = bank.sale(now)
    client = entered(sold.store_id, "payments")
    some = [
        Movement(now.date(), sold.total.plain, "KEY000001", sold.clabe),
        Movement(now.date(), "0", "KEY000002", sold.clabe),
    ]
    page = brought(client, banks.stp_csv(some, day="%Y-%m-%d"))

    assert "Estamos revisando el archivo" in text_of(client, page)
    work_once()
    seen = text_of(client, page)
    assert "Nada cuenta todavía" in seen
    assert "KEY000001" in seen
    client.post(f"{page}importar/")
    work_once()
    bank.turn(now)

    done = text_of(client, page)
    assert "Pagos confirmados" in done
    assert "El monto es cero" in done
    assert bank.paid_view(sold.order_id).is_confirmed
    report = b"".join(client.get(f"{page}reporte/csv/")).decode("utf-8-sig")
    assert "El monto es cero" in report
    assert text_of(client, LIST).count("Importado") == 1


def test_what_the_file_leaves_open_is_asked_once_and_remembered(now: datetime) -> None:
    sold = bank.sale(now)
    client = entered(sold.store_id, "payments")
    some = [Movement(date(2026, 4, 3), "1234.00", "KEY000001", sold.clabe)]
    body = banks.stp_csv(some).decode().replace('"1,234.00"', '"1,234"')
    page = brought(client, body.encode())
    work_once()
    asked = text_of(client, page)
    assert "¿Qué va primero en las fechas?" in asked
    assert "¿Cómo se escriben los centavos?" in asked

    client.post(f"{page}responder/", {"day_order": "dmy", "decimals": "point"})
    work_once()
    assert "Nada cuenta todavía" in text_of(client, page)
    client.post(f"{page}importar/")
    work_once()
    next_page = brought(client, body.replace("KEY000001", "KEY000002").encode())
    work_once()
    assert "Nada cuenta todavía" in text_of(client, next_page)
    assert statements(sold.store_id)[0].preview["days"] == ["2026-04-03", "2026-04-03"]


def test_columns_that_nobody_knows_are_assigned_by_a_person(now: datetime) -> None:
    sold = bank.sale(now)
    client = entered(sold.store_id, "payments")
    body = f"Cuando;Que;Cuanto;Huella;Desde;Donde\n2026-04-13;pago;10.00;KEY1;40012;{sold.clabe}\n"
    page = brought(client, body.encode())
    work_once()
    assert "¿Qué trae cada columna?" in text_of(client, page)
    columns = ("date", "concept", "credit", "tracking_key", "sending_institution", "clabe")
    client.post(f"{page}responder/", {f"column-{place}": field for place, field in enumerate(columns)})
    work_once()
    assert "KEY1" in text_of(client, page)


def test_what_is_no_statement_says_why_and_can_be_dropped(now: datetime) -> None:
    sold = bank.sale(now)
    client = entered(sold.store_id, "payments")
    page = brought(client, b"\x89PNG\r\n\x1a\n", "foto.csv")
    work_once()
    assert "No reconocemos el tipo de archivo" in text_of(client, page)
    assert client.post(f"{page}descartar/").status_code == 302
    assert "Descartado" in text_of(client, LIST)
    assert client.post(LIST, {}).status_code == 422


@pytest.mark.parametrize("role", ["analyst", "owner"])
def test_others_find_nothing_here(now: datetime, role: str) -> None:
    sold = bank.sale(now)
    page = brought(entered(sold.store_id, "payments"), b"a,b\n1,2\n")
    other = bank.bank_store()
    for client in (entered(sold.store_id, role), entered(other, "payments", name="carla")):
        assert client.get(page).status_code == 404
        assert client.get(f"{page}vivo/").status_code == 404
        assert client.get(f"{page}reporte/csv/").status_code == 404
        assert client.post(f"{page}importar/").status_code == 404
    assert Client().get(page).status_code == 302
