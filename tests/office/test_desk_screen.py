"""«Mesa» in the office: hours, capacities and teams, each change with its line in the audit."""

from __future__ import annotations

from datetime import time

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.audit.queries import history
from seguripago.foundations.people.models import User
from seguripago.foundations.staffing import queries as staffing
from tests.orders.builders import make_store
from tests.web.staff import entered, hired

pytestmark = pytest.mark.django_db
WEEK = {f"{name}-{day}": value for day in range(5) for name, value in (("opens", "09:00"), ("closes", "18:30"))}
OPEN = {f"open-{day}": "on" for day in range(5)}


def beto_of(store: int) -> int:
    return User.objects.get(email=hired(store, "analyst")).pk


def test_the_week_is_kept_and_the_audit_says_so() -> None:
    store = make_store()
    ana = entered(store, "owner", "ana")
    assert ana.post("/oficina/mesa/horario/", WEEK | OPEN).headers["Location"] == "/oficina/mesa/?guardado=1#horario"
    days = staffing.hours_of(store)
    assert [day.weekday for day in days] == [0, 1, 2, 3, 4]
    assert (days[0].opens, days[0].closes) == (time(9), time(18, 30))
    [line] = history(store, f"store:{store}")
    assert line.action == "desk.hours_set"
    page = ana.get("/oficina/mesa/?guardado=1").content.decode()
    assert "Guardado" in page
    assert 'value="18:30"' in page
    ana.post("/oficina/mesa/horario/", WEEK | OPEN)
    assert len(history(store, f"store:{store}")) == 1, "the same again changes nothing"


def test_hours_that_close_before_they_open_stay_on_the_page_with_a_word() -> None:
    store = make_store()
    ana = entered(store, "owner", "ana")
    answer = ana.post("/oficina/mesa/horario/", WEEK | OPEN | {"closes-2": "08:00", "opens-3": "tarde"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "El cierre va después de la apertura." in page
    assert "Escribe las dos horas." in page
    assert 'value="08:00"' in page
    assert staffing.hours_of(store) == ()


def test_a_capacity_is_kept_and_one_out_of_range_is_refused_in_words() -> None:
    store = make_store()
    beto, ana = beto_of(store), entered(store, "owner", "ana")
    ana.post("/oficina/mesa/personas/", {f"capacity-{beto}": "3", "reminds": "on"})
    seat = staffing.seat_of(beto, store)
    assert seat is not None
    assert seat.capacity == 3
    [line] = history(store, f"user:{beto}")
    assert (line.action, line.said["before"], line.said["after"]) == ("desk.capacity_changed", 5, 3)
    for wrong in ("0", "51", "muchas", "-1", "9" * 30):
        answer = ana.post("/oficina/mesa/personas/", {f"capacity-{beto}": wrong, "reminds": "on"})
        assert answer.status_code == 422
        assert "De 1 a 50." in answer.content.decode()
    assert staffing.reminds_unpaid(store)
    ana.post("/oficina/mesa/personas/", {})
    assert not staffing.reminds_unpaid(store)


def test_a_team_is_made_changed_and_put_out_of_service() -> None:
    store = make_store()
    beto, ana = beto_of(store), entered(store, "owner", "ana")
    said = {"name": "  Facturas  y más ", "topics": ["invoice", "nonsense"], "people": [str(beto), "999999"]}
    ana.post("/oficina/mesa/equipos/", said)
    [team] = staffing.teams(store)
    assert (team.name, team.topics, team.people, team.is_active) == ("Facturas y más", ("invoice",), (beto,), True)
    assert staffing.team_for(store, "Facturación") == team.id
    assert staffing.reach_of(beto, store, timezone.now()).teams == {team.id}
    ana.post(f"/oficina/mesa/equipos/{team.id}/", {"name": "Facturas", "topics": ["invoice", "order"]})
    [team] = staffing.teams(store)
    assert (team.name, team.topics, team.people, team.is_active) == ("Facturas", ("order", "invoice"), (), False)
    assert staffing.team_for(store, "invoice") is None
    assert {each.action for each in history(store, f"team:{team.id}")} == {"desk.team_made", "desk.team_changed"}


def test_two_teams_never_share_a_name_and_the_typed_one_stays() -> None:
    store = make_store()
    ana = entered(store, "owner", "ana")
    ana.post("/oficina/mesa/equipos/", {"name": "Ventas", "topics": ["order"]})
    for name in ("Ventas", "   "):
        answer = ana.post("/oficina/mesa/equipos/", {"name": name, "topics": ["warranty"]})
        assert answer.status_code == 422
        assert "Escribe un nombre que ningún otro equipo tenga." in answer.content.decode()
    assert len(staffing.teams(store)) == 1


def test_the_supervisor_may_an_analyst_may_not_and_carla_changes_nothing_here() -> None:
    store, other = make_store(), make_store()
    entered(store, "owner", "ana").post("/oficina/mesa/equipos/", {"name": "Ventas", "topics": ["order"]})
    [team] = staffing.teams(store)
    assert entered(store, "supervisor", "sofia").get("/oficina/mesa/").status_code == 200
    for role in ("analyst", "payments"):
        assert entered(store, role).get("/oficina/mesa/").status_code == 404
        assert entered(store, role).post("/oficina/mesa/horario/", WEEK | OPEN).status_code == 404
    carla = entered(other, "owner", "carla")
    assert "Ventas" not in carla.get("/oficina/mesa/").content.decode()
    assert carla.post(f"/oficina/mesa/equipos/{team.id}/", {"name": "Robado"}).status_code == 404
    beto = beto_of(store)
    carla.post("/oficina/mesa/personas/", {f"capacity-{beto}": "1", "reminds": "on"})
    assert staffing.seat_of(beto, store) is None
    assert staffing.teams(store)[0].name == "Ventas"
    assert Client().get("/oficina/mesa/").status_code == 302


def test_the_queries_of_the_screen_do_not_grow(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    store = make_store()
    ana = entered(store, "owner", "ana")
    for turn in range(2):
        for each in range(3):
            ana.post("/oficina/mesa/equipos/", {"name": f"Equipo {turn}{each}", "people": [str(beto_of(store))]})
        with django_assert_num_queries(8):
            ana.get("/oficina/mesa/")
