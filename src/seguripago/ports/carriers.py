"""What we ask of a parcel company: whether a tracking number can be one of its own, and where its journey is shown."""

from typing import Protocol

from seguripago.ports import registry


class Carrier(Protocol):
    """A parcel company. It never tells us anything by itself here: it builds links and reads the shape of numbers."""

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


def carriers() -> dict[str, Carrier]:
    """Answer every carrier of this house by its slug."""
    found: dict[str, Carrier] = dict(registry.adapters("carriers"))
    return found
