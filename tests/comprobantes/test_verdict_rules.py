"""The verdict of a comprobante, rule by rule: what it says beside what the bank told. Nothing here has a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from seguripago.journey.reconciliation.rules.comprobante_facts import Arrived, OrderMoney, PaperVerdict, VerdictKind
from seguripago.journey.reconciliation.rules.comprobante_reading import Paper, folded
from seguripago.journey.reconciliation.rules.comprobantes import judge_paper
from seguripago.values.clabe import build
from seguripago.values.money import Money

AT = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)
"""A Wednesday, 10:30 in Mexico."""
OURS, OTHER_OF_STORE, FOREIGN = build("6461801157", 29421), build("6461801157", 29422), build("0121800150", 7)
KEY = "BBVA2603110000B812345"
ORDER = OrderMoney(
    number="CM-7K3F-92QX",
    amount=Money(913_500),
    received=Money.zero(),
    clabe=OURS,
    placed_at=AT - timedelta(hours=2),
    expires_at=AT + timedelta(hours=22),
    watch_until=AT + timedelta(days=30),
    prefixes=("6461801157",),
)
PAID = replace(ORDER, received=ORDER.amount, is_settled=True)
DEPOSIT = Arrived(
    id=1,
    amount=Money(913_500),
    clabe=OURS,
    tracking_key=KEY,
    bank="40012",
    bank_name="BBVA",
    operation_date=date(2026, 3, 11),
    settled_at=AT,
)
SAYS = {"amount": "9135.00", "date": "2026-03-11", "tracking_key": KEY, "clabe": OURS, "bank": "40012"}
MATCHES, WAITING, CONTRADICTS = VerdictKind.MATCHES, VerdictKind.WAITING, VerdictKind.CONTRADICTS
VERIFIED, REUSED, UNREADABLE = VerdictKind.VERIFIED, VerdictKind.REUSED, VerdictKind.UNREADABLE


def picture(sure: float = 0.97, unsure: tuple[str, ...] = (), shown: tuple[str, ...] = (), **says: str) -> Paper:
    """A screenshot; an empty text is not said at all."""
    fields = {name: said for name, said in {**SAYS, **says}.items() if said}
    confidences = {name: 0.5 if name in unsure else sure for name in fields}
    return Paper(AT, is_data=False, seal="none", fields=fields, confidences=confidences, shown=frozenset(shown))


def cep(seal: str = "verified", doubts: tuple[str, ...] = (), shown: tuple[str, ...] = (), **says: str) -> Paper:
    fields = {**SAYS, "bank": "", "payer_bank": "BBVA MEXICO", "hour": "10:30:00", "credited_date": "2026-03-11"}
    fields = {name: said for name, said in {**fields, **says}.items() if said}
    doubts = (*doubts, "tracking_key_not_sealed")
    return Paper(AT, True, seal, fields, {}, doubts, frozenset(shown))


def judged(
    paper: Paper, order: OrderMoney = PAID, *arrived: Arrived, at: datetime = AT + timedelta(minutes=5)
) -> PaperVerdict:
    return judge_paper(paper, order, arrived, at=at)


def codes(verdict: PaperVerdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def against(verdict: PaperVerdict) -> list[str]:
    """The fields that a contradiction names."""
    assert verdict.kind is CONTRADICTS, verdict
    return [reason.data["field"] for reason in verdict.reasons if "field" in reason.data]


def test_a_picture_of_the_deposit_matches_it_and_one_of_no_deposit_waits_for_the_bank() -> None:
    found = judged(picture(), PAID, DEPOSIT)
    assert (found.kind, found.deposit_id, found.asks_again) == (MATCHES, 1, False)
    assert all(each.ok for each in found.compared)
    waits = judged(picture(), ORDER)
    assert (waits.kind, waits.deposit_id, codes(waits), waits.asks_again) == (WAITING, None, ["not_seen"], True)


@pytest.mark.parametrize(
    "said",
    ["BBVA26O311OOOOB8I2345", "8BVA2603110000881Z345", "bbva 2603 1100 00b8 12345", "BBVA26Q3110000BB12345"],
)
def test_letters_that_are_taken_for_digits_do_not_hide_the_deposit(said: str) -> None:
    found = judged(picture(tracking_key=said), PAID, DEPOSIT)
    assert (found.kind, found.deposit_id) == (MATCHES, 1)


def test_the_exact_key_goes_before_one_that_only_looks_like_it() -> None:
    twin = replace(DEPOSIT, id=2, tracking_key=KEY.replace("B8", "88"))
    assert folded(twin.tracking_key) == folded(KEY)
    assert judged(picture(), PAID, twin, DEPOSIT).deposit_id == 1


def test_a_key_that_was_cut_off_still_tells_and_a_scrap_of_one_does_not() -> None:
    assert codes(judged(picture(tracking_key=KEY[:12]), PAID, DEPOSIT))[0] == "deposit_found"
    # A scrap is no key: then amount and day tell.
    scrap = judged(picture(tracking_key="12345"), PAID, DEPOSIT)
    assert scrap.reasons[0].data["by"] == "amount_and_day"


@pytest.mark.parametrize(
    ("day", "operation", "settled", "is_found"),
    [
        # Friday evening: the calendar says Friday, the bank Monday.
        ("2026-03-06", date(2026, 3, 9), datetime(2026, 3, 7, 1, 0, tzinfo=UTC), True),
        # Saturday; Monday is the bank's day.
        ("2026-03-07", date(2026, 3, 9), datetime(2026, 3, 7, 18, 0, tzinfo=UTC), True),
        # The Monday of Juárez is a holiday: Friday evening becomes Tuesday.
        ("2026-03-13", date(2026, 3, 17), datetime(2026, 3, 14, 1, 0, tzinfo=UTC), True),
        ("2026-03-10", date(2026, 3, 11), AT, True),
        ("2026-03-12", date(2026, 3, 11), AT, True),
        ("2026-03-13", date(2026, 3, 11), AT, False),
        ("2026-03-09", date(2026, 3, 11), AT, False),
    ],
)
def test_the_calendars_day_and_the_banks_day_may_be_one_banking_day_apart(
    day: str, operation: date, settled: datetime, is_found: bool
) -> None:
    deposit = replace(DEPOSIT, operation_date=operation, settled_at=settled)
    order = replace(PAID, placed_at=datetime(2026, 3, 1, tzinfo=UTC), expires_at=AT + timedelta(days=9))
    found = judged(picture(tracking_key="", date=day), order, deposit, at=AT + timedelta(days=9))
    assert (found.deposit_id is not None) is is_found
    if not is_found:
        # Its key is the deposit's: then the day is what contradicts.
        assert against(judged(picture(date=day), order, deposit, at=AT + timedelta(days=9))) == ["date"]


@pytest.mark.parametrize(
    ("says", "field"),
    [({"amount": "19135.00"}, "amount"), ({"clabe": FOREIGN}, "clabe"), ({"date": "2026-03-20"}, "date")],
)
def test_a_picture_of_the_deposit_that_says_something_else_contradicts_in_that_field(
    says: dict[str, str], field: str
) -> None:
    found = judged(picture(**says), PAID, DEPOSIT)
    assert against(found) == [field]
    (row,) = [each for each in found.compared if each.name == field]
    assert (row.ok, row.is_sure) == (False, True)
    # The same, read without certainty, is shown to a person and speaks against nobody.
    if field != "clabe":
        doubtful = judged(picture(unsure=(field,), **says), PAID, DEPOSIT)
        assert (doubtful.kind, doubtful.deposit_id) == (MATCHES, 1)
        assert "differs_doubtfully" in codes(doubtful)


def test_an_account_with_a_wrong_control_digit_was_misread() -> None:
    wrong = OURS[:-1] + str((int(OURS[-1]) + 1) % 10)
    assert judged(picture(clabe=wrong), PAID, DEPOSIT).kind is MATCHES
    assert judged(picture(clabe=wrong), ORDER).kind is WAITING


@pytest.mark.parametrize(("clabe", "code"), [(FOREIGN, "clabe_foreign"), (OTHER_OF_STORE, "clabe_of_store")])
def test_another_account_contradicts_also_before_the_money_is_seen(clabe: str, code: str) -> None:
    found = judged(picture(clabe=clabe), ORDER)
    assert against(found) == ["clabe"]
    assert codes(found) == [code]
    assert judged(picture(clabe=clabe, unsure=("clabe",)), ORDER).kind is WAITING


def test_of_a_hidden_account_only_its_end_is_shown_and_it_decides_nothing() -> None:
    same = judged(picture(clabe="", clabe_tail=OURS[-4:]), PAID, DEPOSIT)
    assert [(each.ok, each.said) for each in same.compared if each.name == "clabe"] == [(True, f"••• {OURS[-4:]}")]
    other = picture(clabe="", clabe_tail="0000")
    for found in (judged(other, PAID, DEPOSIT), judged(other, ORDER)):
        assert found.kind in {MATCHES, WAITING}
        assert "differs_doubtfully" in codes(found)


def test_a_bank_that_is_called_otherwise_decides_nothing() -> None:
    found = judged(picture(bank="90722"), PAID, DEPOSIT)
    assert (found.kind, "differs_only" in codes(found)) == (MATCHES, True)


def test_parts_are_normal_before_and_after_the_bank_told() -> None:
    part = replace(DEPOSIT, amount=Money(400_000))
    waits = judged(picture(amount="4000.00"), ORDER)
    assert (waits.kind, codes(waits)) == (WAITING, ["not_seen", "says_less"])
    came = judged(picture(amount="4000.00"), replace(ORDER, received=part.amount), part)
    assert (came.kind, "part" in codes(came)) == (MATCHES, True)
    more = judged(picture(amount="9200.00"), ORDER)
    assert (more.kind, codes(more)) == (WAITING, ["not_seen", "says_more"])
    asked = judged(picture(amount="3000.00"), replace(ORDER, asked=(Money(300_000),)))
    assert codes(asked) == ["not_seen"]


def test_of_several_deposits_each_comprobante_finds_its_own() -> None:
    first = replace(DEPOSIT, amount=Money(400_000), tracking_key="PRIMERA0001")
    second = replace(DEPOSIT, id=2, amount=Money(513_500), tracking_key="SEGUNDA0002")
    both = (first, second)
    assert judged(picture(amount="4000.00", tracking_key="PRIMERA0001"), PAID, *both).deposit_id == 1
    assert judged(picture(amount="5135.00", tracking_key=""), PAID, *both).deposit_id == 2
    assert against(judged(picture(amount="9135.00", tracking_key=""), PAID, *both)) == ["amount"]
    alike = replace(second, amount=first.amount)
    found = judged(picture(amount="4000.00", tracking_key=""), PAID, first, alike)
    assert (found.kind, found.reasons[0].data["by"]) == (MATCHES, "several_alike")


def test_what_came_late_waits_in_a_case_or_went_back_says_so() -> None:
    late = judged(picture(), replace(PAID, expires_at=AT - timedelta(hours=1)), DEPOSIT)
    assert (late.kind, "late" in codes(late)) == (MATCHES, True)
    in_case = judged(picture(), PAID, replace(DEPOSIT, place="case"))
    assert (in_case.kind, "in_case" in codes(in_case)) == (MATCHES, True)
    ours = judged(picture(), PAID, replace(DEPOSIT, place="sent_back"))
    assert "sent_back" in codes(ours)
    back = judged(picture(), ORDER, replace(DEPOSIT, is_returned=True))
    assert (back.kind, codes(back), back.deposit_id) == (CONTRADICTS, ["returned"], 1)


def test_a_paid_order_is_backed_by_no_comprobante_of_other_money() -> None:
    assert against(judged(picture(tracking_key="OTRA9999999"), PAID, DEPOSIT)) == ["tracking_key"]
    assert against(judged(picture(tracking_key="OTRA9999999", amount="50.00"), PAID, DEPOSIT)) == ["amount"]
    unsure = judged(picture(tracking_key="OTRA9999999", unsure=("tracking_key",)), PAID, DEPOSIT)
    assert (unsure.kind, unsure.reasons[0].data["by"]) == (MATCHES, "amount_and_day")
    # The second of two transfers, as soon as the bank tells it, is found: the verdict heals by itself.
    second = replace(DEPOSIT, id=2, tracking_key="OTRA9999999", place="case")
    assert judged(picture(tracking_key="OTRA9999999"), PAID, DEPOSIT, second).deposit_id == 2


def test_money_from_before_the_order_and_money_that_is_only_scheduled() -> None:
    assert against(judged(picture(date="2026-03-10"), ORDER)) == ["date"]
    assert judged(picture(date="2026-03-10", unsure=("date",)), ORDER).kind is WAITING
    coming = judged(picture(date="2026-03-20"), ORDER)
    assert (coming.kind, "scheduled" in codes(coming)) == (WAITING, True)
    hours_before = judged(cep(hour="07:00:00"), ORDER)
    assert codes(hours_before) == ["before_order"]


def test_a_comprobante_of_another_order_is_reused_unless_the_money_is_this_orders() -> None:
    for kind in ("seal", "file", "movement", "picture"):
        found = judged(picture(shown=(kind,)), ORDER)
        assert (found.kind, found.reasons[0].data) == (REUSED, {"by": kind})
        assert judged(picture(shown=(kind,)), PAID, DEPOSIT).kind is MATCHES, "whoever showed it, the money is here"
    # Alike in amount and day alone is less than the very bytes of another order's file, and more than a likeness.
    assert judged(picture(tracking_key="", shown=("file",)), PAID, DEPOSIT).kind is REUSED
    assert judged(picture(tracking_key="", shown=("picture",)), PAID, DEPOSIT).kind is MATCHES
    # Nobody's money is no proof against who showed it first.
    orphan = replace(DEPOSIT, clabe=OTHER_OF_STORE, place="case")
    assert judged(picture(clabe="", shown=("movement",)), ORDER, orphan).kind is REUSED


def test_the_movement_that_paid_another_order_is_none_of_this_one() -> None:
    others = replace(DEPOSIT, clabe=OTHER_OF_STORE, place="other")
    found = judged(picture(clabe=""), ORDER, others)
    assert (found.kind, codes(found), found.deposit_id) == (CONTRADICTS, ["money_of_another"], None)
    assert judged(picture(clabe="", date="2026-02-02", unsure=("date",)), ORDER, others).kind is WAITING


def test_money_that_came_to_another_account_of_the_store_and_waits_is_found() -> None:
    orphan = replace(DEPOSIT, clabe=OTHER_OF_STORE, place="case")
    found = judged(picture(clabe=OTHER_OF_STORE), ORDER, orphan)
    assert (found.kind, found.deposit_id, "in_case" in codes(found)) == (MATCHES, 1, True)
    assert judged(picture(clabe=OTHER_OF_STORE, amount=""), ORDER, orphan).kind is CONTRADICTS


def test_what_says_nothing_is_unreadable_and_nothing_more() -> None:
    for paper in (picture(amount="", tracking_key=""), picture(amount="a few", tracking_key="12")):
        found = judged(paper, ORDER)
        assert (found.kind, codes(found), found.asks_again) == (UNREADABLE, ["too_little"], False)
    assert codes(judged(replace(picture(), is_rejected=True), ORDER)) == ["rejected"]
    assert codes(judged(cep("invalid", ("not_well_formed",), amount="", tracking_key=""), ORDER)) == ["cep_broken"]


def test_a_link_dressed_up_as_banxicos_contradicts_until_the_money_is_here() -> None:
    fake = replace(picture(), doubts=("cep_link_not_banxico",))
    assert codes(judged(fake, ORDER)) == ["cep_link_not_banxico"]
    found = judged(fake, PAID, DEPOSIT)
    assert (found.kind, "cep_link_not_banxico" in codes(found)) == (MATCHES, True)


def test_a_verified_cep_proves_what_its_seal_covers_and_never_its_key() -> None:
    alone = judged(cep(), ORDER)
    assert (alone.kind, alone.deposit_id, alone.asks_again) == (VERIFIED, None, True)
    assert "key_not_sealed" in codes(alone)
    assert [each.ok for each in alone.compared if each.name == "tracking_key"] == [None]
    beside = judged(cep(), PAID, DEPOSIT)
    assert (beside.kind, beside.deposit_id, beside.asks_again) == (VERIFIED, 1, False)
    edited = judged(cep(tracking_key="EDITADA0001"), PAID, DEPOSIT)
    assert against(edited) == ["tracking_key"]
    assert edited.deposit_id == 1


def test_a_cep_whose_key_was_edited_to_a_deposits_key_is_not_that_deposit() -> None:
    # The CEP is of 1.00; its key was edited to that of a deposit of 9,135.00.
    assert against(judged(cep(amount="1.00"), PAID, DEPOSIT)) == ["amount"]
    small = judged(cep(amount="1.00"), ORDER, replace(DEPOSIT, place="new"))
    assert (small.kind, small.deposit_id) == (VERIFIED, None)
    # Two equal transfers on one day: the sealed hour tells which; the other one's key does not help.
    other = replace(DEPOSIT, id=2, tracking_key="TARDE0000002", settled_at=AT + timedelta(hours=5))
    assert against(judged(cep(tracking_key="TARDE0000002"), PAID, DEPOSIT, other)) == ["tracking_key"]


def test_a_cep_that_cannot_be_checked_here_is_read_and_proves_nothing() -> None:
    found = judged(cep("not_verifiable"), PAID, DEPOSIT)
    assert (found.kind, "seal_not_verifiable" in codes(found)) == (MATCHES, True)
    assert judged(cep("not_verifiable"), ORDER).kind is WAITING


@pytest.mark.parametrize("order", [ORDER, PAID])
def test_an_altered_cep_contradicts_whatever_else_is_right(order: OrderMoney) -> None:
    found = judged(cep("invalid", ("amount_differs_from_chain",)), order, DEPOSIT)
    assert against(found) == ["amount"]
    assert all(each.ok is None for each in found.compared)
    assert codes(judged(cep("invalid", ("seal_does_not_match",)), order, DEPOSIT)) == ["altered"]


def test_a_cep_of_another_account_contradicts_also_when_it_is_no_clabe() -> None:
    for account in (FOREIGN, "4152313312345678", "5512345678"):
        assert against(judged(cep(clabe=account), ORDER)) == ["clabe"]


def test_without_details_or_after_a_card_nothing_is_compared_with_an_account() -> None:
    none = replace(ORDER, clabe="")
    assert codes(judged(picture(), none)) == ["not_seen", "no_details"]
    assert judged(cep(), none).kind is WAITING
    by_card = judged(picture(), replace(none, is_by_card=True))
    assert (by_card.kind, by_card.asks_again) == (WAITING, False)


def test_waiting_ends_with_a_word_and_never_with_a_state() -> None:
    over = judged(picture(), replace(ORDER, is_ended=True), at=AT + timedelta(days=31))
    assert over.kind is WAITING
    assert set(codes(over)) == {"not_seen", "order_ended", "watched_long_enough"}


def test_the_same_facts_give_the_same_verdict_in_any_order() -> None:
    second = replace(DEPOSIT, id=2, tracking_key="OTRA9999999", place="case")
    for paper in (picture(), cep(), picture(tracking_key="")):
        assert judged(paper, PAID, DEPOSIT, second) == judged(paper, PAID, second, DEPOSIT)
