"""A Mexican postal address as the buyer wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self


@dataclass(frozen=True, slots=True)
class Address:
    """All parts are plain text; `postal_code` has five digits; `references` helps the carrier."""

    street: str
    ext_number: str
    int_number: str
    neighborhood: str
    postal_code: str
    municipality: str
    state: str
    references: str = ""
    country: str = "MX"

    @property
    def one_line(self) -> str:
        number = f"{self.ext_number}-{self.int_number}" if self.int_number else self.ext_number
        street = f"{self.street} {number}".strip()
        return ", ".join(
            part
            for part in (street, self.neighborhood, f"{self.postal_code} {self.municipality}".strip(), self.state)
            if part
        )

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**{field.name: str(stored.get(field.name, "")) for field in fields(cls)})


NOWHERE: Final = Address("", "", "", "", "", "", "")
"""Where nothing is sent."""
