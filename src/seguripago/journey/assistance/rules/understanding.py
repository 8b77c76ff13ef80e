"""What a sentence of a buyer means. Deterministic, in Mexican Spanish as it is typed on a telephone.

Two things are asked strictly, because something is done on them: that the buyer accepts, and that another way to pay is
wished. A question, a «no», a «pero» or a word that nobody foresaw makes neither of them.
"""

from __future__ import annotations

import re

from seguripago.values import order_number
from seguripago.values.steps import Preference

from . import phrases
from .moves import Detail, Heard, Intent
from .spelling import plain, spelled

__all__ = ["details", "plain", "understand"]


def understand(text: str) -> Heard:
    """Read a sentence: order numbers, yes or no, a way to pay, and the questions that have an answer."""
    said = spelled(text)
    intents = [intent for intent, pattern in phrases.INTENTS if pattern.search(_without_what_hides(said, intent))]
    medium = _medium(said)
    if medium is not None and Intent.HOW_TO_PAY in intents:
        intents.remove(Intent.HOW_TO_PAY)
    if _rejects(said, intents):
        intents.append(Intent.REJECTS)
    elif _accepts(text, said, intents):
        intents.append(Intent.ACCEPTS)
    intents += [
        intent
        for intent, pattern in ((Intent.THANKS, phrases.THANKS), (Intent.GREETING, phrases.GREETING))
        if pattern.search(said)
    ]
    if not intents and re.search(r"\btienen\b.*\?|^tienen\b", said) and not phrases.NOT_GOODS.search(said):
        intents.append(Intent.STOCK)
    numbers = tuple(order_number.find_all(text))
    return Heard(
        text=text,
        numbers=numbers,
        intents=tuple(intents),
        medium=medium,
        is_asking=_asks(text, said),
        half_number=not numbers and phrases.HALF_NUMBER.search(plain(text)) is not None,
    )


def details(text: str) -> frozenset[Detail]:
    """What a sentence asks for beside its topic."""
    said = spelled(text)
    return frozenset(detail for detail, pattern in phrases.DETAILS if pattern.search(said))


def _asks(text: str, said: str) -> bool:
    """Whether something is asked, or does not work; «¿hola?» and «¿qué sigue?» ask nothing new."""
    words = [word for word in re.findall(r"[a-z0-9]+", said) if word not in phrases.POLITE_WORDS]
    if not any(len(word) > 2 and word not in phrases.YES_WORDS for word in words) or phrases.GOES_ON.search(said):
        return False
    return "?" in text or "¿" in text or phrases.ASKS.search(said) is not None


def _without_what_hides(said: str, intent: Intent) -> str:
    hides = phrases.HIDES.get(intent)
    return said if hides is None else hides.sub(" ", said)


def _medium(said: str) -> Preference | None:
    """The way to pay that is plainly wished: one, and neither asked about nor refused."""
    if phrases.NOT_A_WISH.search(said):
        return None
    wished = {preference for preference, pattern in phrases.MEDIA if pattern.search(said)}
    return wished.pop() if len(wished) == 1 else None


def _rejects(said: str, intents: list[Intent]) -> bool:
    if {Intent.INVOICE, Intent.WARRANTY, Intent.PERSON, Intent.STOCK} & set(intents):
        return False
    return phrases.REJECTS.search(said) is not None


def _accepts(text: str, said: str, intents: list[Intent]) -> bool:
    """A plain yes. Beside it may stand thanks, or the question how to pay what was just accepted."""
    if phrases.NO.search(said):
        return False
    words = re.findall(r"[a-z0-9]+", said)
    if not words:
        return phrases.THUMBS.search(text) is not None
    is_asking = "?" in text or "¿" in text
    strangers = [word for word in words if word not in phrases.YES_WORDS and word not in phrases.POLITE_WORDS]
    if not strangers:
        # «Ok, gracias» ends a talk as often as it says yes.
        weak = phrases.WEAK_WORDS if phrases.THANKS.search(said) else frozenset()
        return not is_asking and words != ["bien"] and any(word in phrases.YES_WORDS - weak for word in words)
    return bool(phrases.SURE.search(said)) and intents == [Intent.HOW_TO_PAY] and _asks_after(said)


def _asks_after(said: str) -> bool:
    """Whether the yes comes first and the question how to pay after it."""
    sure = phrases.SURE.search(said)
    rest = said[sure.end() :] if sure else ""
    how = dict(phrases.INTENTS)[Intent.HOW_TO_PAY]
    return how.search(rest) is not None and not rest.lstrip().startswith("?")
