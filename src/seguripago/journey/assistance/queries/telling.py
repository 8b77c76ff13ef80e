"""What of a conversation may be mailed to its buyer: only what the buyer could see, with personal data masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from seguripago.values.money import Money

from ..rules import mask_personal
from .conversations import EntryView, entries

PAGE: Final = 200


AFTER_MONEY: Final = frozenset({"claim_offer", "claim_return", "refund_sent"})
"""Cards that say in a sentence what the buyer may do, or what was done for him."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a mail: who, when, what. `author` is empty for what the system says."""

    at: datetime
    author: str
    text: str


def transcript(conversation_id: int) -> tuple[Line, ...]:
    """The whole conversation as its buyer could read it, as text."""
    found: dict[int, EntryView] = {}
    after = 0
    while True:
        page = entries(conversation_id, after, audience="buyer", limit=PAGE)
        found |= {entry.seq: entry for entry in page}
        if sum(entry.seq > after for entry in page) < PAGE:
            return lines(found[seq] for seq in sorted(found))
        after = page[-1].seq


def said_to_buyer(conversation_id: int, after: int) -> tuple[Line, ...]:
    """What staff and assistant told the buyer after an entry: words, and the names of the cards."""
    fresh = (entry for entry in entries(conversation_id, after, audience="buyer") if entry.seq > after)
    return lines(entry for entry in fresh if _is_told(entry))


def lines(shown: Iterable[EntryView]) -> tuple[Line, ...]:
    """Entries as text. Whatever is not for the buyer is left out again here: nothing private leaves by mail."""
    return tuple(Line(entry.at, _author(entry), _text(entry)) for entry in shown if entry.visibility == "all")


def _is_told(entry: EntryView) -> bool:
    if entry.card == "file":
        return entry.body.get("by_kind") == "analyst"
    return entry.kind == "card" or (entry.kind == "text" and entry.author_kind in ("analyst", "assistant"))


def _author(entry: EntryView) -> str:
    match entry.author_kind:
        case "buyer":
            return _("Tú")
        case "analyst" | "assistant" if entry.kind == "text":
            return entry.author_name
        case _:
            return ""


def _text(entry: EntryView) -> str:
    if entry.kind != "card":
        return mask_personal(entry.text)
    said = [_(entry.title) or _("Aviso")]
    said += [str(entry.body[name]) for name in ("number", "receipt_number") if entry.body.get(name)]
    if entry.card == "file":
        said += [mask_personal(str(entry.body["filename"]))]
    if entry.card in AFTER_MONEY:
        return " · ".join([*said, mask_personal(str(entry.body["text"]))])
    amount = entry.body.get("amount")
    if isinstance(amount, Money):
        said.append(f"{amount} MXN")
    account = str(entry.body.get("clabe", ""))
    if account:
        said.append(_("CLABE que termina en %(digits)s") % {"digits": account[-4:]})
    if entry.closed_as in _ENDS:
        said.append(_(_ENDS[entry.closed_as]))
    return " · ".join(said)


def _mark(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is drawn."""
    return text


_ENDS: Final = {
    "accepted": _mark("aceptada"),
    "corrected": _mark("con corrección"),
    "replaced": _mark("reemplazada"),
    "received": _mark("recibida"),
    "refused": _mark("no aceptada"),
    "sent_back": _mark("enviada"),
}
