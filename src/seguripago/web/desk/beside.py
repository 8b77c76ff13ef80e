"""Beside the order: its deposits and those in doubt, the buyer's history, what the checks would say now, a paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import Member
from seguripago.journey.assistance.queries import DeskPanel
from seguripago.journey.claims.queries import claim_of
from seguripago.journey.evidence.queries import EvidenceView
from seguripago.journey.orders.beside import buyer_history, findings_now
from seguripago.journey.payments.queries import kept_of
from seguripago.journey.reconciliation.queries.of_order import candidates_for_order, deposits_of_payment
from seguripago.journey.refunds.queries import refunds_of
from seguripago.journey.refunds.rules import RefundReason

DECIDERS: Final = ("payments", "supervisor")
"""Whom the monitor lets in."""
OFFICE: Final = ("owner", "supervisor")
"""Whom the office lets in."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of a paper beside what was expected; `agrees` is None where there is nothing to compare.

    `is_sure`: it was read for certain; what was not speaks against nobody.
    """

    label: str
    expected: str
    said: str
    agrees: bool | None
    is_sure: bool = True


def beside_context(panel: DeskPanel, member: Member, *, at: datetime) -> dict[str, Any]:
    """What the order panel shows besides the order itself."""
    order, payment = panel.order, panel.payment
    if order is None:
        return {}
    history = buyer_history(order.id)
    now = {finding.item: finding for finding in findings_now(order.id, at)} if order.paid_at is None else {}
    refunds = refunds_of(order.id) if payment is not None else ()
    return {
        "papers": tuple((each, panel.verdicts.get(each.id)) for each in panel.evidence),
        "deposits": deposits_of_payment(payment.id) if payment is not None else (),
        "candidates": candidates_for_order(order.store_id, order.number, payment.id if payment is not None else None),
        "claim": claim_of(order.id) if order.paid_at is not None else None,
        "refunds": refunds,
        "unsent": tuple(each for each in refunds if each.reason is RefundReason.UNSENT),
        "may_decide": member.role in DECIDERS,
        "may_open_office": member.role in OFFICE,
        "history": history,
        "history_paid": kept_of(history.order_ids),
        # A check whose answer would be another one now; an address is left out: it is masked here, and cannot change.
        "changed": {
            str(check.item): now[check.item].says
            for check in order.checks
            if check.item in now
            and str(check.item) not in ("data", "addresses")
            and now[check.item].says[:240] != check.says
        },
    }


def compared(panel: DeskPanel, paper: EvidenceView) -> tuple[Compared, ...]:
    """What the paper says beside what was expected; only what is expected of one that nobody has read yet."""
    verdict = panel.verdicts.get(paper.id)
    if verdict is not None:
        return tuple(Compared(each.label, each.expected, each.said, each.ok, each.is_sure) for each in verdict.compared)
    order, payment = panel.order, panel.payment
    if order is None:
        return ()
    details = payment.instructions if payment is not None else None
    return (
        Compared(_("Monto"), str(payment.amount if payment is not None else order.total), "", None),
        Compared("CLABE", details.clabe_pretty if details else "", "", None),
        Compared(_("Concepto"), details.concept if details else "", "", None),
        Compared(_("Beneficiario"), details.beneficiary if details else "", "", None),
    )
