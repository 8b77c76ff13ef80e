"""Open cases that do not come from judging: alarms of the bank's side, and clocks that ended with a part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import Change, record_all
from seguripago.foundations.facts.base import Fact
from seguripago.journey.bank.facts import AnnouncementUnconfirmed, DepositContradicted, NoticeUnreadable
from seguripago.journey.bank.queries import DepositView, deposits
from seguripago.journey.bank.sayings import Saying, sayings, title_of
from seguripago.journey.bank.statement_facts import StatementLineDoubtful, StatementLineSettled
from seguripago.journey.cards.facts import CardMoneyUnplaced
from seguripago.journey.payments.facts import PartLeftOver
from seguripago.journey.payments.queries import OverduePart, orders_of_payments, overdue_parts
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..models import Case, Verdict
from ..rules import DEFAULTS, CaseKind
from ..rules.unread import unread_words
from .opening import open_once
from .reversals import stop_shipping


def open_alarms(facts: Sequence[Fact], *, at: datetime) -> None:
    """A contradiction, an unreadable notice, a card charged in vain: each opens its case once."""
    cases: list[Case] = []
    orders: dict[str, int] = {}
    known = {
        deposit.id: deposit for deposit in deposits([f.deposit_id for f in facts if isinstance(f, DepositContradicted)])
    }
    said = sayings([fact.notice_id for fact in facts if isinstance(fact, DepositContradicted)])
    for fact in facts:
        match fact:
            case DepositContradicted():
                deposit = known[fact.deposit_id]
                case, order_id = _contradiction(fact, deposit, said.get((deposit.id, fact.notice_id)), at)
                cases.append(case)
                orders[case.cause] = order_id
            case CardMoneyUnplaced():
                cases.append(_card_case(fact, at))
                orders[cases[-1].cause] = fact.order_id
            case PartLeftOver():
                cases.append(_left_over_case(fact, at))
                orders[cases[-1].cause] = fact.order_id
            case NoticeUnreadable():
                reason = f"Un aviso del banco no se puede leer con certeza: {unread_words(fact.reason)}."
                cases.append(_alarm(fact, CaseKind.UNREADABLE, f"notice:{fact.notice_id}", None, 0, reason, at))
            case AnnouncementUnconfirmed():
                cases.append(_unconfirmed(fact, at))
            case StatementLineDoubtful():
                cases.append(_doubtful_line(fact, at))
    open_once(cases, orders, at=at)


def close_settled_lines(facts: Sequence[StatementLineSettled], *, at: datetime) -> None:
    """The line's deposit is known now: its case, which holds no money, needs nobody any more."""
    if not facts:
        return
    causes = {f"statement_row:{fact.row_id}:{CaseKind.UNREADABLE.value}": fact for fact in facts}
    with transaction.atomic():
        rows = list(
            Case.objects.filter(cause__in=list(causes))
            .exclude(state="done")
            .select_for_update(no_key=True)
            .order_by("pk")
        )
        for row in rows:
            row.state = "done"
            row.reasons = [*row.reasons, f"Una persona dijo que es el depósito {causes[row.cause].deposit_id}."]
            row.save(update_fields=["state", "reasons"])
        who = Actor.system("Área de Medios de Pago")
        record_all([Change(row.store_id, who, "case.settled", f"case:{row.pk}", {}, at) for row in rows])


def open_part_expired_cases(*, at: datetime) -> int:
    """A clock that ended with less than the amount: a person decides; the CLABE keeps being watched.

    Once for each clock: who was given more time and did not pay the rest has a case again. Returns how many.
    """
    opened = 0
    after: tuple[datetime, int] | None = None
    while overdue := overdue_parts(at=at, after=after):
        cases = [_part_case(part, at) for part in overdue]
        orders = {case.cause: part.order_id for case, part in zip(cases, overdue, strict=True)}
        opened += len(open_once(cases, orders, at=at))
        after = overdue[-1].expires_at, overdue[-1].payment_id
    return opened


def _part_case(part: OverduePart, at: datetime) -> Case:
    return Case(
        store_id=part.store_id,
        kind=CaseKind.PART_EXPIRED.value,
        cause=f"payment:{part.payment_id}:part_expired:{part.expires_at:%Y%m%dT%H%M%S}",
        payment_id=part.payment_id,
        amount_centavos=part.received.centavos,
        currency=part.received.currency,
        reasons=[f"Venció el plazo con {part.received} recibidos, menos que el monto."],
        opened_at=at,
        due_at=at + DEFAULTS[CaseKind.PART_EXPIRED].within,
    )


