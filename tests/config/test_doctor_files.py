"""Doctor says who does not look at strangers' files, who cannot read them, and which parcels nobody moves."""

from __future__ import annotations

import dataclasses
import sys
from datetime import datetime

import pytest
from django.conf import settings
from django.test import override_settings

from seguripago.adapters.receipt_readers.rapid_ocr import seeing
from seguripago.config.command_line_doctor_files import carriers_are_real, readers_work, scanner_answers
from seguripago.foundations.stores.models import Store
from seguripago.journey.delivery.commands import send_parcel
from tests.delivery.builders import BETO, open_shop, paid_order
from tests.evidence.test_scanner import at_address, clamd

__all__ = ["clamd"]


def test_a_scanner_that_is_away_is_named_and_one_that_answers_is_not(clamd: None) -> None:
    assert list(scanner_answers()) == []
    with at_address(""):
        assert list(scanner_answers()) == []
    with at_address("127.0.0.1:1"):
        [says] = scanner_answers()
    assert "127.0.0.1:1" in says
    assert "no contesta" in says


def test_a_reader_without_its_models_or_its_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(readers_work()) == []
    with monkeypatch.context() as patch:
        patch.setattr(seeing, "MODELS", (*seeing.MODELS, "falta.onnx"))
        assert "falta.onnx" in next(readers_work())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert "onnxruntime" in next(readers_work())
    off = dataclasses.replace(settings.SEGURIPAGO, reads_pictures=False)
    with override_settings(SEGURIPAGO=off):
        assert list(readers_work()) == []


@pytest.mark.django_db
def test_parcels_of_the_carrier_that_only_plays_are_named_outside_of_the_demo(at: datetime) -> None:
    demo = override_settings(SEGURIPAGO=dataclasses.replace(settings.SEGURIPAGO, demo=True))
    real = override_settings(SEGURIPAGO=dataclasses.replace(settings.SEGURIPAGO, demo=False))
    with real:
        assert list(carriers_are_real()) == []
    with demo:
        store_id = open_shop()
        Store.objects.filter(pk=store_id).update(is_demo=True)
        bought = paid_order(store_id, at=at)
        send_parcel(bought, None, carrier="pruebas", tracking_number="", by=BETO, at=at)
        assert list(carriers_are_real()) == []
    with real:
        [says] = carriers_are_real()
    assert "Paquetería de pruebas" in says
