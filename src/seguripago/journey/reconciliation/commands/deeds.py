"""Do what was decided about a case, in the transaction of the decision, under the locks that it took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Max

from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account as LedgerAccount
from seguripago.journey.bank.queries import DepositView, deposits
from seguripago.journey.cards.commands import open_refund
from seguripago.journey.cards.commands.apart import take_apart
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.commands import Settlement, confirm_payments, extend_clock, give_up_part, take_up
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import CaseDecided, RestAsked, ReturnApproved
from ..holdings import charge_of
from ..models import Allocation, Case, CasePart, ReturnInstruction
from ..rules import DEFAULTS, CaseKind
from ..rules.actions import CaseCannot, CaseEvent, Source, move_case
from ..rules.plans import Pay, Plan, Return, first_parts, left_after
from .returning import fact_of
from .reversals import let_shipping_go, settle_reversals

STOPPING: Final = frozenset({CaseKind.REVERSED, CaseKind.CONTRADICTION, CaseKind.CHARGEBACK})


def carry_out(case: Case, plan: Plan, *, proposal_id: int, asked_at: datetime, by: Actor, at: datetime) -> None:
    """Do the plan: revive, allocate, confirm, extend, return, write off; then say where the case is.

    `proposal_id` is whose authority it is: two people's decision about this case, or their policy. Raises OutOfStock,
    NeverAccepted, ExtensionRefused and, of a card's money, ApartGone, RefundTooLarge, ChargeDisputed; then nothing has
    changed.
    """
    deed = Deed(case, proposal_id, asked_at, by, at)
    case.state = move_case(case.state, CaseEvent.APPROVE).value
    sources = plan.holding.sources
    if plan.takes_back:
        deed.take_back(plan.takes_back)
        sources = plan.takes_back
    for pay in plan.pays:
        deed.pay(pay, first_parts(sources, pay.centavos))
        sources = left_after(sources, pay.centavos)
    for each in plan.returns:
        deed.give_back(each)
    if plan.to_card:
        deed.send_to_card(plan.to_card)
    if plan.write_off:
        deed.post("written_off", LedgerAccount.DIFFERENCES, plan.write_off)
        deed.part("write_off", plan.write_off)
    if plan.not_ours:
        deed.post("not_ours", LedgerAccount.BANK, plan.not_ours)
        deed.part("not_ours", plan.not_ours)
    for pay in plan.pays:
        deed.extend(pay)
    deed.finish(plan)


class Deed:
    """One decision being done: what every step of it needs."""

    def __init__(self, case: Case, proposal_id: int, asked_at: datetime, by: Actor, at: datetime) -> None:
        self.case, self.proposal_id, self.asked_at, self.by, self.at = case, proposal_id, asked_at, by, at
        last = CasePart.objects.filter(case=case).aggregate(last=Max("part"))["last"] or 0
        self._next_part = last + 1

    @property
    def source(self) -> str:
        """The name under which this deed is booked, once."""
        return f"case:{self.case.pk}:{self.proposal_id}"

    def take_back(self, sources: Sequence[Source]) -> None:
        """What a payment held that never became whole is the case's again."""
        payment_id = self.case.payment_id
        assert payment_id is not None
        given_up = give_up_part(payment_id, source=self.source, by=self.by, at=self.at)
        if given_up.centavos != sum(source.centavos for source in sources):
            # No transfer takes back what a card brought: its own gateway does, by a refund.
            raise CaseCannot("Una parte se pagó con tarjeta: primero reembólsala a la tarjeta.")
        for source in sources:
            self._move(source, from_payment=payment_id, to_case=self.case.pk)

    def pay(self, pay: Pay, sources: Sequence[Source]) -> None:
        """Give an order its part of the case, and what the store bears."""
        target = pay.target
        if target.has_ended:
            orders.hold_again(target.order_id, at=self.at, by=self.by)
        if target.payment_state == "cancelled":
            take_up(target.payment_id, by=self.by, at=self.at)
        known = {view.id: view for view in deposits([source.deposit_id for source in sources if source.deposit_id])}
        settlements = []
        for place, source in enumerate(sources, start=1):
            deposit = known.get(source.deposit_id)
            settlements.append(self._settlement(pay, source.centavos, f"{self.source}:{place}", deposit))
            if deposit is None:
                self._leave_card(source.centavos, target.payment_id)
                self.part("payment", source.centavos, payment_id=target.payment_id)
            else:
                self._move(source, from_case=self.case.pk, to_payment=target.payment_id)
                self.part("moved", source.centavos, payment_id=target.payment_id)
        if pay.difference:
            borne = self._settlement(pay, pay.difference, f"{self.source}:difference", None)
            settlements.append(borne)
            self.part("difference", pay.difference, payment_id=target.payment_id)
        confirm_payments(settlements, by=self.by, at=self.at)
        settle_reversals([target.payment_id], at=self.at)

    def extend(self, pay: Pay) -> None:
        """Give the buyer more time for the rest, and tell him."""
        if not pay.extend_hours:
            return
        extend_clock(pay.target.order_id, hours=pay.extend_hours, by=self.by, at=self.at)
        publish(
            RestAsked(
                store_id=self.case.store_id,
                at=self.at,
                case_id=self.case.pk,
                order_id=pay.target.order_id,
                missing_centavos=pay.target.missing.centavos - pay.centavos,
                currency=self.case.currency,
                hours=pay.extend_hours,
            )
        )

    def give_back(self, each: Return) -> None:
        """Keep the return as an instruction; the ledger waits until the bank has confirmed it."""
        row = ReturnInstruction.objects.create(
            store_id=self.case.store_id,
            case=self.case,
            deposit_id=each.deposit_id or None,
            proposal_id=self.proposal_id,
            amount_centavos=each.centavos,
            currency=self.case.currency,
            account=each.to.number,
            institution=each.to.institution,
            holder=each.to.holder,
            proof=each.to.proof,
            asked_at=self.asked_at,
            approved_at=self.at,
        )
        self.part("return", each.centavos, instruction=row)
        publish(fact_of(ReturnApproved, row, at=self.at))

    def send_to_card(self, centavos: int) -> None:
        """Keep the refund of what the card brought; its gateway is told next, and the ledger waits for its answer."""
        charge_id = charge_of(self.case)
        assert charge_id is not None
        asked = proposal(self.case.store_id, self.proposal_id)
        refund_id = open_refund(
            charge_id,
            Money(centavos, self.case.currency),
            key=f"case-{self.case.pk}-{self.proposal_id}",
            proposal_id=self.proposal_id,
            reason=str(asked.effects.get("reason", "")) if asked else "",
            asked_by=asked.proposed_by if asked else "",
            is_apart=True,
            by=self.by,
            at=self.at,
        )
        self.part("card", centavos, card_refund_id=refund_id)

    def _leave_card(self, centavos: int, payment_id: int | None = None) -> None:
        """What a card brought goes to a payment, or to none: it cannot go back to the card as well."""
        charge_id = charge_of(self.case)
        if charge_id is not None:
            take_apart(charge_id, Money(centavos, self.case.currency), payment_id=payment_id)

    def post(self, name: str, account: LedgerAccount, centavos: int) -> None:
        """Book what leaves suspense without going to a payment."""
        self._leave_card(centavos)
        amount = Money(centavos, self.case.currency)
        legs = ((LedgerAccount.SUSPENSE, amount), (account, -amount))
        post(Journal(f"{self.source}:{name}", self.case.store_id, f"case:{self.case.pk}", self.at, legs))

    def part(
        self,
        kind: str,
        centavos: int,
        *,
        payment_id: int | None = None,
        instruction: ReturnInstruction | None = None,
        card_refund_id: int | None = None,
    ) -> None:
        CasePart.objects.create(
            case=self.case,
            part=self._next_part,
            kind=kind,
            centavos=centavos,
            payment_id=payment_id,
            instruction=instruction,
            card_refund_id=card_refund_id,
            proposal_id=self.proposal_id,
            at=self.at,
        )
        self._next_part += 1

    def finish(self, plan: Plan) -> None:
        """Say where the case is now: done, waiting for the bank, or open with what is left."""
        case = self.case
        if plan.rest:
            case.state = move_case(case.state, CaseEvent.REOPEN).value
            case.due_at = self.at + DEFAULTS[CaseKind(case.kind)].within
            if not case.cause.startswith("charge:"):
                case.amount_centavos = plan.rest
        elif not plan.returns and not plan.to_card and not plan.holding.pending:
            case.state = move_case(case.state, CaseEvent.FINISH).value
        case.save(update_fields=["state", "due_at", "amount_centavos"])
        order_id = plan.pays[0].target.order_id if plan.pays else 0
        said = {"action": plan.name, "proposal": self.proposal_id, "rest": plan.rest, "state": case.state}
        record(case.store_id, self.by, f"case.{plan.name}", f"case:{case.pk}", said, at=self.at)
        publish(CaseDecided(store_id=case.store_id, at=self.at, case_id=case.pk, action=plan.name, order_id=order_id))
        if plan.name == "dismiss" and CaseKind(case.kind) in STOPPING and case.payment_id is not None:
            let_shipping_go([case.payment_id], at=self.at)

    def _settlement(self, pay: Pay, centavos: int, source: str, deposit: DepositView | None) -> Settlement:
        is_difference = source.endswith(":difference")
        return Settlement(
            payment_id=pay.target.payment_id,
            source=source,
            applied=Money(centavos, self.case.currency),
            received_at=deposit.received_at if deposit else self.at,
            comes_from=LedgerAccount.DIFFERENCES if is_difference else LedgerAccount.SUSPENSE,
            tracking_key=deposit.tracking_key if deposit else "",
            exception="late" if self.case.kind == CaseKind.LATE else "marked",
        )

    def _move(
        self,
        source: Source,
        *,
        from_case: int | None = None,
        from_payment: int | None = None,
        to_case: int | None = None,
        to_payment: int | None = None,
    ) -> None:
        """Two allocation rows: taken from there, given here."""
        last = Allocation.objects.filter(deposit_id=source.deposit_id).aggregate(last=Max("part"))["last"] or 0
        Allocation.objects.bulk_create(
            Allocation(
                deposit_id=source.deposit_id,
                part=last + place,
                case_id=case_id,
                payment_id=payment_id,
                centavos=centavos,
                at=self.at,
            )
            for place, (case_id, payment_id, centavos) in enumerate(
                ((from_case, from_payment, -source.centavos), (to_case, to_payment, source.centavos)), start=1
            )
        )