def _contradiction(
    fact: DepositContradicted, deposit: DepositView, saying: Saying | None, at: datetime
) -> tuple[Case, int]:
    """Both sayings, with their sources. Two whom we believe stop the parcel: one of them is wrong about the money."""
    says = Money(fact.says_centavos, deposit.amount.currency)
    is_believed = saying is not None and saying.believed
    other = f"{saying.title}, {'de confianza' if is_believed else 'sin firma'}" if saying else "otro aviso"
    reasons = [
        f"Dos avisos del mismo movimiento no coinciden (clave de rastreo {deposit.tracking_key}).",
        f"{title_of(deposit.feed)} dijo {deposit.amount}; es lo que cuenta mientras se aclara.",
        f"El otro dice {says} ({other}).",
    ]
    payment_id = Verdict.objects.filter(pk=deposit.id).values_list("payment_id", flat=True).first()
    case = Case(
        store_id=fact.store_id,
        kind=CaseKind.CONTRADICTION.value,
        cause=f"deposit:{deposit.id}:says:{says.centavos}:{'believed' if is_believed else 'unsigned'}",
        deposit_id=deposit.id,
        payment_id=payment_id,
        amount_centavos=0,
        currency=deposit.amount.currency,
        reasons=reasons,
        opened_at=at,
        due_at=at + DEFAULTS[CaseKind.CONTRADICTION].within,
    )
    if payment_id is None:
        return case, 0
    if is_believed:
        stop_shipping([payment_id], reason=case.cause, at=at)
    return case, orders_of_payments([payment_id])[payment_id].order_id


def _left_over_case(fact: PartLeftOver, at: datetime) -> Case:
    amount = Money(fact.centavos, fact.currency)
    kind, reason = {
        "cancelled": (CaseKind.PART_EXPIRED, f"El pedido se canceló con {amount} recibidos."),
        "paid": (CaseKind.DUPLICATE, f"El pedido se pagó de otra forma cuando ya tenía {amount} por transferencia."),
    }[fact.why]
    return Case(
        store_id=fact.store_id,
        kind=kind.value,
        cause=f"payment:{fact.payment_id}:left_over:{fact.at:%Y%m%dT%H%M%S}",
        payment_id=fact.payment_id,
        amount_centavos=fact.centavos,
        currency=fact.currency,
        reasons=[reason],
        opened_at=at,
        due_at=at + DEFAULTS[kind].within,
    )


def close_settled_parts(payment_ids: Collection[int], *, at: datetime) -> int:
    """Close the cases of parts whose payment became whole after all: nothing is left to decide. Returns how many."""
    parts = Case.objects.filter(payment_id__in=list(payment_ids), kind=CaseKind.PART_EXPIRED.value, deposit=None)
    with transaction.atomic():
        rows = list(parts.filter(state__in=["open", "rejected"]).select_for_update(no_key=True).order_by("pk"))
        for row in rows:
            row.state = "done"
            row.reasons = [*row.reasons, "Llegó lo que faltaba: el pedido quedó pagado."]
            row.save(update_fields=["state", "reasons"])
        who = Actor.system("Área de Medios de Pago")
        record_all([Change(row.store_id, who, "case.settled", f"case:{row.pk}", {}, at) for row in rows])
    return len(rows)


def _card_case(fact: CardMoneyUnplaced, at: datetime) -> Case:
    kind, reason = {
        "paid": (CaseKind.DUPLICATE, "Se cobró a una tarjeta un pedido que ya estaba pagado."),
        "ended": (CaseKind.LATE, "Se cobró a una tarjeta un pedido que ya no se puede cumplir."),
        "excess": (CaseKind.EXCESS, "Se cobró a una tarjeta más de lo que faltaba: otro pago llegó antes."),
        "came_back": (CaseKind.LATE, "Se reembolsó a la tarjeta, y el banco no lo tomó: el dinero volvió."),
        "amount": (CaseKind.CONTRADICTION, "La pasarela cobró a la tarjeta otro monto que el del pedido."),
    }[fact.why]
    return Case(
        store_id=fact.store_id,
        kind=kind.value,
        cause=f"charge:{fact.charge_id}:{kind.value}" + (f":{fact.refund_id}" if fact.refund_id else ""),
        payment_id=fact.payment_id,
        amount_centavos=fact.centavos,
        currency=fact.currency,
        reasons=[reason],
        opened_at=at,
        due_at=at + DEFAULTS[kind].within,
    )


def _unconfirmed(fact: AnnouncementUnconfirmed, at: datetime) -> Case:
    reason = f"Un aviso sin firma anunció {Money(fact.centavos)} y nadie lo confirmó: {fact.reason}"
    cause = f"announcement:{fact.announcement_id}"
    return _alarm(fact, CaseKind.UNREADABLE, cause, None, fact.centavos, reason, at)


def _doubtful_line(fact: StatementLineDoubtful, at: datetime) -> Case:
    """A credit that the statement shows without the bank's marks. It holds no money: no deposit was made of it."""
    amount = Money(fact.centavos, fact.currency)
    why = "varios depósitos se le parecen" if fact.why == "several" else "ningún depósito se le parece"
    reason = f"La línea {fact.line} de un estado de cuenta es un abono de {amount} sin los datos del banco: {why}."
    return _alarm(fact, CaseKind.UNREADABLE, f"statement_row:{fact.row_id}", None, 0, reason, at)


def _alarm(
    fact: Fact, kind: CaseKind, cause: str, deposit_id: int | None, centavos: int, reason: str, at: datetime
) -> Case:
    return Case(
        store_id=fact.store_id,
        kind=kind.value,
        cause=f"{cause}:{kind.value}",
        deposit_id=deposit_id,
        amount_centavos=centavos,
        reasons=[reason],
        opened_at=at,
        due_at=at + DEFAULTS[kind].within,
    )
