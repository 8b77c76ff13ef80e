"""Give the verdict of a comprobante: what it says beside the deposits of its order. Pure, and it explains itself.

A verdict is for eyes. It never moves money: only a bank, a statement or two people do. What a picture says counts when
it was read for certain; of a CEP only what its seal covers proves anything, and that is never the tracking key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from seguripago.values import clabe as clabes
from seguripago.values.calendar import MEXICO

from .comprobante_facts import Arrived, Compared, OrderMoney, PaperVerdict, Reason, VerdictKind
from .comprobante_matching import Match, alike, find_deposit, is_anothers, is_mine
from .comprobante_reading import Paper, Said, folded, is_same_day, is_to_come, plain_key, said_in

CLOCKS_DIFFER: Final = timedelta(minutes=15)
"""A bank's clock, and the store's, may be so much apart."""
BY_SIGHT: Final = frozenset({"picture"})
"""Shown before only by its looks: pictures of one bank look alike, so that alone never outweighs a deposit."""
LOOK_ALIKE: Final = "cep_link_not_banxico"
"""What a reader says of a link that is dressed up as Banxico's."""


def judge_paper(paper: Paper, order: OrderMoney, arrived: Sequence[Arrived], *, at: datetime) -> PaperVerdict:
    """Say what a comprobante is worth. The same facts always give the same verdict, whatever was said before."""
    if paper.is_rejected:
        return PaperVerdict(VerdictKind.UNREADABLE, (Reason("rejected"),))
    said = said_in(paper)
    arrived = sorted(arrived, key=lambda each: each.id)
    if paper.seal == "invalid":
        return _altered(paper, said, order)
    match = find_deposit(paper, said, order, arrived) if said.is_enough else None
    compared = _compared(paper, said, order, match)
    # Nobody's money is no proof against whoever showed it first; the order's own is, by more than a likeness.
    is_own = match is not None and is_mine(match.deposit, order)
    heavy = paper.shown - BY_SIGHT
    if (heavy and not (is_own and match is not None and match.is_strong)) or (paper.shown and match is None):
        return PaperVerdict(VerdictKind.REUSED, _shown(paper), compared)
    if not said.is_enough:
        return PaperVerdict(VerdictKind.UNREADABLE, (Reason("too_little"),), compared)
    if match is not None:
        return _of_deposit(paper, said, order, match, compared)
    return _without_deposit(paper, said, order, arrived, compared, at=at)


def _altered(paper: Paper, said: Said, order: OrderMoney) -> PaperVerdict:
    """A CEP that disagrees with its own seal or chain; one that cannot be taken apart says nothing at all."""
    if not said.is_enough:
        return PaperVerdict(VerdictKind.UNREADABLE, (Reason("cep_broken"),))
    fields = [doubt.removesuffix("_differs_from_chain") for doubt in paper.doubts if doubt.endswith("_from_chain")]
    reasons = [Reason("altered_field", {"field": name}) for name in fields] or [Reason("altered")]
    return PaperVerdict(
        VerdictKind.CONTRADICTS, (*reasons, *_shown(paper)), _compared(paper, said, order, None, proves=False)
    )


def _shown(paper: Paper) -> tuple[Reason, ...]:
    return tuple(Reason("shown_before", {"by": kind}) for kind in sorted(paper.shown))


def _of_deposit(
    paper: Paper, said: Said, order: OrderMoney, match: Match, compared: tuple[Compared, ...]
) -> PaperVerdict:
    """The money was found: does the rest agree with it, and where is it now?"""
    deposit = match.deposit
    against = [
        Reason("differs", {"field": each.name, "expected": each.expected, "said": each.said})
        for each in compared
        if each.ok is False and each.is_sure and each.name in {"amount", "clabe", "date", "tracking_key"}
    ]
    if deposit.is_returned:
        against.insert(0, Reason("returned", {"amount": str(deposit.amount)}))
    if match.how == "other_account":
        against = [each for each in against if each.data.get("field") != "clabe"]
    if against:
        return PaperVerdict(VerdictKind.CONTRADICTS, tuple(against), compared, deposit.id)
    kind = VerdictKind.VERIFIED if paper.is_verified else VerdictKind.MATCHES
    reasons = [Reason("deposit_found", {"by": match.how, "amount": str(deposit.amount)})]
    reasons += _of_place(deposit, order, match)
    reasons += _of_doubts(paper, said, compared)
    return PaperVerdict(kind, (*reasons, *_shown(paper)), compared, deposit.id)


