"""What the card form draws. Nothing of a card is here: not a number, not a name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from seguripago.ports.card_gateways import ClientConfig
from seguripago.values.money import Money
from seguripago.web.components.templatetags.sp import money

LONGEST_TOKEN: Final = 4_000
_COUNTS: Final = tuple(str(count) for count in range(1, 49))


@dataclass(frozen=True, slots=True)
class Months:
    """One choice of months: how many, and how the list says it."""

    count: int
    says: str


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A card that was typed already, on a page that came back for another reason: it is not asked for again."""

    token: str
    device_session_id: str
    label: str
    months: int


@dataclass(frozen=True, slots=True)
class CardForm:
    """A card form, ready to draw. `declined` says why the last try did not pass; `waiting` is a `card_answer`,
    and `status` its address."""

    action: str
    key: str
    amount: Money
    tokeniser: str
    has_page: bool
    script_urls: tuple[str, ...]
    config: str
    months: tuple[Months, ...] = ()
    declined: str = ""
    can_try: bool = True
    waiting: str = ""
    status: str = ""
    kept: KeptCard | None = None
    test_cards_url: str = ""

    @property
    def script(self) -> str:
        """The script that speaks with this gateway, as a static file."""
        return f"card_form/card_{self.tokeniser}.js"


def card_form(
    config: ClientConfig,
    *,
    action: str,
    key: str,
    amount: Money,
    months: Sequence[int] = (),
    declined: str = "",
    can_try: bool = True,
    waiting: Mapping[str, Any] | None = None,
    kept: KeptCard | None = None,
) -> CardForm:
    """Gather a form for this amount. `months` are what store and gateway offer beside a single payment."""
    said = {
        "public_key": config.public_key,
        "origins": sorted({origin for origins in config.csp_origins.values() for origin in origins}),
        "fields_url": config.fields_url,
        "locale": "en" if (get_language() or "").startswith("en") else "es",
        "amount": amount.plain,
        "currency": amount.currency,
    }
    return CardForm(
        action=action,
        key=key,
        amount=amount,
        tokeniser=config.tokeniser,
        has_page=config.has_page,
        script_urls=config.script_urls,
        config=json.dumps(said),
        months=tuple(Months(count, _months_words(count, amount)) for count in sorted(set(months)) if count > 1),
        declined=declined,
        can_try=can_try,
        waiting=json.dumps(waiting) if waiting else "",
        status=str(waiting["status"]) if waiting else "",
        kept=kept,
        test_cards_url=config.test_cards_url,
    )


def kept_card(typed: Mapping[str, str]) -> KeptCard | None:
    """What the checkout's form carried of a card, for the page to carry it again."""
    token, device = typed.get("token", ""), typed.get("device_session_id", "")
    if not token or len(token) > LONGEST_TOKEN or len(device) > LONGEST_TOKEN:
        return None
    months = typed.get("installments", "1")
    found = re.fullmatch(r"[A-Za-z ]{1,20} •{4} [0-9]{4}", typed.get("card_label", ""))
    return KeptCard(token, device, found[0] if found else "", int(months) if months in _COUNTS else 1)


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the form's script asks; a plain form is answered by a redirect."""
    return "application/json" in request.headers.get("Accept", "")


def _months_words(count: int, amount: Money) -> str:
    each = Money(-(-amount.centavos // count), amount.currency)
    if each * count == amount:
        return _("%(n)s meses de %(each)s") % {"n": count, "each": money(each)}
    return _("%(n)s meses de unos %(each)s") % {"n": count, "each": money(each)}
