"""The confirmation of an order: six checks, the buyer's yes, or a correction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.catalogue.queries import products_by_id
from seguripago.values.actor import Actor
from seguripago.values.address import Address
from seguripago.values.refusal import Refusal
from seguripago.values.safe_text import mask_secrets
from seguripago.values.steps import CheckItem

from ..facts import ChecksConfirmed, ChecksTicked, ConfirmationAccepted, CorrectionAsked, OrderChecked, OrderCorrected
from ..models import Check, Order, OrderLine, PreInvoice
from ..reading import views_of
from ..rules import (
    DetailsRefused,
    Kind,
    Live,
    LiveProduct,
    State,
    Verb,
    evaluate,
    faults_in,
    faults_of,
    move,
    promised_dates,
)
from ..rules.checks import TOUCHED_BY_CORRECTIONS, CheckFailed, ChecksMissing, Finding, may_confirm
from ..rules.states import allows
from ..sending import sending_of
from ..shapes import Billing, Buyer
from .locking import announce, locked_row
from .place import pre_invoice_body, search_text


class NothingAsked(Refusal):
    """A correction needs words: what is wrong."""

    code: ClassVar[str] = "SP-120"


def prefill_checks(order_id: int, *, at: datetime) -> None:
    """Evaluate the six checks from live data and keep their evidence.

    A check that finds something else than what was confirmed is unticked. Does nothing once the buyer has accepted or
    the order has ended.
    """
    with transaction.atomic():
        row = locked_row(order_id)
        if not allows(row.state, Verb.CHECK):
            return
        _, news = _evaluate(row, at)
        if news:
            announce(row, OrderChecked, "order.checked", by=Actor.system(), at=at, said=news)


def confirm_checks(
    order_id: int, items: Collection[CheckItem], *, by: Actor, at: datetime, by_name: bool | None = None
) -> None:
    """Confirm the named checks in somebody's name; announces ChecksConfirmed when all six are.

    Checks that found a doubt stay open, unless staff confirms them `by_name`: left out, that is what naming a single
    item means. Raises CheckFailed for a single item that nobody may confirm as it is, WrongState.
    """
    wanted = {CheckItem(item) for item in items}
    is_by_name = by_name if by_name is not None else by.kind == "staff" and len(wanted) == 1
    with transaction.atomic():
        row = locked_row(order_id)
        move(row.state, Verb.CHECK)
        # Confirmed is only what was looked at: the evidence is taken again under the lock.
        found, news = _evaluate(row, at)
        findings = {finding.item: finding for finding in found}
        open_now = set(Check.objects.filter(order=row, confirmed_at=None).values_list("item", flat=True))
        chosen = [item for item in CheckItem if item in wanted and item in open_now]
        good = [
            item
            for item in chosen
            if may_confirm(findings[item].ok, item, by=by, by_name=is_by_name, correction=row.correction)
        ]
        if not good:
            if len(wanted) == 1 and chosen:
                raise CheckFailed(chosen[0], findings[chosen[0]].says)
            if news:
                announce(row, OrderChecked, "order.checked", by=by, at=at, said=news)
            return
        Check.objects.filter(order=row, item__in=good).update(confirmed_by=by.name[:120] or by.kind, confirmed_at=at)
        said = {item.value: findings[item].says for item in good}
        if open_now == set(good):
            announce(row, ChecksConfirmed, "order.checks_confirmed", by=by, at=at, said=said)
        else:
            announce(row, ChecksTicked, "order.checks_ticked", by=by, at=at, said=said)


def accept_confirmation(order_id: int, *, by: Actor, at: datetime) -> None:
    """Keep the buyer's yes: the order is verified. A second yes changes nothing. Raises ChecksMissing, WrongState."""
    with transaction.atomic():
        row = locked_row(order_id)
        if row.state == State.VERIFIED:
            return
        following = move(row.state, Verb.ACCEPT)
        confirmed = set(Check.objects.filter(order=row, confirmed_at__isnull=False).values_list("item", flat=True))
        missing = [item for item in CheckItem if item not in confirmed]
        if missing:
            raise ChecksMissing(missing)
        row.state, row.accepted_at, row.correction = following.value, at, ""
        row.save(update_fields=["state", "accepted_at", "correction"])
        announce(row, ConfirmationAccepted, "order.accepted", by=by, at=at)


