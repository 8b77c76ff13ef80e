"""What everyone may know of a store."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from seguripago.values import clabe
from seguripago.values.money import Money

from . import keyring, rules
from .feed_settings import FeedCard, FeedSettings, owner, unseal
from .models import AccountPrefix, PrefixDay, Store, StoreFeed, StoreSite


@dataclass(frozen=True, slots=True)
class StoreView:
    id: int
    slug: str
    name: str
    legal_name: str
    rfc: str
    tax_regime: str
    email: str
    phone: str
    street_address: str
    postal_code: str
    claims_email: str
    hook_key: str
    accepts_unsigned_notices: bool
    transfer_hours: int
    watch_days: int
    ship_days: int
    deliver_days: int
    inspection_days: int
    chat_months: int
    shipping: Money
    free_shipping_from: Money
    guarantee_mode: str
    guarantee_partner: str
    is_demo: bool
    public_key: str
    assistant_is_on: bool
    cutoff_hour: int
    near_days: int
    national_days: int
    remote_days: int
    arrival_days: int
    remind_days: int
    answer_days: int
    accept_days: int
    send_back_days: int
    replace_days: int
    decide_days: int
    appeal_days: int
    refund_days: int
    refund_account_days: int
    refund_bank_days: int


@dataclass(frozen=True, slots=True)
class PrefixView:
    institution: str
    bank_label: str
    prefix: str
    next_number: int
    is_active: bool


def store(slug: str) -> StoreView | None:
    return _view(Store.objects.filter(slug=slug).first())


def store_by_id(store_id: int) -> StoreView:
    """Raises Store.DoesNotExist for an id that was never a store's."""
    found = _view(Store.objects.get(pk=store_id))
    assert found is not None
    return found


def chat_months() -> dict[int, int]:
    """How many months each store keeps its conversations."""
    return dict(Store.objects.order_by("pk").values_list("pk", "chat_months"))


def store_by_hook_key(hook_key: str) -> StoreView | None:
    return _view(Store.objects.filter(hook_key=hook_key).first())


def stores_all() -> tuple[StoreView, ...]:
    return tuple(view for row in Store.objects.order_by("pk") if (view := _view(row)) is not None)


def store_and_sites(slug: str) -> tuple[StoreView, tuple[str, ...]] | None:
    """A store and the sites that may embed its assistant, in one query: every page of the frame asks this."""
    of_it = StoreSite.objects.filter(store_id=OuterRef("pk")).order_by("origin").values("origin")
    row = Store.objects.filter(slug=slug).annotate(origins=ArraySubquery(of_it)).first()
    view = _view(row)
    return None if row is None or view is None else (view, tuple(row.origins))


def sites(store_id: int) -> tuple[str, ...]:
    """The origins of the sites that may embed the store's assistant, in the order of the alphabet."""
    return tuple(StoreSite.objects.filter(store_id=store_id).order_by("origin").values_list("origin", flat=True))


def feed_settings(store_id: int) -> dict[str, FeedSettings]:
    """The settings of the store's bank feeds by slug, decrypted: for the hook and for whoever asks a provider."""
    found: dict[str, FeedSettings] = {}
    for row in StoreFeed.objects.filter(store_id=store_id).select_related("store"):
        inside = unseal(row.sealed, slug=row.store.slug, feed=row.feed)
        found[row.feed] = FeedSettings(inside.secrets, tuple(row.allowed_addresses), inside.credentials)
    return found


def feed_secrets(store_id: int) -> dict[str, str]:
    """The current secret of each of the store's bank feeds, decrypted."""
    return {feed: settings.secrets[0] for feed, settings in feed_settings(store_id).items() if settings.secrets}


def feed_cards(store_id: int) -> dict[str, FeedCard]:
    """What a screen may show of the store's feeds, by slug: nothing is decrypted."""
    return {
        row.feed: FeedCard(
            row.feed,
            row.has_secret,
            tuple(row.given),
            tuple(row.allowed_addresses),
            row.previous_until,
            row.changed_at,
        )
        for row in StoreFeed.objects.filter(store_id=store_id)
    }


def feeds_with_credentials() -> tuple[tuple[int, str], ...]:
    """Every (store, feed) whose provider can be asked."""
    rows = StoreFeed.objects.exclude(given=[]).order_by("store_id", "feed").values_list("store_id", "feed")
    return tuple(rows)