def _of_place(deposit: Arrived, order: OrderMoney, match: Match) -> Iterable[Reason]:
    """What else is to be known of the money that was found."""
    if deposit.place in {"case", "new"} or match.how == "other_account":
        yield Reason("in_case")
    if deposit.place == "sent_back":
        yield Reason("sent_back")
    if order.expires_at is not None and deposit.settled_at > order.expires_at:
        yield Reason("late")
    if deposit.place == "order" and not order.is_settled and order.missing.centavos > 0:
        yield Reason("part", {"amount": str(deposit.amount), "missing": str(order.missing)})


def _of_doubts(paper: Paper, said: Said, compared: Iterable[Compared]) -> Iterable[Reason]:
    """What a person should know though it decides nothing."""
    if paper.seal == "not_verifiable":
        yield Reason("found_at_banxico" if paper.is_at_banxico else "seal_not_verifiable")
    if paper.is_data:
        yield Reason("key_not_sealed")
    for each in compared:
        if each.ok is False:
            yield Reason(
                "differs_doubtfully" if not each.is_sure else "differs_only",
                {"field": each.name, "expected": each.expected, "said": each.said},
            )
    if LOOK_ALIKE in paper.doubts:
        yield Reason(LOOK_ALIKE)


def _without_deposit(
    paper: Paper,
    said: Said,
    order: OrderMoney,
    arrived: Sequence[Arrived],
    compared: tuple[Compared, ...],
    *,
    at: datetime,
) -> PaperVerdict:
    """No deposit is told of: either something speaks against the file, or the bank has not told us yet."""
    against = [*_against(paper, said, order), *_against_settled(said, order, arrived)]
    if is_anothers(said, order, arrived):
        against.append(Reason("money_of_another"))
    if against:
        return PaperVerdict(VerdictKind.CONTRADICTS, tuple(against), compared)
    reasons = [Reason("not_seen"), *_of_waiting(said, order, at=at), *_of_doubts(paper, said, compared)]
    kind = VerdictKind.WAITING
    # What its seal covers must say that it is this order's: the account, an amount and a day that were looked at above.
    is_proof = said.clabe == order.clabe != "" and said.amount is not None and said.day is not None
    if paper.is_verified and is_proof:
        kind = VerdictKind.VERIFIED
    return PaperVerdict(kind, tuple(reasons), compared)


def _against(paper: Paper, said: Said, order: OrderMoney) -> Iterable[Reason]:
    if said.clabe and order.clabe and said.clabe != order.clabe and said.is_sure("clabe"):
        is_stores = any(said.clabe.startswith(prefix) for prefix in order.prefixes)
        yield Reason(
            "clabe_of_store" if is_stores else "clabe_foreign",
            {"field": "clabe", "expected": clabes.pretty(order.clabe), "said": clabes.pretty(said.clabe)},
        )
    if _is_before(said, order):
        yield Reason("before_order", {"field": "date", "said": said.day.isoformat() if said.day else ""})
    if LOOK_ALIKE in paper.doubts:
        yield Reason(LOOK_ALIKE)


def _is_before(said: Said, order: OrderMoney) -> bool:
    """Whether the transfer was made before anybody could know where to: it paid something else."""
    if said.moment is not None:
        return said.moment < order.placed_at - CLOCKS_DIFFER
    if said.day is None or not said.is_sure("date"):
        return False
    return said.day < order.placed_at.astimezone(MEXICO).date()


def _against_settled(said: Said, order: OrderMoney, arrived: Sequence[Arrived]) -> Iterable[Reason]:
    """The order is paid by what came: what tells of other money than that is no comprobante of it."""
    own = [each for each in arrived if is_mine(each, order) and not each.is_returned]
    if not order.is_settled or not own:
        return
    if said.amount is not None and said.is_sure("amount") and said.amount not in [each.amount for each in own]:
        came = " + ".join(str(each.amount) for each in own)
        yield Reason("differs", {"field": "amount", "expected": came, "said": str(said.amount)})
        return
    twin = alike(said, order, arrived)
    if twin is not None and said.key and said.is_sure("tracking_key"):
        yield Reason("differs", {"field": "tracking_key", "expected": twin.tracking_key, "said": said.key})


