"""A file that the scanner could not look at is sealed away, told of, and looked at as soon as the scanner is back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from seguripago.foundations.audit.models import AuditEntry
from seguripago.foundations.facts.models import FactRow
from seguripago.jobs.quarantine import send_for_scanner
from seguripago.journey.evidence import commands, queries, rules
from seguripago.journey.evidence.models import Evidence
from tests.captures.ceps import Transfer
from tests.evidence.files import pdf, picture
from tests.evidence.test_scanner import EICAR, at_address, clamd
from tests.orders.builders import LUCIA, placed

pytestmark = pytest.mark.django_db
scanner_is_back = clamd
AWAY = "127.0.0.1:1"


def keep_unseen(order_id: int, body: bytes, at: datetime) -> int:
    with at_address(AWAY):
        return commands.keep_evidence(order_id, filename="spei.png", body=body, by=LUCIA, at=at)


def facts(order_id: int) -> list[str]:
    said = FactRow.objects.filter(subject=f"order:{order_id}", kind__startswith="Evidence").order_by("pk")
    return list(said.values_list("kind", flat=True))


def sealed_files() -> set[Path]:
    return {path for path in (settings.SEGURIPAGO.data_dir / "files" / "sealed").rglob("*") if path.is_file()}


def test_while_the_scanner_is_away_a_file_is_sealed_and_nobody_opens_it(at: datetime) -> None:
    order_id = placed(at)
    paper = keep_unseen(order_id, picture(), at)
    assert keep_unseen(order_id, picture(), at) == paper
    (view,) = queries.evidence_of(order_id)
    assert (view.state, view.can_be_opened) == ("stored", False)
    assert view.verdict_label == "Recibido; lo revisamos antes de que alguien lo abra"
    assert queries.evidence_file(paper) is None
    assert queries.unread() == ()
    assert facts(order_id) == ["EvidenceKept"]
    with at_address(AWAY):
        assert commands.look_again(at=at) == 0
        assert send_for_scanner(at=at)
    assert queries.sealed_original(paper) == picture()


@pytest.mark.usefixtures("scanner_is_back")
def test_what_was_rejected_takes_nobodys_room(at: datetime) -> None:
    order_id = placed(at)
    for place in range(rules.MAX_PER_ORDER):
        keep_unseen(order_id, picture(size=(8, 8 + place)) + EICAR, at)
    with pytest.raises(commands.TooManyFiles):
        keep_unseen(order_id, picture(), at)
    assert commands.look_again(at=at) == rules.MAX_PER_ORDER
    assert keep_unseen(order_id, picture(), at)


@pytest.mark.usefixtures("scanner_is_back")
def test_what_the_scanner_lets_pass_later_may_be_opened_and_is_read(at: datetime) -> None:
    order_id = placed(at)
    paper, cep = keep_unseen(order_id, picture(), at), keep_unseen(order_id, Transfer().xml(), at)
    assert commands.look_again(at=at) == 2
    assert commands.look_again(at=at) == 0
    assert not send_for_scanner(at=at)
    found = queries.evidence_file(paper)
    assert found is not None
    assert found.content_type == "image/png"
    assert queries.unread() == (paper,)
    assert {view.id: view.state for view in queries.evidence_of(order_id)} == {paper: "clean", cep: "read"}
    assert facts(order_id) == ["EvidenceKept", "EvidenceKept", "EvidenceCleared", "EvidenceCleared", "EvidenceRead"]


@pytest.mark.usefixtures("scanner_is_back")
@pytest.mark.parametrize(
    ("body", "code", "finding"),
    [(picture() + EICAR, "SP-406", "Eicar-Test"), (picture()[:-30], "SP-403", ""), (pdf(31), "SP-404", "")],
)
def test_what_it_does_not_let_pass_is_destroyed_and_the_buyer_hears_why(
    at: datetime, body: bytes, code: str, finding: str
) -> None:
    order_id = placed(at)
    paper = keep_unseen(order_id, body, at)
    commands.look_again(at=at)
    (view,) = queries.evidence_of(order_id)
    assert (view.state, view.can_be_opened) == ("rejected", False)
    assert view.verdict_label.endswith(".")
    assert queries.evidence_file(paper) is None
    told = AuditEntry.objects.get(action="evidence.rejected")
    assert (told.said["reason"], told.said["finding"]) == (code, finding)
    assert FactRow.objects.get(kind="EvidenceRejected").body["reason"] == code


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scanner_is_back")
def test_the_bytes_of_what_was_rejected_are_gone_and_the_same_file_is_looked_at_again(at: datetime) -> None:
    order_id, before = placed(at), sealed_files()
    keep_unseen(order_id, picture() + EICAR, at)
    commands.look_again(at=at)
    assert sealed_files() == before
    with pytest.raises(commands.FileIsHarmful):
        commands.keep_evidence(order_id, filename="a.png", body=picture() + EICAR, by=LUCIA, at=at)
    keep_unseen(order_id, picture() + EICAR, at)
    assert {view.state for view in queries.evidence_of(order_id)} == {"rejected", "stored"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("scanner_is_back")
def test_a_file_with_which_looking_fails_stops_nobody_behind_it_and_is_given_up_after_three_tries(at: datetime) -> None:
    order_id = placed(at)
    first, second = keep_unseen(order_id, picture(), at), keep_unseen(order_id, pdf(), at)
    (name,) = Evidence.objects.filter(pk=first).values_list("sealed_name", flat=True)
    settings.SEGURIPAGO.data_dir.joinpath("files", name).write_bytes(b"not what was sealed")
    assert commands.look_again(at=at) == 1
    assert queries.evidence_file(second) is not None
    assert Evidence.objects.get(pk=first).tries == 1
    assert [commands.look_again(at=at) for _ in range(3)] == [0, 0, 1]
    assert Evidence.objects.get(pk=first).rejected_for == "SP-403"


def test_a_file_that_nobody_looks_at_for_three_days_is_given_up(at: datetime) -> None:
    order_id = placed(at)
    keep_unseen(order_id, picture(), at)
    with at_address(AWAY):
        assert commands.look_again(at=at + timedelta(hours=71)) == 0
        assert commands.look_again(at=at + timedelta(hours=72)) == 1
    (view,) = queries.evidence_of(order_id)
    assert view.verdict_label == "No pudimos revisar tu archivo y lo borramos. Súbelo de nuevo, por favor."
    assert commands.keep_evidence(order_id, filename="a.png", body=picture(), by=LUCIA, at=at)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"clean_name": "clean/aa/" + "a" * 32}, "evidence_copy_of_clean_only"),
        ({"state": "clean"}, "evidence_copy_of_clean_only"),
        ({"state": "rejected", "rejected_for": "SP-406"}, "evidence_original_unless_rejected"),
        ({"sealed_name": ""}, "evidence_original_unless_rejected"),
        ({"rejected_for": "SP-406"}, "evidence_rejection_has_a_reason"),
        ({"fields": {"amount": "1.00"}}, "evidence_fields_of_read_only"),
        ({"state": "seen"}, "evidence_(state_is_known|copy_of_clean_only)"),
    ],
)
def test_the_database_keeps_it_closed(at: datetime, changes: dict[str, object], constraint: str) -> None:
    paper = keep_unseen(placed(at), picture(), at)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Evidence.objects.filter(pk=paper).update(**changes)