def seals() -> tuple[int, int]:
    """How many sealed secrets there are, and how many of them another main key than the current one sealed."""
    rows = [*Store.objects.values_list("signing_key", flat=True), *StoreFeed.objects.values_list("sealed", flat=True)]
    return len(rows), sum(not keyring.is_current(row) for row in rows)


def locked_out() -> int:
    """How many sealed secrets no main key of this process opens: the wrong key is set, or an earlier one is missing."""
    stores = Store.objects.values_list("signing_key", "slug").iterator()
    sealed = [(bytes(key), f"store:{slug}:signing") for key, slug in stores]
    feeds = StoreFeed.objects.values_list("sealed", "store__slug", "feed").iterator()
    sealed += [(bytes(one), owner(slug, feed)) for one, slug, feed in feeds]
    return sum(not keyring.opens(one, belongs_to=whose) for one, whose in sealed)


def prefixes(store_id: int) -> tuple[PrefixView, ...]:
    return tuple(
        PrefixView(row.institution, row.bank_label, row.prefix, row.next_number, row.is_active)
        for row in AccountPrefix.objects.filter(store_id=store_id).order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class PrefixRoom:
    """How many CLABEs a store can still give: `per_day` is what it gave lately, None where that is not known yet.

    `level`: ok, low, urgent or empty; `days_left` at the pace of the last two weeks.
    """

    left: int
    total: int
    per_day: int | None
    days_left: int | None
    level: str


def prefix_room(store_id: int) -> PrefixRoom:
    """How much room the store's active prefixes have, and for how long it lasts."""
    rows = list(AccountPrefix.objects.filter(store_id=store_id, is_active=True).order_by("pk"))
    total = sum(clabe.capacity(row.prefix) for row in rows)
    left = sum(max(clabe.capacity(row.prefix) - row.next_number, 0) for row in rows)
    days = list(PrefixDay.objects.filter(prefix__in=rows).order_by("day"))
    last = days[-1].day if days else None
    lately = [each for each in days if last is not None and (last - each.day).days <= rules.RATE_DAYS]
    first: dict[int, PrefixDay] = {}
    for each in lately:
        first.setdefault(each.prefix_id, each)
    span = (last - lately[0].day).days if last is not None and lately else 0
    per_day = None
    if span > 0:
        given = sum(row.next_number - first[row.pk].next_number for row in rows if row.pk in first)
        per_day = -(-given // span)
    days_left = left // per_day if per_day else None
    return PrefixRoom(left, total, per_day, days_left, rules.level_of(left, total, days_left))


def signed_by(store_view: StoreView, message: bytes, signature: bytes) -> bool:
    """Whether the store's key made the signature over exactly this message."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(store_view.public_key))
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _view(row: Store | None) -> StoreView | None:
    if row is None:
        return None
    return StoreView(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        legal_name=row.legal_name,
        rfc=row.rfc,
        tax_regime=row.tax_regime,
        email=row.email,
        phone=row.phone,
        street_address=row.street_address,
        postal_code=row.postal_code,
        claims_email=row.claims_email,
        hook_key=row.hook_key,
        accepts_unsigned_notices=row.accepts_unsigned_notices,
        transfer_hours=row.transfer_hours,
        watch_days=row.watch_days,
        ship_days=row.ship_days,
        deliver_days=row.deliver_days,
        inspection_days=row.inspection_days,
        chat_months=row.chat_months,
        shipping=Money(row.shipping_centavos),
        free_shipping_from=Money(row.free_shipping_from_centavos),
        guarantee_mode=row.guarantee_mode,
        guarantee_partner=row.guarantee_partner,
        is_demo=row.is_demo,
        public_key=row.public_key,
        assistant_is_on=row.assistant_is_on,
        cutoff_hour=row.cutoff_hour,
        near_days=row.near_days,
        national_days=row.national_days,
        remote_days=row.remote_days,
        arrival_days=row.arrival_days,
        remind_days=row.remind_days,
        answer_days=row.answer_days,
        accept_days=row.accept_days,
        send_back_days=row.send_back_days,
        replace_days=row.replace_days,
        decide_days=row.decide_days,
        appeal_days=row.appeal_days,
        refund_days=row.refund_days,
        refund_account_days=row.refund_account_days,
        refund_bank_days=row.refund_bank_days,
    )
