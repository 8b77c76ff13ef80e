"""Returns on their way: told to the bank once, by a file or by an order; booked when the bank has confirmed them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import prefixes, store_by_id
from seguripago.journey.bank.queries import deposits
from seguripago.journey.payments.commands import lock_payments, refund_payment, take_back_refund
from seguripago.journey.payments.queries import PaidOrder, orders_of_payments
from seguripago.ports.payouts import PayoutOrder
from seguripago.values import clabe, order_number
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import ReturnConfirmed, ReturnFact, ReturnFailed, ReturnInstructed
from ..holdings import holding_of
from ..models import Case, ReturnFile, ReturnInstruction
from ..rules import DEFAULTS, CaseKind
from ..rules.actions import CaseEvent, CaseState, move_case
from ..rules.returns import (
    LAYOUTS,
    NothingToInstruct,
    ReturnDiffers,
    ReturnEvent,
    ReturnState,
    ReturnUnknown,
    account_type,
    bank_text,
    layout,
    move_return,
    tracking_key_of,
)

MOST_IN_A_FILE: Final = 1_000
LAST_LOOK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Debit:
    """Money that left the store's account, as a statement or the provider tells it. `says` is their reference."""

    tracking_key: str
    amount: Money
    says: str
    day: date | None = None


def make_return_file(store_id: int, *, layout_name: str = "csv", by: Actor, at: datetime) -> int:
    """Write every approved return of the store into one file for the bank; from now on they are instructed, once.

    Returns the file's id. Raises NothingToInstruct.
    """
    if layout_name not in LAYOUTS:
        raise ValueError(layout_name)
    with transaction.atomic():
        waiting = ReturnInstruction.objects.select_for_update(skip_locked=True).filter(
            store_id=store_id, state=ReturnState.APPROVED.value, currency="MXN"
        )
        rows = list(waiting.order_by("pk")[:MOST_IN_A_FILE])
        if not rows:
            raise NothingToInstruct
        body = layout(layout_name, [order_of(row) for row in rows])
        file = ReturnFile.objects.create(
            store_id=store_id,
            layout=layout_name,
            body=body,
            sha256=hashlib.sha256(body.encode()).hexdigest(),
            count=len(rows),
            total_centavos=sum(row.amount_centavos for row in rows),
            made_by=by.name[:120],
            at=at,
        )
        for row in rows:
            instruct(row, road="file", file=file, by=by, at=at)
    return file.pk


def instruct(row: ReturnInstruction, *, road: str, file: ReturnFile | None = None, by: Actor, at: datetime) -> None:
    """Mark a locked return as told to the bank."""
    row.state = move_return(row.state, ReturnEvent.INSTRUCT).value
    row.road, row.file, row.instructed_at = road, file, at
    row.tracking_key = tracking_key_of(row.pk)
    row.save(update_fields=["state", "road", "file", "instructed_at", "tracking_key"])
    said = {"return": row.pk, "road": road, "file": None if file is None else file.pk, "key": row.tracking_key}
    record(row.store_id, by, "return.instructed", subject_of(row), said, at=at)
    publish(fact_of(ReturnInstructed, row, at=at))


def order_of(row: ReturnInstruction) -> PayoutOrder:
    """A return as the bank is told it: what it pays back, its own key, the store's account as the payer."""
    store = store_by_id(row.store_id)
    accounts = prefixes(row.store_id)
    return PayoutOrder(
        tracking_key=tracking_key_of(row.pk),
        amount=Money(row.amount_centavos, row.currency),
        account=row.account,
        account_type=account_type(row.account),
        institution=row.institution,
        holder=bank_text(row.holder, 39),
        concept=bank_text(f"REEMBOLSO {_marks_of(row)}", 39),
        reference=f"{row.pk % 10**7}",
        payer_account=clabe.build(accounts[0].prefix, 0) if accounts else "",
        payer_name=bank_text(store.legal_name, 39),
        payer_rfc=store.rfc,
    )


def confirm_return(
    return_id: int, *, amount: Money, says: str, by: Actor, day: date | None = None, at: datetime
) -> None:
    """Book a return that the bank carried out: suspense → bank, or the payment's refund → bank. Once.

    `day` is the bank's. Raises ReturnUnknown, ReturnWrongState, ReturnDiffers.
    """
    with transaction.atomic():
        case, row = lock_return(return_id)
        if row.state == ReturnState.CONFIRMED:
            return
        following = move_return(row.state, ReturnEvent.CONFIRM)
        if amount != Money(row.amount_centavos, row.currency):
            raise ReturnDiffers
        row.state, row.bank_ref, row.ended_at = following.value, says[:80], at
        # A payee's bank may still send it back; nobody is told when the notice of that is lost.
        row.ask_at = at + LAST_LOOK if row.road == "order" else None
        row.save(update_fields=["state", "bank_ref", "ended_at", "ask_at"])
        if row.payment_id is not None:
            source = f"return:{row.pk}"
            refund_payment(row.payment_id, amount, source=source, comes_from=Account.BANK, by=by, day=day, at=at)
        else:
            legs = ((Account.SUSPENSE, amount), (Account.BANK, -amount))
            post(Journal(f"return:{row.pk}:confirmed", row.store_id, subject_of(row), at, legs, value_date=day))
        said = {"return": row.pk, "amount": amount.plain, "says": says}
        record(row.store_id, by, "return.confirmed", subject_of(row), said, at=at)
        publish(fact_of(ReturnConfirmed, row, at=at))
        if case is not None:
            _finish(case)


