"""What each side shows takes the one road of strangers' files: looked at, made anew, sealed, six a side."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from seguripago.foundations.stores import keyring
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.models import ClaimFile
from seguripago.journey.claims.queries import claim_file, claim_timeline
from seguripago.journey.claims.refusals import ClaimCannot, NotYourClaim, TooManyClaimFiles
from seguripago.journey.evidence.commands import FileIsBroken, FileIsNotTaken
from seguripago.ports.file_stores import file_store
from seguripago.values.actor import Actor
from tests.claims.world import LUCIA, claimed, delivered, view

pytestmark = pytest.mark.django_db


def picture(shade: int = 0) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8 + shade, 8), (200, 10, 20)).save(out, "JPEG", comment=b"secreto")
    return out.getvalue()


def test_a_picture_is_made_anew_and_its_original_sealed(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    body = picture()
    file_id = claims.keep_claim_file(claim_id, filename="../../caja <rota>.jpg", body=body, by=LUCIA, at=at)
    assert claims.keep_claim_file(claim_id, filename="otra.jpg", body=body, by=LUCIA, at=at) == file_id
    found = claim_file(claim_id, file_id)
    assert found is not None
    assert found[0].side == "buyer"
    assert "/" not in found[0].filename
    assert b"secreto" in body
    assert b"secreto" not in found[1]
    row = ClaimFile.objects.get(pk=file_id)
    assert keyring.unseal(file_store().read(row.sealed_name), belongs_to=f"claim:{row.sha256}") == body
    assert claim_file(claim_id + 1, file_id) is None
    assert [one.kind for one in claim_timeline(claim_id)] == ["opened", "file"]


def test_each_side_shows_six_and_nobody_else_any(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    for shade in range(6):
        claims.keep_claim_file(claim_id, filename="a.jpg", body=picture(shade), by=LUCIA, at=at)
    with pytest.raises(TooManyClaimFiles):
        claims.keep_claim_file(claim_id, filename="a.jpg", body=picture(99), by=LUCIA, at=at)
    claims.keep_claim_file(claim_id, filename="b.jpg", body=picture(99), by=there.ana, at=at)
    with pytest.raises(NotYourClaim):
        claims.keep_claim_file(claim_id, filename="c.jpg", body=picture(98), by=Actor.staff(999_999, "X"), at=at)
    assert [(one.side, one.place) for one in view(claim_id).files] == [
        *(("buyer", place) for place in range(1, 7)),
        ("store", 1),
    ]
    with pytest.raises(IntegrityError, match="claim_six_files_a_side"), transaction.atomic():
        ClaimFile.objects.filter(side="store").update(place=7)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"<svg onload=alert(1)>", FileIsNotTaken),
        (b"\xff\xd8\xff" + b"<script>", FileIsBroken),
        (b"MZ", FileIsNotTaken),
    ],
)
def test_what_is_no_picture_is_not_kept(at: datetime, body: bytes, refusal: type[Exception]) -> None:
    claim_id = claimed(delivered(at), at)
    with pytest.raises(refusal):
        claims.keep_claim_file(claim_id, filename="foto.jpg", body=body, by=LUCIA, at=at)
    assert ClaimFile.objects.count() == 0


def test_a_closed_claim_takes_no_more(at: datetime) -> None:
    claim_id = claimed(delivered(at), at)
    claims.withdraw_claim(claim_id, by=LUCIA, at=at)
    for add in (
        lambda: claims.keep_claim_file(claim_id, filename="a.jpg", body=picture(), by=LUCIA, at=at),
        lambda: claims.add_words(claim_id, words="Ya no", by=LUCIA, at=at),
    ):
        with pytest.raises(ClaimCannot):
            add()
