"""Many at once, and many wrong ones: one yes, one answer, one time."""

from __future__ import annotations

import statistics
import time

import pytest
from django.test import Client

from seguripago.foundations.audit.models import AuditEntry
from seguripago.journey.payments import link_token
from tests.pay.payers import sent

pytestmark = pytest.mark.django_db
ROUNDS = 25


def test_what_is_no_link_takes_the_same_time_whatever_is_wrong_with_it(client: Client) -> None:
    """Processor time, in turns, so that whatever else the machine does counts for nothing; middles are compared."""
    link = sent()
    body, _, footer = link.token.partition(".")
    wrong = {
        "altered": f"{body[:60]}{'A' if body[60] != 'A' else 'B'}{body[61:]}.{footer}",
        "cut": link.token[:-4],
        "short": "x",
        "unknown": link_token.make("n" * 32, store_id=link.page.store_id, expires_at=link.page.expires_at),
        "another store's": link_token.make(
            link.handle, store_id=link.page.store_id + 1, expires_at=link.page.expires_at
        ),
    }
    took: dict[str, list[float]] = {name: [] for name in wrong}
    for _ in range(ROUNDS):
        for name, token in wrong.items():
            begun = time.thread_time()
            assert client.get(f"/pago/{token}/").status_code == 404
            took[name].append(time.thread_time() - begun)
    middles = {name: statistics.median(times) * 1000 for name, times in took.items()}
    assert max(middles.values()) < min(middles.values()) * 1.5, middles


def test_looking_and_proving_change_nothing_of_the_payment(client: Client) -> None:
    link = sent()
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    for _ in range(2):
        client.get(link.door, follow=True)
        client.post(f"{link.address}comprobar/", {"said": "8846"})
        client.get(link.address)
        client.get(f"{link.address}estado/")
    new = AuditEntry.objects.exclude(pk__in=before).values_list("action", flat=True)
    assert list(new) == ["payment.link_opened"]
