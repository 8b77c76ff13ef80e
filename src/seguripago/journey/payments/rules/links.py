"""What a payment link asks for, and what it is worth when somebody comes with it. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from seguripago.values.money import Money

from .payments import SETTLED, State


class Purpose(StrEnum):
    """Why the link was made: the whole amount, a part before the rest, the rest, or a charge without a cart."""

    WHOLE = "whole"
    DEPOSIT = "deposit"
    REST = "rest"
    QUICK = "quick"


class LinkState(StrEnum):
    """What the row says; `opened` is an active link that somebody looked at."""

    ACTIVE = "active"
    OPENED = "opened"
    PAID = "paid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class LinkStanding(StrEnum):
    """What a link is worth now: the only five answers that anybody gets who comes with a genuine one."""

    VALID = "valid"
    PAID = "paid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class LinkEvent(StrEnum):
    OPEN = "open"
    REACH = "reach"
    EXPIRE = "expire"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"
    RETURN = "return"


LINK_LIVE: Final = frozenset({LinkState.ACTIVE, LinkState.OPENED})
LINK_MOVES: Final[dict[tuple[LinkState, LinkEvent], LinkState]] = {
    (LinkState.ACTIVE, LinkEvent.OPEN): LinkState.OPENED,
    **{(live, LinkEvent.REACH): LinkState.PAID for live in sorted(LINK_LIVE)},
    **{(live, LinkEvent.EXPIRE): LinkState.EXPIRED for live in sorted(LINK_LIVE)},
    **{(live, LinkEvent.REVOKE): LinkState.REVOKED for live in sorted(LINK_LIVE)},
    **{(live, LinkEvent.SUPERSEDE): LinkState.SUPERSEDED for live in sorted(LINK_LIVE)},
    # The bank took back the money that had paid it: it counts as never paid and takes nothing any more.
    (LinkState.PAID, LinkEvent.RETURN): LinkState.REVOKED,
}
_ENDED: Final = {
    LinkState.PAID: LinkStanding.PAID,
    LinkState.EXPIRED: LinkStanding.EXPIRED,
    LinkState.SUPERSEDED: LinkStanding.SUPERSEDED,
}
_PAID_ORDER: Final = frozenset({"paid", "preparing", "shipped", "delivered", "closed"})


class NoSuchAsk(Exception):
    """A link cannot ask for that: the deposit is nothing or not less than what is missing, or nothing is missing."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`amount` is what the link asks for, to the centavo; `target` what the payment has received when it is paid."""

    purpose: Purpose
    amount: Money
    target: Money


def ask(purpose: Purpose, *, whole: Money, received: Money, deposit: Money | None = None) -> Ask:
    """Say what a new link asks for. Only a deposit names its own amount; all others ask for what is missing.

    What is asked for as the whole when a part is there already is the rest. Raises NoSuchAsk.
    """
    missing = whole - received
    if missing.centavos <= 0:
        raise NoSuchAsk
    if purpose is Purpose.DEPOSIT:
        if deposit is None or deposit.currency != whole.currency or not 0 < deposit.centavos < missing.centavos:
            raise NoSuchAsk
        return Ask(purpose, deposit, received + deposit)
    if deposit is not None and deposit != missing:
        raise NoSuchAsk
    if received and purpose is Purpose.WHOLE:
        purpose = Purpose.REST
    elif not received and purpose is Purpose.REST:
        purpose = Purpose.WHOLE
    return Ask(purpose, missing, whole)


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What a link's worth is decided by: its own row, and its payment and order as they are now."""

    state: LinkState
    expires_at: datetime
    made_for_version: int
    amount_centavos: int
    target_centavos: int
    payment_state: State
    received_centavos: int
    order_state: str
    order_version: int


def link_standing(link: LinkFacts, *, at: datetime) -> LinkStanding:
    """Decide what the link is worth. The row's own end counts first; what nobody has told the row yet, after it.

    A withdrawn link stays withdrawn whatever is paid; whoever holds another link of a paid order hears that.
    """
    if link.state is LinkState.REVOKED:
        return LinkStanding.REVOKED
    if link.order_state in _PAID_ORDER or link.payment_state in SETTLED:
        return LinkStanding.PAID
    if link.state in _ENDED:
        return _ENDED[link.state]
    if link.order_state == "cancelled" or link.payment_state is State.CANCELLED:
        return LinkStanding.REVOKED
    if link.received_centavos >= link.target_centavos:
        return LinkStanding.PAID
    if link.order_version != link.made_for_version:
        return LinkStanding.SUPERSEDED
    if link.received_centavos < link.target_centavos - link.amount_centavos:
        # The bank took back what was there before it: its amount is no longer the one that is missing.
        return LinkStanding.SUPERSEDED
    if link.expires_at <= at or link.order_state == "expired" or link.payment_state is State.EXPIRED:
        return LinkStanding.EXPIRED
    return LinkStanding.VALID


def next_handle(handle: str, why: str) -> str:
    """Give the handle of the link that follows by itself from another one: nobody guesses it who cannot guess that."""
    digest = hashlib.sha256(f"seguripago link\x1f{handle}\x1f{why}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


_FETCHERS: Final = re.compile(
    r"whatsapp|telegram|facebookexternalhit|slackbot|discordbot|twitterbot|linkedinbot|skypeuripreview|bingpreview"
    r"|googleimageproxy|outlook|safelinks|proofpoint|mimecast|barracuda",
    re.IGNORECASE,
)
_ROBOTS: Final = re.compile(r"bot\b|crawl|spider|curl|wget|python|httpx|go-http|java/|okhttp|headless", re.IGNORECASE)
_PHONES: Final = re.compile(r"mobile|android|iphone|ipad", re.IGNORECASE)


def agent_kind(user_agent: str) -> str:
    """Bring what a browser calls itself to one of five kinds; the words themselves are kept nowhere."""
    said = user_agent[:400]
    if not said.strip():
        return "unknown"
    if _FETCHERS.search(said):
        return "preview"
    if _ROBOTS.search(said):
        return "robot"
    return "phone" if _PHONES.search(said) else "computer"
