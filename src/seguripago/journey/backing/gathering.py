"""What is filed about an order by now, asked of the rooms below."""

from __future__ import annotations

from seguripago.journey.cards.queries import paid_charges
from seguripago.journey.evidence.queries import evidence_of
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.receipts.queries import receipt_of
from seguripago.journey.reconciliation.queries.comprobantes import verdicts_of
from seguripago.journey.reconciliation.queries.of_order import deposits_of_payment

from .rules import Movement, Papers, Shown


def papers_of(order_id: int, payment_id: int) -> Papers:
    """Answer the papers of an order."""
    receipt, guarantee = receipt_of(order_id), guarantee_of(order_id)
    movements = tuple(
        Movement(deposit.id, deposit.tracking_key, deposit.amount.plain) for deposit in deposits_of_payment(payment_id)
    )
    paid_by = {movement.deposit_id for movement in movements}
    verdicts = verdicts_of(order_id)
    shown = tuple(
        Shown(
            paper.id,
            is_cep=paper.seal == "verified",
            agrees=paper.id in verdicts and verdicts[paper.id].backs and verdicts[paper.id].deposit_id in paid_by,
        )
        for paper in evidence_of(order_id)
    )
    vouchers = tuple(charge.id for charge in paid_charges([payment_id]).get(payment_id, ()))
    return Papers(
        receipt=receipt.number if receipt else "",
        certificate=guarantee.number if guarantee else "",
        shown=shown,
        movements=movements,
        vouchers=vouchers,
    )