def _of_waiting(said: Said, order: OrderMoney, *, at: datetime) -> Iterable[Reason]:
    if order.is_by_card:
        yield Reason("paid_by_card")
    elif not order.clabe:
        yield Reason("no_details")
    if order.is_ended:
        yield Reason("order_ended")
    if said.day is not None and is_to_come(said.day, at):
        yield Reason("scheduled", {"day": said.day.isoformat()})
    elif order.watch_until is not None and at > order.watch_until:
        yield Reason("watched_long_enough")
    missing = order.missing
    if said.amount is None or said.amount in {missing, order.amount, *order.asked} or missing.centavos <= 0:
        return
    is_less = said.amount < missing
    yield Reason(
        "says_less" if is_less else "says_more",
        {"amount": str(said.amount), "missing": str(missing), "sure": "yes" if said.is_sure("amount") else ""},
    )


def _compared(
    paper: Paper, said: Said, order: OrderMoney, match: Match | None, *, proves: bool = True
) -> tuple[Compared, ...]:
    """Field by field, what was expected and what the file says; beside a deposit, what the bank says of it."""
    deposit = match.deposit if match is not None else None
    amount = deposit.amount if deposit is not None else order.missing if order.missing else order.amount
    bank = deposit.bank if deposit is not None else ""
    rows = [
        _row(said, "amount", str(amount), str(said.amount or ""), _ok_amount(said, order, deposit)),
        _account(said, order),
        _row(said, "date", _day(deposit), said.day.isoformat() if said.day else "", _ok_day(said, deposit)),
        _row(
            said,
            "tracking_key",
            deposit.tracking_key if deposit else "",
            said.key,
            _ok_key(said, deposit, match),
        ),
        _row(said, "bank", bank, said.bank, _same(said.bank, bank)),
        Compared("beneficiary", order.beneficiary, _first(paper, "beneficiary", "beneficiary_name"), None),
        Compared("concept", order.concept, _first(paper, "concept"), None),
        Compared("payer", "", _first(paper, "payer", "payer_name"), None),
    ]
    if not proves:
        rows = [Compared(each.name, each.expected, each.said, None, each.is_sure) for each in rows]
    return tuple(each for each in rows if each.expected or each.said)


def _account(said: Said, order: OrderMoney) -> Compared:
    """The account; of one that is mostly hidden its end, which a person compares and which speaks against nobody."""
    if said.clabe or not said.clabe_tail:
        return _row(
            said, "clabe", clabes.pretty(order.clabe), clabes.pretty(said.clabe), _same(said.clabe, order.clabe)
        )
    ok = order.clabe.endswith(said.clabe_tail) if order.clabe else None
    return Compared("clabe", clabes.pretty(order.clabe), f"••• {said.clabe_tail}", ok, is_sure=False)


def _row(said: Said, name: str, expected: str, told: str, ok: bool | None) -> Compared:
    return Compared(name, expected, told, ok, said.is_sure(name))


def _same(said: str, expected: str) -> bool | None:
    return said == expected if said and expected else None


def _ok_amount(said: Said, order: OrderMoney, deposit: Arrived | None) -> bool | None:
    if said.amount is None:
        return None
    if deposit is not None:
        return said.amount == deposit.amount
    # Less is a part and more is an excess, and both are normal: only equality says something.
    return True if said.amount in {order.missing, order.amount, *order.asked} else None


def _ok_day(said: Said, deposit: Arrived | None) -> bool | None:
    if said.day is None or deposit is None:
        return None
    return is_same_day(said.day, deposit.operation_date, deposit.settled_at)


def _ok_key(said: Said, deposit: Arrived | None, match: Match | None) -> bool | None:
    if not said.key or deposit is None or match is None:
        return None
    if match.how in {"key_spelled", "key_cut"}:
        return True
    return plain_key(deposit.tracking_key) == said.key or (
        match.how != "sealed_fields" and folded(deposit.tracking_key) == folded(said.key)
    )


def _day(deposit: Arrived | None) -> str:
    return deposit.operation_date.isoformat() if deposit is not None else ""


def _first(paper: Paper, *names: str) -> str:
    return next((paper.fields[name] for name in names if paper.fields.get(name)), "")
