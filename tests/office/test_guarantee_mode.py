"""Whose obligation the guarantee is: the owner says it, a partner is named, and the certificate names him too."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from seguripago.foundations.audit.models import AuditEntry
from seguripago.foundations.stores.commands import set_guarantee_mode
from seguripago.foundations.stores.models import Store
from seguripago.foundations.stores.queries import store_by_id
from seguripago.foundations.stores.refusals import PartnerNotNamed
from seguripago.journey.guarantee.queries import certificate_document
from seguripago.journey.orders.queries import order
from tests.claims.world import bought
from tests.delivery.builders import BETO, open_shop
from tests.money import bank
from tests.orders import builders
from tests.refunds.world import hear
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
PAGE = "/oficina/tienda/garantia/"
PARTNER = "Pagos del Golfo, S.A. de C.V."
WITH_PARTNER = {"guarantee_mode": "licensed_partner", "guarantee_partner": f"  {PARTNER} "}
ALONE = {"guarantee_mode": "merchant_obligation", "guarantee_partner": PARTNER}


def another(store_id: int, at: datetime) -> int:
    """An order of the same store that is paid now."""
    sold = bank.sale(at, store_id=store_id, lines=((builders.make_product(store_id), 1),))
    bank.transfer(sold, order(sold.order_id).total.plain, tracking_key="MBAN01002611220072999", at=at)
    hear(at)
    return sold.order_id


def said_of(store_id: int) -> tuple[str, str]:
    store = store_by_id(store_id)
    return store.guarantee_mode, store.guarantee_partner


def test_the_owner_names_the_partner_and_the_certificate_does_too(at: datetime) -> None:
    there = bought(at)
    before = certificate_document(there.order_id)
    assert before is not None
    assert (before.mode, before.partner) == ("merchant_obligation", "")
    olga: Client = entered(there.store_id, "owner", "olguita")
    assert olga.post(PAGE, WITH_PARTNER).status_code == 302
    assert certificate_document(there.order_id) == before, "an issued certificate says what it said"
    after = certificate_document(another(there.store_id, at))
    assert after is not None
    assert (after.mode, after.partner) == ("licensed_partner", PARTNER)
    assert PARTNER in olga.get("/oficina/tienda/?guardado=garantia").content.decode()
    assert olga.post(PAGE, WITH_PARTNER).status_code == 302
    entry = AuditEntry.objects.get(action="store.guarantee_mode_changed")
    assert entry.said["to"] == {"mode": "licensed_partner", "partner": PARTNER}
    assert olga.post(PAGE, ALONE).status_code == 302
    assert said_of(there.store_id) == ("merchant_obligation", "")


@pytest.mark.parametrize("wrong", [{"guarantee_partner": " "}, {"guarantee_mode": "fideicomiso"}])
def test_what_cannot_be_is_said_beside_its_field(wrong: dict[str, str]) -> None:
    store_id = open_shop()
    answer = entered(store_id, "owner", "ana").post(PAGE, WITH_PARTNER | wrong)
    assert answer.status_code == 422
    assert said_of(store_id) == ("merchant_obligation", "")


def test_only_the_owner_changes_it_and_a_supervisor_reads_it() -> None:
    store_id = open_shop()
    sofia: Client = entered(store_id, "supervisor", "sofia")
    assert sofia.post(PAGE, WITH_PARTNER).status_code in {403, 404}
    page = sofia.get("/oficina/tienda/").content.decode()
    assert "Solo la tienda" in page
    assert PAGE not in page


def test_a_partner_without_a_name_is_nobodys_even_in_the_database(at: datetime) -> None:
    store_id = open_shop()
    for mode, partner in (("licensed_partner", ""), ("merchant_obligation", PARTNER), ("other", "")):
        with pytest.raises(PartnerNotNamed):
            set_guarantee_mode(store_id, mode, partner, by=BETO, at=at)
    with pytest.raises(IntegrityError, match="store_guarantee_partner_is_named"), transaction.atomic():
        Store.objects.filter(pk=store_id).update(guarantee_mode="licensed_partner")
