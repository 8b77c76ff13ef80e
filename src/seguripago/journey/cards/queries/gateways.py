"""What screens read of a store's gateways. Nothing here opens a seal, but for what the buyer's page may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from seguripago.foundations.stores import keyring
from seguripago.foundations.stores.queries import store_by_id
from seguripago.ports.card_gateways import HOOK_CODE, ClientConfig, Need
from seguripago.values.money import Money

from ..accounts import account, active_gateway, gateway, gateways, only_plays, owner
from ..models import GatewayEvent, StoreGateway
from ..rules.charges import months_for


@dataclass(frozen=True, slots=True)
class CardOffer:
    """How this store takes cards now. `months` are the months without interest for the amount asked about."""

    gateway: str
    title: str
    config: ClientConfig
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GatewayCard:
    """A gateway of the folder as this store has set it up: never a secret."""

    slug: str
    title: str
    plays: bool
    has_months: bool
    has_hook_code: bool
    needs: tuple[Need, ...]
    given: tuple[str, ...]
    shown: Mapping[str, str]
    months: Mapping[int, Money]
    is_active: bool
    previous_until: datetime | None
    tested_at: datetime | None
    test_said: str
    changed_at: datetime | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the required values that are not set."""
        return tuple(need.name for need in self.needs if need.is_required and need.name not in self.given)

    @property
    def is_ready(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class HookCode:
    """What a gateway wants typed into its own panel before it sends notices to our address."""

    code: str
    at: datetime


def hook_code(store_id: int, slug: str) -> HookCode | None:
    """The newest code that came for this store's address, signed as its notices are; None: none came."""
    codes = GatewayEvent.objects.filter(store_id=store_id, gateway=slug, type__startswith=HOOK_CODE)
    found = codes.order_by("-received_at").values_list("type", "received_at").first()
    return HookCode(found[0].removeprefix(HOOK_CODE), found[1]) if found else None


def gateway_of(store_id: int) -> str:
    """The slug of the gateway that takes the store's new charges; empty: it takes no cards."""
    return active_gateway(store_id)


def card_offer(store_id: int, amount: Money) -> CardOffer | None:
    """What the buyer's page needs to take a card for this amount; None where the store takes none."""
    slug = active_gateway(store_id)
    if not slug:
        return None
    found = gateway(slug)
    months: tuple[int, ...] = ()
    if "msi" in found.capabilities:
        row = StoreGateway.objects.filter(store_id=store_id, gateway=slug).first()
        months = months_for(amount, plan_of(row)) if row else ()
    return CardOffer(slug, found.title, found.client_config(account(store_id, slug)), months)


def client_config_of(store_id: int, slug: str) -> ClientConfig:
    """What the page needs to go on with a charge at the gateway that it was opened at."""
    return gateway(slug).client_config(account(store_id, slug))


def gateway_cards(store_id: int) -> tuple[GatewayCard, ...]:
    """Every gateway that may be used here, by title, with what this store has set."""
    rows = {row.gateway: row for row in StoreGateway.objects.filter(store_id=store_id)}
    active = active_gateway(store_id)
    return tuple(
        GatewayCard(
            slug=slug,
            title=each.title,
            plays=only_plays(each),
            has_months="msi" in each.capabilities,
            has_hook_code="hook_code" in each.capabilities,
            needs=each.needs,
            given=tuple(row.given) if row else (),
            shown=dict(row.shown) if row else {},
            months=plan_of(row) if row else {},
            is_active=slug == active,
            previous_until=row.previous_until if row else None,
            tested_at=row.tested_at if row else None,
            test_said=row.test_said if row else "",
            changed_at=row.changed_at if row else None,
        )
        for slug, each in sorted(gateways().items(), key=lambda pair: pair[1].title)
        for row in (rows.get(slug),)
    )


def plan_of(row: StoreGateway) -> dict[int, Money]:
    """The months that the store offers, and from which amount on."""
    return {int(count): Money(centavos) for count, centavos in row.months.items()}


def gateway_seals() -> tuple[int, int, int]:
    """How many accounts are sealed, how many by another main key than the current one, and how many nobody opens."""
    rows = list(StoreGateway.objects.values_list("sealed", "store_id", "gateway"))
    slugs = {store_id: store_by_id(store_id).slug for store_id in {row[1] for row in rows}}
    old = sum(not keyring.is_current(sealed) for sealed, _, _ in rows)
    shut = sum(
        not keyring.opens(sealed, belongs_to=owner(slugs[store_id], gateway)) for sealed, store_id, gateway in rows
    )
    return len(rows), old, shut
