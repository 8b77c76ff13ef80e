"""The link that an order can be paid by now, beside its money, and where it is acted on by whoever may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.foundations.people.queries import Member
from seguripago.foundations.staffing.queries import DESK_ROLES
from seguripago.journey.assistance.queries.of_order import newest_talks
from seguripago.journey.payments.queries import LinkPage, newest_links
from seguripago.web.sharing import link_state, purpose_label

OFFICE: Final = ("owner", "supervisor")


@dataclass(frozen=True, slots=True)
class LiveLink:
    """A live link with its badge. `office_number` and `talk_id` name the pages that this reader may act on it in."""

    link: LinkPage
    state: str
    tone: str
    purpose: str
    office_number: str
    talk_id: int | None


def live_links(member: Member, orders: Mapping[int, str], *, at: datetime) -> dict[int, LiveLink]:
    """The live links of these orders (id and number), by order; at most two statements."""
    links = (
        {order_id: link for order_id, link in newest_links(orders, at=at).items() if link.is_valid} if orders else {}
    )
    talks = newest_talks(member.store_id, links) if links and member.role in DESK_ROLES else {}
    return {
        order_id: LiveLink(
            link,
            *link_state(link),
            purpose_label(link.purpose),
            orders[order_id] if member.role in OFFICE else "",
            talks.get(order_id),
        )
        for order_id, link in links.items()
    }
