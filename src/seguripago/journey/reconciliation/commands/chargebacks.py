"""What a cardholder's bank takes back is a case for a person; a refund that failed stops no parcel any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.journey.cards.facts import CardChargebackDecided, CardChargedBack, CardRefunded, CardRefundFailed
from seguripago.journey.payments.queries import is_refunded
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..models import Case
from ..rules import DEFAULTS, CaseKind
from ..rules.actions import CaseState
from .opening import open_once
from .reversals import let_shipping_go

AREA = Actor.system("Área de Medios de Pago")


def open_chargebacks(facts: Sequence[CardChargedBack], *, at: datetime) -> None:
    """Open a case for each time that a bank took the money of a charge."""
    cases = [_case(fact) for fact in facts]
    open_once(cases, {case.cause: fact.order_id for case, fact in zip(cases, facts, strict=True)}, at=at)


def note_decided(facts: Sequence[CardChargebackDecided], *, at: datetime) -> None:
    """Close the case of a chargeback that was won, and let its parcel go; one that was lost waits for a person.

    Where two people have closed that case already, what is left of a part that was lost may leave.
    """
    for fact in facts:
        with transaction.atomic():
            of_it = Case.objects.filter(cause__startswith=f"chargeback:{fact.chargeback_id}:")
            rows = list(of_it.exclude(state=CaseState.DONE.value).select_for_update(no_key=True).order_by("pk"))
            for row in rows:
                said = "El banco del tarjetahabiente nos dio la razón: el dinero volvió."
                if fact.state == "lost":
                    said = "El banco del tarjetahabiente decidió en contra: el dinero no vuelve."
                if said in row.reasons:
                    continue
                row.reasons = [*row.reasons, said]
                if fact.state == "won":
                    row.state = CaseState.DONE.value
                    record(row.store_id, AREA, "case.settled", f"case:{row.pk}", {"why": said}, at=at)
                row.save(update_fields=["reasons", "state"])
        # Of one that is lost in part the rest may leave, where its case was settled before the bank decided.
        _let_go([fact.payment_id], at=at)


def note_refunds(facts: Sequence[CardRefunded | CardRefundFailed], *, at: datetime) -> None:
    """A refund has an end: what it had stopped may leave, unless all of the money went back."""
    _let_go({fact.payment_id for fact in facts if not is_refunded(fact.order_id)}, at=at)


def _let_go(payment_ids: Collection[int], *, at: datetime) -> None:
    with transaction.atomic():
        let_shipping_go(payment_ids, at=at)


def _case(fact: CardChargedBack) -> Case:
    amount = Money(fact.centavos, fact.currency)
    return Case(
        store_id=fact.store_id,
        kind=CaseKind.CHARGEBACK.value,
        cause=f"chargeback:{fact.chargeback_id}:{fact.at:%Y%m%dT%H%M%S}",
        payment_id=fact.payment_id,
        amount_centavos=fact.centavos,
        currency=fact.currency,
        reasons=[
            f"El banco del tarjetahabiente tomó de vuelta {amount}: su cliente no reconoce el cargo, o reclama.",
            "Reúne la evidencia y súbela al panel de la pasarela antes de que venza el plazo.",
        ],
        opened_at=fact.at,
        due_at=fact.at + DEFAULTS[CaseKind.CHARGEBACK].within,
    )
