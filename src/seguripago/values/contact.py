"""How a person is found among what is kept: by a whole e-mail or by a whole telephone, however they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

PHONE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Contact:
    """`email` in small letters, `phone` as its last ten digits. Either is enough; an empty one finds nobody."""

    email: str
    phone: str

    @classmethod
    def of(cls, email: str, phone: str) -> Self:
        digits = re.sub(r"\D", "", phone)
        return cls(email.strip().lower(), digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else "")

    @property
    def names_somebody(self) -> bool:
        return "@" in self.email or bool(self.phone)

    def is_of(self, email: str, phone: str) -> bool:
        """Whether a row with this e-mail and telephone is this person's."""
        other = Contact.of(email, phone)
        return (bool(self.email) and self.email == other.email) or (bool(self.phone) and self.phone == other.phone)
