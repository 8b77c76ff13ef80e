"""When a parcel may move, and what its number looks like."""

from __future__ import annotations

import pytest

from seguripago.journey.delivery.rules import MOVES, Move, ShipmentCannot, ShipmentState, after
from seguripago.ports.carriers import carriers


def test_a_parcel_goes_from_the_store_to_the_buyer() -> None:
    assert after(after(ShipmentState.PREPARING, Move.SEND), Move.DELIVER) is ShipmentState.DELIVERED


@pytest.mark.parametrize("state", [ShipmentState.DELIVERED, ShipmentState.RETURNED])
def test_a_parcel_that_has_arrived_does_not_move_again(state: ShipmentState) -> None:
    for move in Move:
        with pytest.raises(ShipmentCannot):
            after(state, move)


def test_every_state_but_the_first_can_be_reached() -> None:
    assert {*MOVES.values()} == {*ShipmentState} - {ShipmentState.PREPARING}


def test_carriers_are_plugged_in_each_with_a_label() -> None:
    assert {*carriers()} == {"manual", "estafeta", "dhl", "fedex", "99minutos", "pruebas"}
    assert all(carrier.label for carrier in carriers().values())


@pytest.mark.parametrize(
    ("slug", "typed", "cleaned"),
    [
        ("dhl", "4410 8872 01", "4410887201"),
        ("dhl", "jd014600006281230704", "JD014600006281230704"),
        ("fedex", "7716-2312-0966", "771623120966"),
        ("estafeta", "3055892120610706104294", "3055892120610706104294"),
        ("estafeta", "30558 92120", "3055892120"),
        ("99minutos", "a1b2 c3d4e5", "A1B2C3D4E5"),
        ("manual", " camioneta-3 ", "CAMIONETA-3"),
    ],
)
def test_a_number_is_read_as_people_copy_it(slug: str, typed: str, cleaned: str) -> None:
    carrier = carriers()[slug]
    assert carrier.clean(typed) == cleaned
    assert carrier.complaint(cleaned) == ""


@pytest.mark.parametrize(
    ("slug", "typed"),
    [("dhl", "123"), ("fedex", "ABC123456789"), ("estafeta", "12345678901"), ("99minutos", "12"), ("manual", "<b>")],
)
def test_a_number_of_another_shape_is_explained_in_words(slug: str, typed: str) -> None:
    carrier = carriers()[slug]
    assert carrier.complaint(carrier.clean(typed)).endswith(".")


def test_a_tracking_link_carries_the_number_and_nothing_else() -> None:
    for slug in ("dhl", "fedex", "estafeta", "99minutos"):
        url = carriers()[slug].tracking_url("12/34&x=1")
        assert url.startswith("https://")
        assert url.endswith("12%2F34%26x%3D1")
    assert carriers()["manual"].tracking_url("1") == ""
