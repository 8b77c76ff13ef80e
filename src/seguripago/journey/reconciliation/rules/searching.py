"""What somebody may mean who types something into the search box. Pure.

One text can mean several things (`1250` is an amount, the end of a CLABE and the start of a key): all are looked for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from seguripago.values import clabe, order_number
from seguripago.values.money import Money, UnreadableAmount

LONGEST: Final = 80
MOST_NUMBERS: Final = 12
SHORTEST_END: Final = 4
ACCENTED: Final = "áéíóúüñàèìòùäëïöç"
PLAIN: Final = "aeiouunaeiouaeioc"


@dataclass(frozen=True, slots=True)
class Meanings:
    """Everything that a text may stand for. `words` are folded as the index folds names and concepts."""

    numbers: tuple[str, ...] = ()
    amount: Money | None = None
    clabe_end: str = ""
    key_start: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.numbers or self.amount or self.clabe_end or self.key_start or self.words)


def meanings(text: str) -> Meanings:
    """Say what the text may mean; nothing for an empty one."""
    said = " ".join(text[:LONGEST].split())
    if not said:
        return Meanings()
    numbers = tuple(dict.fromkeys([*order_number.find_all(said), *order_number.find_likely(said)]))[:MOST_NUMBERS]
    digits = re.sub(r"[\s\-]", "", said)
    is_digits = digits.isascii() and digits.isdigit()
    # A number that names an order for certain is nothing else.
    if order_number.parse(said):
        return Meanings(numbers=(str(order_number.parse(said)),))
    return Meanings(
        numbers=numbers,
        amount=_amount(said),
        clabe_end=digits if is_digits and SHORTEST_END <= len(digits) <= clabe.LENGTH else "",
        key_start=said.upper() if re.fullmatch(r"[0-9A-Za-z]{4,40}", said) else "",
        words=_words(said),
    )


def _amount(said: str) -> Money | None:
    try:
        amount = Money.parse(re.sub(r"(?i)\s*(mxn|pesos)$", "", said.replace("$ ", "$")))
    except UnreadableAmount:
        return None
    return amount if amount.centavos > 0 else None


def _words(said: str) -> tuple[str, ...]:
    """The words that a name or a concept may have, each with a letter; the accents gone."""
    folded = said.lower().translate(str.maketrans(ACCENTED, PLAIN))
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return tuple(word for word in re.findall(r"[0-9a-z]{2,}", plain) if re.search(r"[a-z]", word))[:6]
