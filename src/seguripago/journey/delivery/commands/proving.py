"""The proof of a delivery: a picture or a PDF, down the one road of strangers' files."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.stores import keyring
from seguripago.journey.evidence.commands import check_size, clean_copy, taken_kind
from seguripago.journey.evidence.rules import EvidenceKind, shown_name
from seguripago.ports.file_stores import file_store
from seguripago.values.actor import Actor

from ..models import ShipmentProof
from ..rules import NoProofOfThis, ShipmentState, TooManyProofs
from .keeping import audit, locked

MOST_PROOFS: Final = 4
KINDS: Final[Collection[EvidenceKind]] = tuple(kind for kind in EvidenceKind if kind is not EvidenceKind.CEP)
_ARRIVED: Final = frozenset({ShipmentState.DELIVERED, ShipmentState.RETURNED})


def add_proof(shipment_id: int, *, filename: str, body: bytes, by: Actor, at: datetime) -> int:
    """Keep a proof of what became of a parcel: the original sealed away, a clean copy to look at. Answers its id.

    The same file again is the one that is known. Raises NoProofOfThis before it arrived or came back, TooManyProofs,
    and what evidence raises for a file that it does not take.
    """
    check_size(body)
    kind = taken_kind(body, KINDS)
    digest = hashlib.sha256(body).hexdigest()
    _scanner, copy = clean_copy(kind, body)
    with transaction.atomic():
        _order, shipment = locked(shipment_id)
        if ShipmentState(shipment.state) not in _ARRIVED:
            raise NoProofOfThis
        known = dict(ShipmentProof.objects.filter(shipment=shipment).values_list("sha256", "pk"))
        if digest in known:
            return known[digest]
        if len(known) >= MOST_PROOFS:
            raise TooManyProofs
        sealed = file_store().put("sealed", keyring.seal(body, belongs_to=f"proof:{digest}"))
        proof = ShipmentProof.objects.create(
            shipment=shipment,
            filename=shown_name(filename),
            sha256=digest,
            sealed_name=sealed,
            clean_name=file_store().put("clean", copy.body),
            clean_kind=copy.kind,
            by_name=by.name[:120],
            kept_at=at,
        )
        audit(shipment, "proof_added", {"proof_id": proof.pk, "sha256": digest}, by=by, at=at)
    return proof.pk
