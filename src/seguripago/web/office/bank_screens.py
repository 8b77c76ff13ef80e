"""What the pages of the store's banks draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of
from seguripago.foundations.people.queries import Member
from seguripago.foundations.stores.feed_settings import FeedCard
from seguripago.foundations.stores.queries import feed_cards, store_by_id
from seguripago.journey.bank.queries import FeedHeard, PullView, feeds_heard, list_pulls
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import Asks, HookFeed, Need, only_plays


@dataclass(frozen=True, slots=True)
class FeedScreen:
    """A feed of the folder, as this store has set it up."""

    slug: str
    title: str
    takes_calls: bool
    signs: bool
    hook_address: str
    card: FeedCard | None
    needs: tuple[Need, ...]
    heard: FeedHeard | None
    pull: PullView | None

    @property
    def has_secret(self) -> bool:
        return self.card is not None and self.card.has_secret

    @property
    def missing(self) -> int:
        """How many required credentials are not set."""
        given = self.card.given if self.card else ()
        return sum(need.is_required and need.name not in given for need in self.needs)

    def is_test(self, values: Mapping[str, str]) -> bool:
        """Whether these credentials are of a test environment, and this installation is none."""
        feed = registry.adapters(bank_feeds.FAMILY).get(self.slug)
        return isinstance(feed, Asks) and feed.is_test(values) and not settings.SEGURIPAGO.demo

    @property
    def state(self) -> tuple[str, str]:
        """One word for the list, and its tone."""
        if self.heard is not None and self.heard.silent_since is not None:
            return _("En silencio"), "bad"
        if self.pull is not None and self.pull.trouble:
            return _("No contesta"), "warn"
        if not self.has_secret and (self.card is None or not self.card.given):
            return _("Sin usar"), ""
        if self.needs and self.missing:
            return _("Faltan credenciales"), "warn"
        return _("Listo"), "ok"


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """A proposal about the store's banks, and whether this person may decide it."""

    proposal: ProposalView
    may_approve: bool


def feed_screens(store_id: int, *, at: datetime) -> tuple[FeedScreen, ...]:
    """Every feed of the folder that calls us or can be asked, by title; the bank that plays only in the demo."""
    cards, hook_key = feed_cards(store_id), store_by_id(store_id).hook_key
    heard = {each.feed: each for each in feeds_heard(store_id, at=at)}
    pulls: dict[str, PullView] = {}
    for pull in list_pulls(store_id, limit=40):
        pulls.setdefault(pull.feed, pull)
    found = []
    for slug, feed in registry.adapters(bank_feeds.FAMILY).items():
        takes_calls, can_be_asked = isinstance(feed, HookFeed), isinstance(feed, Asks)
        if not (takes_calls or can_be_asked) or (only_plays(feed) and not settings.SEGURIPAGO.demo):
            continue
        found.append(
            FeedScreen(
                slug=slug,
                title=feed.title,
                takes_calls=takes_calls,
                signs=takes_calls and feed.signs,
                hook_address=f"{settings.SEGURIPAGO.base_url}/hooks/bank/{slug}/{hook_key}/",
                card=cards.get(slug),
                needs=tuple(feed.needs) if can_be_asked else (),
                heard=heard.get(slug),
                pull=pulls.get(slug),
            )
        )
    return tuple(sorted(found, key=lambda each: each.title))


def waiting(member: Member) -> tuple[WaitingProposal, ...]:
    """What was proposed about the store's banks and waits for a second person."""
    subjects = (f"store:{member.store_id}", f"store:{member.store_id}:prefix")
    found = open_proposals_of(member.store_id, subjects)
    return tuple(
        WaitingProposal(found[subject], member.user_id != found[subject].proposed_by_id)
        for subject in subjects
        if subject in found
    )
