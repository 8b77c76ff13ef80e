"""One file sent many times at one moment is one comprobante, and no copy of it is left lying about."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.conf import settings
from django.db import connection

from seguripago.foundations.facts.models import FactRow
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.evidence.models import Evidence
from tests.evidence.files import picture
from tests.orders.builders import LUCIA, placed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def files_lying() -> int:
    folder = settings.SEGURIPAGO.data_dir / "files"
    return sum(path.is_file() for path in folder.rglob("*"))


def test_six_uploads_of_one_file_at_once_are_one(at: datetime) -> None:
    order_id, body, before = placed(at), picture(size=(300, 200)), files_lying()

    def upload(turn: int) -> int:
        try:
            return keep_evidence(order_id, filename=f"captura-{turn}.png", body=body, by=LUCIA, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(upload, range(6)))
    assert ids == set(Evidence.objects.filter(order_id=order_id).values_list("pk", flat=True))
    assert len(ids) == 1
    assert FactRow.objects.filter(kind="EvidenceKept").count() == 1
    assert files_lying() == before + 2