def _finish(case: Case) -> None:
    holding = holding_of(case)
    if case.state == CaseState.APPROVED and not holding.held and not holding.pending:
        case.state = move_case(case.state, CaseEvent.FINISH).value
        case.save(update_fields=["state"])


def fail_return(return_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Take back a return that the bank did not carry out, or that came back: its money is where it was, and waits.

    A repeated failure changes nothing. Raises ReturnUnknown, ReturnWrongState.
    """
    with transaction.atomic():
        case, row = lock_return(return_id)
        if row.state == ReturnState.FAILED:
            return
        had_left = row.state == ReturnState.CONFIRMED
        amount = Money(row.amount_centavos, row.currency)
        row.state = move_return(row.state, ReturnEvent.FAIL).value
        row.reason, row.ended_at, row.ask_at = reason[:240], at, None
        row.save(update_fields=["state", "reason", "ended_at", "ask_at"])
        if had_left and row.payment_id is not None:
            source = f"return:{row.pk}"
            take_back_refund(row.payment_id, amount, source=source, comes_from=Account.BANK, by=by, at=at)
        elif had_left:
            legs = ((Account.BANK, amount), (Account.SUSPENSE, -amount))
            post(Journal(f"return:{row.pk}:came_back", row.store_id, subject_of(row), at, legs))
        record(row.store_id, by, "return.failed", subject_of(row), {"return": row.pk, "reason": reason}, at=at)
        publish(fact_of(ReturnFailed, row, at=at, reason=reason[:240]))
        if case is not None:
            _reopen(case, f"No se realizó la devolución de {amount}: {reason}", at=at)


def _reopen(case: Case, words: str, *, at: datetime) -> None:
    case.reasons = [*case.reasons, words]
    if case.state in {CaseState.APPROVED, CaseState.DONE}:
        case.state = move_case(case.state, CaseEvent.REOPEN).value
        case.due_at = at + DEFAULTS[CaseKind(case.kind)].within
    if not case.cause.startswith("charge:"):
        case.amount_centavos = holding_of(case).held.centavos
    case.save(update_fields=["state", "due_at", "reasons", "amount_centavos"])


def confirm_by_debits(store_id: int, debits: Sequence[Debit], *, by: Actor, at: datetime) -> dict[str, int]:
    """Confirm the returns that these debits carried out, by our own tracking key; gives their ids by key.

    A debit of another amount, or of a return that had failed, confirms nothing: it stays for a person.
    """
    known = ReturnInstruction.objects.filter(
        store_id=store_id,
        state__in=[ReturnState.INSTRUCTED.value, ReturnState.CONFIRMED.value],
        tracking_key__in=[debit.tracking_key.strip().upper() for debit in debits],
    )
    ids = {key: (pk, Money(centavos, currency)) for key, pk, centavos, currency in known.values_list(
        "tracking_key", "pk", "amount_centavos", "currency"
    )}  # fmt: skip
    confirmed: dict[str, int] = {}
    for debit in debits:
        found = ids.get(debit.tracking_key.strip().upper())
        if found is not None and found[1] == debit.amount:
            confirm_return(found[0], amount=debit.amount, says=debit.says, by=by, day=debit.day, at=at)
            confirmed[debit.tracking_key] = found[0]
    return confirmed


def stop_returns(case_ids: Collection[int], *, reason: str, by: Actor, at: datetime) -> None:
    """Take back what was approved and not yet told to the bank: the bank has given the money back by itself."""
    waiting = ReturnInstruction.objects.filter(case_id__in=list(case_ids), state=ReturnState.APPROVED.value)
    for return_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            _, row = lock_return(return_id)
            # The bank may have been told while this waited for the lock: then only its answer ends it.
            if row.state == ReturnState.APPROVED:
                fail_return(return_id, reason=reason, by=by, at=at)


def lock_return(return_id: int) -> tuple[Case | None, ReturnInstruction]:
    """Lock a return, its case or its order and payment first. Raises ReturnUnknown."""
    known = ReturnInstruction.objects.filter(pk=return_id).values_list("case_id", "payment_id").first()
    if known is None:
        raise ReturnUnknown
    case_id, payment_id = known
    if payment_id is not None:
        lock_payments([payment_id])
    case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
    return case, ReturnInstruction.objects.select_for_update(no_key=True, of=("self",)).get(pk=return_id)


def subject_of(row: ReturnInstruction) -> str:
    """What a return is filed under: its case, or the order whose payment goes back."""
    if row.case_id is not None:
        return f"case:{row.case_id}"
    return f"order:{_order_of(row).order_id}"


def fact_of(kind: type[ReturnFact], row: ReturnInstruction, *, at: datetime, **more: str) -> ReturnFact:
    """What is announced of a return; `order_id` is 0 when its money was for no order, `case_id` when for no case."""
    payment_id = _payment_of(row)
    return kind(
        store_id=row.store_id,
        at=at,
        return_id=row.pk,
        case_id=row.case_id or 0,
        order_id=_order_of(row).order_id if payment_id else 0,
        centavos=row.amount_centavos,
        currency=row.currency,
        **more,
    )


def _payment_of(row: ReturnInstruction) -> int | None:
    return row.payment_id if row.case is None else row.case.payment_id


def _order_of(row: ReturnInstruction) -> PaidOrder:
    payment_id = _payment_of(row) or 0
    return orders_of_payments([payment_id])[payment_id]


def _marks_of(row: ReturnInstruction) -> str:
    """What the payer will recognise: the order's number, else the key of his own transfer."""
    if _payment_of(row) is not None:
        return order_number.bare(_order_of(row).number)
    found = deposits([row.deposit_id]) if row.deposit_id else ()
    return found[0].tracking_key if found else f"CASO {row.case_id}"
