"""What was read is kept once, and what another order showed first is known again without telling whose it is."""

from __future__ import annotations

from datetime import datetime

import pytest

from seguripago.foundations.audit.models import AuditEntry
from seguripago.foundations.facts.models import FactRow
from seguripago.journey.evidence import commands, queries, rules
from seguripago.journey.evidence.queries import Reuse
from seguripago.ports.receipt_readers import ReceiptKind, ReceiptReading, Seal
from tests.evidence.files import picture
from tests.orders.builders import LUCIA, make_store, placed

pytestmark = pytest.mark.django_db
SAID = {"tracking_key": "MBAN01002603110012345678", "bank": "40012", "date": "2026-03-11", "amount": "100.00"}


def shown(order_id: int, at: datetime, *, width: int = 64) -> int:
    body = picture(size=(width, 48))
    return commands.keep_evidence(order_id, filename="spei.png", body=body, by=LUCIA, at=at)


def reading(**changes: str) -> ReceiptReading:
    return ReceiptReading(ReceiptKind.IMAGE, Seal.NONE, {**SAID, **changes}, (), confidences={"tracking_key": 0.94})


def test_what_was_read_is_kept_once_and_announced(at: datetime) -> None:
    order_id = placed(at)
    paper = shown(order_id, at)
    assert queries.unread() == (paper,)
    assert commands.keep_reading(paper, reading(), at=at)
    assert queries.unread() == ()
    assert not commands.keep_reading(paper, reading(amount="9.00"), at=at)
    (view,) = queries.evidence_of(order_id)
    assert (view.state, view.fields, view.confidences) == ("read", SAID, {"tracking_key": 0.94})
    assert FactRow.objects.filter(kind="EvidenceRead", subject=f"order:{order_id}").count() == 1
    told = AuditEntry.objects.get(action="evidence.read")
    assert SAID["tracking_key"] not in str(told.__dict__)


def test_the_first_who_shows_a_file_or_a_movement_has_it(at: datetime) -> None:
    store = make_store()
    first, second, stranger = placed(at, store_id=store), placed(at, store_id=store), placed(at)
    one, two, three = shown(first, at), shown(second, at), shown(second, at, width=70)
    four = shown(stranger, at)
    for paper in (one, two, three, four):
        assert commands.keep_reading(paper, reading(), at=at)
    assert queries.shown_before(one) == ()
    assert queries.shown_before(two) == (Reuse("file", False, first), Reuse("movement", False, first))
    assert queries.shown_before(three) == (Reuse("movement", False, first),)
    assert queries.shown_before(four) == (Reuse("file", True, None), Reuse("movement", True, None))


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"tracking_key": "mban0100 2603110012345678"}, True),
        ({"tracking_key": "MBAN01002603110012345679"}, False),
        ({"bank": "40002"}, False),
        ({"bank": "", "payer_account": "012180001234567890"}, True),
        ({"date": "2026-03-12"}, False),
        ({"date": "2026-03-10", "time": "18:20"}, True),
        ({"bank": ""}, False),
        ({"date": "11/03/2026"}, False),
        ({"tracking_key": ""}, False),
    ],
)
def test_a_movement_is_its_key_with_its_bank_and_its_day(changes: dict[str, str], is_same: bool) -> None:
    assert bool(set(rules.movements(SAID)) & set(rules.movements({**SAID, **changes}))) is is_same


def test_what_is_told_of_a_day_without_banks_is_of_the_next_with_them() -> None:
    saturday, tuesday = {**SAID, "date": "2026-03-14"}, {**SAID, "date": "2026-03-17"}
    assert rules.movements(saturday) == rules.movements(tuesday)