def ask_correction(order_id: int, text: str, *, by: Actor, at: datetime) -> None:
    """Keep what the buyer says is wrong and untick data and addresses. Raises NothingAsked, WrongState."""
    said = mask_secrets(text)[:2000]
    if not said:
        raise NothingAsked
    with transaction.atomic():
        row = locked_row(order_id)
        move(row.state, Verb.CORRECT)
        row.correction = said
        row.save(update_fields=["correction"])
        _untick(row)
        announce(row, CorrectionAsked, "order.correction_asked", by=by, at=at, said={"text": row.correction})


def correct_details(
    order_id: int, buyer: Buyer, billing: Billing, shipping: Address, *, by: Actor, at: datetime
) -> None:
    """Change who buys, who is billed and where it goes; makes the next version of the PRE-FACTURA.

    Data and addresses are to be confirmed again. Raises DetailsRefused, WrongState.
    """
    with transaction.atomic():
        row = locked_row(order_id)
        is_quick = row.kind == Kind.QUICK
        faults = faults_of(buyer, billing) if is_quick else faults_in(buyer, billing, shipping)
        if faults:
            raise DetailsRefused(faults)
        move(row.state, Verb.CORRECT)
        before = {
            "buyer": Buyer(row.buyer_name, row.buyer_email, row.buyer_phone).to_json(),
            "billing": row.billing,
            "shipping": row.shipping,
        }
        row.buyer_name, row.buyer_email, row.buyer_phone = buyer.name.strip(), buyer.email.strip(), buyer.phone.strip()
        row.billing, row.shipping = billing.to_json(), shipping.to_json()
        concept = _concept_of(row) if is_quick else ""
        row.search = search_text(row.number, name=buyer.name, email=buyer.email, phone=buyer.phone, concept=concept)
        row.pre_invoice_version += 1
        row.correction = ""
        row.save(
            update_fields=[
                "buyer_name",
                "buyer_email",
                "buyer_phone",
                "billing",
                "shipping",
                "search",
                "pre_invoice_version",
                "correction",
            ]
        )
        body = pre_invoice_body(store_by_id(row.store_id), buyer=buyer, billing=billing, shipping=shipping)
        PreInvoice.objects.create(order=row, version=row.pre_invoice_version, body=body, issued_at=at)
        _untick(row)
        if Check.objects.filter(order=row).exists():
            _evaluate(row, at)
        # The values themselves are in the versions of the PRE-FACTURA: the audit is for ever and names only the parts.
        changed = [part for part, was in before.items() if was != body[part]]
        said = {"changed": changed, "version": row.pre_invoice_version}
        announce(row, OrderCorrected, "order.corrected", by=by, at=at, said=said)


def _evaluate(row: Order, at: datetime) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """Keep what the six checks find now; answers the findings, and by item what was not known before."""
    [view] = views_of([row])
    cards = products_by_id(row.store_id, [line.product_id for line in view.lines if line.product_id])
    products = {pk: LiveProduct(card.available, card.is_listed, card.price) for pk, card in cards.items()}
    sending = sending_of(store_by_id(row.store_id))
    findings = evaluate(view, Live(products, at, sending))
    known = {check.item: check for check in Check.objects.filter(order=row)}
    news: dict[str, str] = {}
    for finding in findings:
        check = known.get(finding.item)
        is_same = check is not None and (check.ok, check.says, check.detail) == (
            finding.ok,
            finding.says[:240],
            finding.detail,
        )
        if not is_same:
            news[finding.item.value] = finding.says
            Check.objects.update_or_create(
                order=row,
                item=finding.item.value,
                defaults={
                    "ok": finding.ok,
                    "says": finding.says[:240],
                    "detail": finding.detail,
                    "checked_at": at,
                    "confirmed_by": "",
                    "confirmed_at": None,
                },
            )
    if view.is_quick:
        return findings, news
    leads = [(line.lead_days_min, line.lead_days_max) for line in view.lines]
    promised = promised_dates(leads, at, sending=sending, destination=view.shipping.postal_code)
    if promised != (row.promised_from, row.promised_to):
        row.promised_from, row.promised_to = promised
        row.save(update_fields=["promised_from", "promised_to"])
    return findings, news


def _concept_of(row: Order) -> str:
    return " ".join(OrderLine.objects.filter(order=row).values_list("name", flat=True))


def _untick(row: Order) -> None:
    Check.objects.filter(order=row, item__in=TOUCHED_BY_CORRECTIONS).update(confirmed_by="", confirmed_at=None)
