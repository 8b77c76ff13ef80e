"""What we ask of whoever looks for malware in a file that a stranger gave us."""

from dataclasses import dataclass
from typing import Final, Protocol

from seguripago.ports import registry

FAMILY: Final = "scanners"


@dataclass(frozen=True, slots=True)
class Harmless:
    """Nothing was found."""


@dataclass(frozen=True, slots=True)
class Harmful:
    """Something was found, by the name that the scanner gives it."""

    name: str


@dataclass(frozen=True, slots=True)
class NotScanned:
    """The scanner did not answer: the file is not known to be harmless, which is not the same as harmless."""

    reason: str


type Finding = Harmless | Harmful | NotScanned


class Scanner(Protocol):
    """Looks into bytes."""

    slug: str
    title: str

    def scan(self, body: bytes) -> Finding:
        """Look; never raises for a scanner that is away."""
        ...


def scanner(slug: str) -> Scanner:
    """Answer one scanner by its slug."""
    found: Scanner = registry.adapter(FAMILY, slug)
    return found
