"""Open a store, give out CLABEs, change the clocks, sign in the store's name."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.db import transaction
from django.db.models.functions import Now

from seguripago.foundations.audit.commands import record
from seguripago.values import clabe
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from . import keyring
from .feed_settings import Inside, seal
from .models import AccountPrefix, Store, StoreFeed
from .refusals import DaysNotPossible, MonthsNotPossible, PartnerNotNamed
from .rules import DAYS, GUARANTEE_MODES, LONGEST_PARTNER, MOST_CHAT_MONTHS, Prefix, prefix_to_use


class AccountsExhausted(Refusal):
    """Every CLABE under the store's prefixes has been given out."""

    code = "SP-501"


@dataclass(frozen=True, slots=True)
class Account:
    """A CLABE that was given out and the bank that keeps it."""

    clabe: str
    institution: str
    bank_label: str


@dataclass(frozen=True, slots=True)
class OpenStore:
    """What a new store needs. `feed_secrets`: by feed slug, e.g. {"sandbox": "whsec_…", "stp": "user:password"}."""

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
    signing_seed: bytes
    feed_secrets: dict[str, str] = field(default_factory=dict)
    prefixes: tuple[tuple[str, str, str], ...] = ()
    shipping_centavos: int = 14500
    free_shipping_from_centavos: int = 0
    is_demo: bool = False


def open_store(opening: OpenStore) -> int:
    """Open the store with its keys and account prefixes (institution, bank label, digits); returns its id.

    A store that is open already stays as it is.
    """
    known = Store.objects.filter(slug=opening.slug).values_list("pk", flat=True).first()
    if known is not None:
        return known
    key = Ed25519PrivateKey.from_private_bytes(opening.signing_seed)
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    with transaction.atomic():
        store = Store.objects.create(
            slug=opening.slug,
            name=opening.name,
            legal_name=opening.legal_name,
            rfc=opening.rfc,
            tax_regime=opening.tax_regime,
            email=opening.email,
            phone=opening.phone,
            street_address=opening.street_address,
            postal_code=opening.postal_code,
            claims_email=opening.claims_email,
            hook_key=opening.hook_key,
            shipping_centavos=opening.shipping_centavos,
            free_shipping_from_centavos=opening.free_shipping_from_centavos,
            is_demo=opening.is_demo,
            signing_key=keyring.seal(private, belongs_to=f"store:{opening.slug}:signing"),
            public_key=base64.b64encode(public).decode(),
        )
        AccountPrefix.objects.bulk_create(
            AccountPrefix(store=store, institution=institution, bank_label=label, prefix=prefix)
            for institution, label, prefix in opening.prefixes
        )
        StoreFeed.objects.bulk_create(
            StoreFeed(
                store=store,
                feed=feed,
                sealed=seal(Inside((secret,)), slug=opening.slug, feed=feed),
                has_secret=True,
                changed_at=Now(),
            )
            for feed, secret in opening.feed_secrets.items()
        )
    return store.pk


def assign_clabe(store_id: int) -> Account:
    """Give out the next CLABE of the store, never to be given again. Raises AccountsExhausted."""
    with transaction.atomic():
        rows = AccountPrefix.objects.select_for_update().filter(store_id=store_id, is_active=True).order_by("pk")
        prefixes = [Prefix(row.pk, row.institution, row.bank_label, row.prefix, row.next_number) for row in rows]
        chosen = prefix_to_use(prefixes)
        if chosen is None:
            raise AccountsExhausted
        AccountPrefix.objects.filter(pk=chosen.id).update(next_number=chosen.next_number + 1)
    return Account(clabe.build(chosen.prefix, chosen.next_number), chosen.institution, chosen.bank_label)


def change_clocks(
    store_id: int, *, transfer_hours: int, watch_days: int, ship_days: int, deliver_days: int, inspection_days: int
) -> None:
    """Set the store's clocks; what already runs keeps the clock it started with."""
    Store.objects.filter(pk=store_id).update(
        transfer_hours=transfer_hours,
        watch_days=watch_days,
        ship_days=ship_days,
        deliver_days=deliver_days,
        inspection_days=inspection_days,
    )


def change_days(store_id: int, days: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """Set times of guarantee and claims (names and bounds: rules.DAYS); what already runs keeps its own.

    Raises DaysNotPossible.
    """
    for name, value in days.items():
        least, most = DAYS[name]
        if not least <= value <= most:
            raise DaysNotPossible(name, least, most)
    with transaction.atomic():
        store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
        changed = {name: value for name, value in days.items() if getattr(store, name) != value}
        if not changed:
            return
        said = {name: {"from": getattr(store, name), "to": value} for name, value in sorted(changed.items())}
        Store.objects.filter(pk=store_id).update(**changed)
        record(store_id, by, "store.days_changed", f"store:{store_id}", said, at=at)


def keep_chats_for(store_id: int, months: int, *, by: Actor, at: datetime) -> None:
    """Set for how many months conversations are kept after their last word. Raises MonthsNotPossible.

    Also what was said before is forgotten by it: buyers were promised two years at most.
    """
    if not 1 <= months <= MOST_CHAT_MONTHS:
        raise MonthsNotPossible(str(months))
    with transaction.atomic():
        store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
        if store.chat_months == months:
            return
        said = {"from": store.chat_months, "to": months}
        Store.objects.filter(pk=store_id).update(chat_months=months)
        record(store_id, by, "store.chat_months_changed", f"store:{store_id}", said, at=at)


def set_guarantee_mode(store_id: int, mode: str, partner: str, *, by: Actor, at: datetime) -> None:
    """Say whose obligation the guarantee is: the store's alone, or with an authorised institution that is named.

    Raises PartnerNotNamed.
    """
    named = " ".join(partner.split())
    is_partner = mode == "licensed_partner"
    if mode not in GUARANTEE_MODES or is_partner != bool(named) or len(named) > LONGEST_PARTNER:
        raise PartnerNotNamed(mode)
    with transaction.atomic():
        store = Store.objects.select_for_update(no_key=True).get(pk=store_id)
        was = {"mode": store.guarantee_mode, "partner": store.guarantee_partner}
        said = {"mode": mode, "partner": named}
        if was == said:
            return
        Store.objects.filter(pk=store_id).update(guarantee_mode=mode, guarantee_partner=named)
        change = {"from": was, "to": said}
        record(store_id, by, "store.guarantee_mode_changed", f"store:{store_id}", change, at=at)


def accept_unsigned_notices(store_id: int, accepted: bool) -> None:
    """Count unsigned notices as money, or no longer. Only approvals.approve_policy calls it: two people decided."""
    Store.objects.filter(pk=store_id).update(accepts_unsigned_notices=accepted)


def sign(store_id: int, message: bytes) -> bytes:
    """The store's Ed25519 signature (64 bytes) over the message."""
    return sign_all(store_id, [message])[0]


def sign_all(store_id: int, messages: Sequence[bytes]) -> list[bytes]:
    """The store's signatures over each of the messages; its key is read once."""
    store = Store.objects.only("slug", "signing_key").get(pk=store_id)
    private = keyring.unseal(store.signing_key, belongs_to=f"store:{store.slug}:signing")
    key = Ed25519PrivateKey.from_private_bytes(private)
    return [key.sign(message) for message in messages]
