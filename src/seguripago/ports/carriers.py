"""What we ask of a parcel company: whether a tracking number can be its own, where its journey is shown, and how far
a parcel is, of a company that answers that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from seguripago.ports import registry


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """What a carrier tells of a parcel. `key` names it within the parcel: what is told twice is the same.

    `kind`: collected, travels, arrived_near, out_for_delivery, not_found, delayed, delivered, returned.
    """

    key: str
    kind: str
    at: datetime
    place: str = ""
    says: str = ""
    received_by: str = ""


class CarrierAway(Exception):
    """The carrier did not answer, or not what it promises to: it is asked again later."""


class Carrier(Protocol):
    """A parcel company. It builds links and reads the shape of numbers."""

    slug: str
    label: str

    def clean(self, number: str) -> str:
        """Answer the number as the company prints it: without spaces, hyphens or lower case."""
        ...

    def complaint(self, number: str) -> str:
        """Say, in the words of the person who typed it, what is wrong with a cleaned number; empty when nothing is."""
        ...

    def tracking_url(self, number: str) -> str:
        """Answer the public page that follows this number; empty when the company has none."""
        ...


class AskedCarrier(Carrier, Protocol):
    """A parcel company that answers how far a parcel is."""

    pause_s: int

    def follow(self, number: str, since: datetime | None, *, at: datetime) -> Sequence[CarrierEvent]:
        """Answer what happened until `at`, the earliest first; what was before `since` may be left out.

        Raises CarrierAway.
        """
        ...


class PrintingCarrier(Carrier, Protocol):
    """A parcel company that gives the number itself."""

    def print_label(self, origin: str, destination: str, *, at: datetime) -> str:
        """Answer the number of a new parcel between two postal codes."""
        ...


def carriers() -> dict[str, Carrier]:
    """Answer every carrier of this house by its slug."""
    found: dict[str, Carrier] = dict(registry.adapters("carriers"))
    return found


def is_simulated(carrier: Carrier) -> bool:
    """Whether a carrier only plays: it moves parcels in the demo, and no store sends with it in production."""
    return bool(getattr(carrier, "only_in_demo", False))


def asked_carriers() -> dict[str, AskedCarrier]:
    """Answer the carriers that tell how far a parcel is, by slug."""
    return {slug: cast(AskedCarrier, one) for slug, one in carriers().items() if hasattr(one, "follow")}


def printing(carrier: Carrier) -> PrintingCarrier | None:
    """Answer the carrier if it gives the numbers itself."""
    return cast(PrintingCarrier, carrier) if hasattr(carrier, "print_label") else None
