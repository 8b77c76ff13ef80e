"""A CEP is looked up at Banxico patiently: one question at a time, on the days around, and never without an end."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings

from seguripago.config import wiring
from seguripago.config.environment import SettingMissing, read_environment
from seguripago.foundations.approvals.commands import NotYourRole
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.jobs import cep as cep_job
from seguripago.journey.bank import patience, refusals
from seguripago.journey.bank.commands import CepFound, answer_next_cep, approve_capture, ask_cep, propose_capture
from seguripago.journey.bank.queries import CepQuestionView, cep_question, cep_questions
from seguripago.ports.cep_lookup import Away, CepWanted, Found, NotFound, NotYet, RateLimited, WentBack
from seguripago.values.money import Money
from tests.captures.house import House, deposits, house, strangers_clabe
from tests.captures.portal import NOTHING, OFFERS, PICTURE, Portal, known, portal
from tests.money.bank import turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def banxico(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with portal() as played:
        changed = dataclasses.replace(settings.SEGURIPAGO, cep_lookup_url=played.url)
        monkeypatch.setattr(settings, "SEGURIPAGO", changed)
        yield played


def wanted(shop: House, **more: object) -> CepWanted:
    said: dict[str, object] = {
        "tracking_key": "BBVA260311000012345",
        "operation_date": date(2026, 3, 11),
        "sending_institution": "40012",
        "receiving_institution": "90646",
        "account": shop.account,
        "amount": Money.parse("9135.00"),
        **more,
    }
    return CepWanted(**said)  # type: ignore[arg-type]


def asked(shop: House, question_id: int) -> CepQuestionView:
    found = cep_question(shop.store_id, question_id)
    assert found is not None
    return found


@pytest.mark.usefixtures("pinned")
def test_a_cep_that_banxico_gives_becomes_a_deposit_by_two_people(shop: House, banxico: Portal, at: datetime) -> None:
    banxico.page, banxico.cep = OFFERS, shop.cep().xml()
    question_id = ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    assert banxico.asked == []
    assert answer_next_cep(at=at)
    view = asked(shop, question_id)
    assert (view.state, view.seal, view.tries) == ("found", "verified", 1)
    proposal_id = propose_capture(shop.store_id, CepFound(question_id), by=shop.beto, at=at)
    said = proposal(shop.store_id, proposal_id)
    assert said is not None
    assert said.says[-1] == "CEP con sello verificado; Banxico lo encontró con esta clave de rastreo."
    approve_capture(proposal_id, seen=said.hash, by=shop.dora, at=at)
    turn(at)
    (deposit,) = deposits(shop.store_id)
    assert (deposit.amount_centavos, deposit.tracking_key) == (913500, "BBVA260311000012345")


def test_a_cep_from_banxico_whose_key_nobody_pinned_is_found_and_yet_no_money(
    shop: House, banxico: Portal, at: datetime
) -> None:
    banxico.page, banxico.cep = OFFERS, shop.cep().xml()
    question_id = ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    answer_next_cep(at=at)
    assert (asked(shop, question_id).state, asked(shop, question_id).seal) == ("found", "not_verifiable")
    with pytest.raises(refusals.SealNotVerified):
        propose_capture(shop.store_id, CepFound(question_id), by=shop.beto, at=at)
    with pytest.raises(refusals.CaptureUnknown):
        propose_capture(house().store_id, CepFound(question_id), by=shop.beto, at=at)


def test_the_days_beside_are_asked_too_before_it_counts_as_not_found(
    shop: House, banxico: Portal, at: datetime
) -> None:
    banxico.pages, banxico.page, banxico.cep = {"12-03-2026": OFFERS}, NOTHING, shop.cep(day="12032026").xml()
    question_id = ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    for minute in range(3):
        assert answer_next_cep(at=at + timedelta(minutes=minute))
    assert [each["fecha"] for each in banxico.asked] == ["11-03-2026", "10-03-2026", "12-03-2026"]
    assert asked(shop, question_id).state == "found"


def test_the_days_beside_are_working_days() -> None:
    assert patience.days_to_try(date(2026, 3, 13)) == (date(2026, 3, 13), date(2026, 3, 12), date(2026, 3, 17))
    assert patience.days_to_try(date(2026, 3, 14)) == (date(2026, 3, 14), date(2026, 3, 13), date(2026, 3, 17))


def test_the_whole_installation_asks_once_in_a_while(shop: House, banxico: Portal, at: datetime) -> None:
    banxico.page = known("En proceso")
    other = house()
    ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    ask_cep(other.store_id, wanted(other), by=other.beto, at=at)
    assert answer_next_cep(at=at)
    assert not answer_next_cep(at=at + timedelta(seconds=19))
    assert answer_next_cep(at=at + timedelta(seconds=20))
    assert not answer_next_cep(at=at + timedelta(seconds=60))
    assert len(banxico.asked) == 2


def test_when_banxico_says_too_many_nobody_asks_for_a_quarter_of_an_hour(
    shop: House, banxico: Portal, at: datetime
) -> None:
    banxico.page = PICTURE
    question_id = ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    assert answer_next_cep(at=at)
    ask_cep(shop.store_id, wanted(shop, tracking_key="OTRA"), by=shop.beto, at=at)
    assert not answer_next_cep(at=at + timedelta(minutes=14))
    assert (asked(shop, question_id).state, asked(shop, question_id).tries) == ("waiting", 0)
    assert answer_next_cep(at=at + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("page", "state", "says"),
    [
        (known("Liquidado"), "no_cep", "Liquidado"),
        (known("Devuelto"), "went_back", "Devuelto"),
        (NOTHING, "not_found", ""),
        ("<html>mantenimiento</html>", "gave_up", "page_not_understood"),
    ],
)
def test_every_question_ends(shop: House, banxico: Portal, at: datetime, page: str, state: str, says: str) -> None:
    banxico.page = page
    question_id = ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    for hour in range(20):
        answer_next_cep(at=at + timedelta(hours=4 * hour))
    view = asked(shop, question_id)
    assert (view.state, view.says) == (state, says)
    assert 1 <= len(banxico.asked) <= 12
    with pytest.raises(refusals.CaptureUnknown):
        propose_capture(shop.store_id, CepFound(question_id), by=shop.beto, at=at)


def test_a_worker_that_dies_leaves_its_question_to_the_next(
    shop: House, banxico: Portal, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    question_id = ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    banxico.page = known("Devuelto")
    with monkeypatch.context() as dying:
        dying.setattr("seguripago.journey.bank.commands.lookup._keep_answer", _die)
        with pytest.raises(SystemExit):
            answer_next_cep(at=at)
    assert not answer_next_cep(at=at + timedelta(seconds=90))
    assert answer_next_cep(at=at + patience.LEASE)
    assert asked(shop, question_id).state == "went_back"


def _die(*given: object, **more: object) -> None:
    raise SystemExit(9)


def test_only_the_stores_own_accounts_are_looked_up_by_its_own_people_and_only_when_it_is_on(
    shop: House, at: datetime, banxico: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for more, refusal in (
        ({"account": strangers_clabe()}, refusals.NotOurAccount),
        ({"account": "123"}, refusals.CaptureUnreadable),
        ({"tracking_key": "con espacios no"}, refusals.CaptureUnreadable),
        ({"sending_institution": "99999"}, refusals.CaptureUnreadable),
        ({"amount": Money.zero()}, refusals.CaptureUnreadable),
        ({"operation_date": date(2030, 1, 1)}, refusals.CaptureUnreadable),
    ):
        with pytest.raises(refusal):
            ask_cep(shop.store_id, wanted(shop, **more), by=shop.beto, at=at)
    with pytest.raises(NotYourRole):
        ask_cep(shop.store_id, wanted(shop), by=house().beto, at=at)
    first = ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    assert ask_cep(shop.store_id, wanted(shop), by=shop.dora, at=at) == first
    assert [each.id for each in cep_questions(shop.store_id)] == [first]
    assert cep_question(house().store_id, first) is None
    monkeypatch.setattr(settings, "SEGURIPAGO", dataclasses.replace(settings.SEGURIPAGO, cep_lookup_url=""))
    with pytest.raises(refusals.QuestionUnfit):
        ask_cep(shop.store_id, wanted(shop, tracking_key="OTRA"), by=shop.beto, at=at)
    assert not answer_next_cep(at=at)


def test_a_question_rings_for_a_job_which_asks_and_comes_back(shop: House, banxico: Portal, at: datetime) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    ask_cep(shop.store_id, wanted(shop), by=shop.beto, at=at)
    number_facts()
    (listener,) = [each for each in wiring.listeners() if each.name == "bank.ceps"]
    assert listen_once(listener, at=at) == 1
    assert ProcrastinateJob.objects.filter(task_name="cep.ask_next").count() == 1
    banxico.page = known("Devuelto")
    cep_job.ask()
    assert len(banxico.asked) == 1
    assert ProcrastinateJob.objects.filter(task_name="cep.ask_next", scheduled_at__isnull=False).count() == 1
    cep_job.sweep(0)
    assert len(banxico.asked) == 1


def test_answers_are_weighed_without_a_clock() -> None:
    def step(answer: object, tries: int = 0, days_tried: int = 2) -> patience.Step:
        return patience.following(answer, tries=tries, days_tried=days_tried)  # type: ignore[arg-type]

    assert step(Found(b"x")).state == "found"
    assert step(WentBack("Devuelto")).after is None
    assert step(NotYet("Liquidado")).after == timedelta(minutes=2)
    assert step(NotYet("Liquidado"), tries=99).state == "no_cep"
    assert step(NotFound(), days_tried=0).after == timedelta(0)
    assert step(NotFound()).after == timedelta(minutes=10)
    assert step(Away("timeout"), tries=99).state == "gave_up"
    assert step(RateLimited(1)).pause == timedelta(minutes=1)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.banxico.org.mx/cep",
        "https://banxico.org.mx/cep",
        "https://www.banxico.org.mx.evil.example/cep",
        "https://www.banxico.org.mx@evil.example/cep",
        "https://www.banxico.org.mx:8443/cep",
        "http://10.0.0.1/cep",
        "ftp://127.0.0.1/cep",
        "https://[",
    ],
)
def test_only_banxicos_own_host_may_be_set(url: str) -> None:
    env = {"SEGURIPAGO_DEMO": "1", "SEGURIPAGO_SECRET_KEY": "x" * 40, "DATABASE_URL": "postgres://x/y"}
    with pytest.raises(SettingMissing):
        read_environment({**env, "SEGURIPAGO_CEP_LOOKUP_URL": url})
    assert read_environment(env).cep_lookup_url == ""
    good = read_environment({**env, "SEGURIPAGO_CEP_LOOKUP_URL": "https://www.banxico.org.mx/cep/"})
    assert good.cep_lookup_url == "https://www.banxico.org.mx/cep"
