"""What may stand in the chat: no secrets kept, no letters that deceive the eye, no name that plays the house."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from seguripago.values.safe_text import carries_bank_digits, clean, mask_secrets

LIMIT: Final = 4000
LONGEST_NAME: Final = 120

# Letters of other alphabets that look like ours; whoever writes a whole name in Cyrillic or Greek keeps it.
_LOOKALIKES: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХЬԌԜаеѕіјкмнорстухьԁԛԝүѵҺһғΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχϲϳȷı",
    "ABESIJKMHOPCTYXbGWaesijkmhopctyxbdqwyvHhfABEZHIKMNOPTYXaBeikvoptuxcjji",
)
_NOT_OF_NAMES: Final = {"So", "Sk", "Sm", "Cs", "Co", "Cn", "Cf"}
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_HOUSE: Final = re.compile(
    r"s?eguripago|conn?ecta?(?:a|@|4)?me|asistente|assistant|anal[iy]sta?|verificad[oa]|verified|certificad[oa]"
    r"|sistema|system|soporte|support|oficial|official|administrador|admin|moderador|mediosdepago|mesadeanalistas"
    r"|bancodemexico|banxico"
)
_LEET: Final = str.maketrans("013457@$!|", "oieastasil")
_HOUSE_IN_PARTS: Final = re.compile(r"seguripago|conn?ecta?(?:a|@|4)?me")
NOBODY: Final = "Comprador"

__all__ = ["LIMIT", "NOBODY", "carries_bank_digits", "clean", "clean_filename", "clean_name", "mask_secrets"]


def clean_name(name: str) -> str:
    """A person's name in one line: no badges, no borrowed letters, nothing that says it is the house who speaks.

    At most 120 characters; a name of which nothing is left becomes «Comprador», and an empty one stays empty.
    """
    given = unicodedata.normalize("NFKC", clean(name)).replace("\ufe0f", "")
    shown = "".join(character for character in given if unicodedata.category(character) not in _NOT_OF_NAMES)
    words = [_in_our_letters(word) for word in mask_secrets(shown).split()]
    kept = " ".join(_without_the_house(words)).strip(" ·|-–—:,.*~#")[:LONGEST_NAME].strip()
    return kept or (NOBODY if given else "")


def clean_filename(filename: str) -> str:
    """The last part of a file's name in one line, its secrets masked."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", clean(filename)))[-1]
    kept = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    return re.sub(r"\s+", " ", mask_secrets(kept)).strip()[-LONGEST_NAME:]


def _in_our_letters(word: str) -> str:
    """A word that mixes alphabets, or that our letters could spell, in our letters."""
    ours = word.translate(_LOOKALIKES)
    letters = [character for character in word if character.isalpha()]
    foreign = [character for character in letters if not _LATIN.match(character)]
    if not foreign:
        return word
    still = [character for character in ours if character.isalpha() and not _LATIN.match(character)]
    return ours if not still or len(foreign) < len(letters) else word


def _without_the_house(words: list[str]) -> list[str]:
    """The words that do not play the house. Its name in parts, or letter by letter, takes all."""
    kept = [word for word in words if not _HOUSE.search(_skeleton(word))]
    whole = _skeleton("".join(kept))
    in_letters = _skeleton("".join(word for word in kept if len(word) <= 2))
    return [] if len(kept) > 1 and (_HOUSE_IN_PARTS.search(whole) or _HOUSE.search(in_letters)) else kept


def _skeleton(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.translate(_LOOKALIKES).lower())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    read = re.sub(r"[^a-z@]", "", plain.translate(_LEET)) if re.search(r"[a-z]", plain) else ""
    return re.sub(r"(.)\1{2,}", r"\1", read)
