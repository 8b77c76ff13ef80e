"""Ask Banxico whether there is a CEP: one question at a time in the whole installation, never in a transaction."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from seguripago.foundations.approvals.commands import NotYourRole
from seguripago.foundations.approvals.rules import MAKERS
from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.people.queries import member
from seguripago.foundations.stores.queries import prefixes
from seguripago.ports.cep_lookup import CepAnswer, CepWanted, Found, cep_lookup
from seguripago.values.actor import Actor
from seguripago.values.clabe import institution_name, is_valid
from seguripago.values.money import Money

from .. import patience, rules
from ..capture_tables import CepQuestion, CepTurn
from ..facts import CepAnswered, CepAsked
from ..refusals import CaptureUnreadable, NotOurAccount, QuestionUnfit

TIMEOUT_S: Final = 15.0
MOST_BY_ITSELF: Final = 3
NOBODY: Final = 0
"""Who asked, where no person did."""
_KEY: Final = re.compile(r"[A-Za-z0-9][!-~]{0,29}")
CLAIM: Final = """
    UPDATE cep_question SET next_at = %s WHERE id = (
        SELECT id FROM cep_question WHERE state = 'waiting' AND next_at <= %s ORDER BY next_at, id LIMIT 1
        FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""


def ask_cep(store_id: int, wanted: CepWanted, *, by: Actor, at: datetime) -> int:
    """Write down that somebody wants a CEP looked up; the same open question is the one that is known.

    Only for accounts of the store: nobody's transfers are looked up for curiosity. Returns the question's id. Raises
    QuestionUnfit while look-ups are off, NotYourRole, NotOurAccount, CaptureUnreadable.
    """
    if not settings.SEGURIPAGO.cep_lookup_url:
        raise QuestionUnfit("off")
    person = None if by.id is None else member(by.id)
    if person is None or person.store_id != store_id or person.role not in MAKERS:
        raise NotYourRole
    if not _KEY.fullmatch(wanted.tracking_key):
        raise CaptureUnreadable("tracking_key")
    if not is_valid(wanted.account):
        raise CaptureUnreadable("clabe")
    if not rules.owner_account(wanted.account, [each.prefix for each in prefixes(store_id)])[1]:
        raise NotOurAccount
    for name in ("sending_institution", "receiving_institution"):
        if not institution_name(getattr(wanted, name)):
            raise CaptureUnreadable(name)
    if wanted.amount <= Money.zero() or not date(2004, 8, 13) <= wanted.operation_date <= at.date() + timedelta(days=6):
        raise CaptureUnreadable("amount" if wanted.amount <= Money.zero() else "operation_date")
    return _write_down(store_id, wanted, by=by, who=(person.user_id, person.name), at=at)


def ask_cep_by_itself(store_id: int, wanted: CepWanted, *, at: datetime) -> int | None:
    """Write down that the house itself wants a CEP looked up, because a buyer showed one whose seal nobody can check
    here; None where look-ups are off, the account is not the store's, or enough was asked about it.

    What Banxico gives is no money either: it enters by two people, or not at all.
    """
    if not settings.SEGURIPAGO.cep_lookup_url or not _KEY.fullmatch(wanted.tracking_key):
        return None
    is_ours = rules.owner_account(wanted.account, [each.prefix for each in prefixes(store_id)])[1]
    is_known = institution_name(wanted.sending_institution) and institution_name(wanted.receiving_institution)
    if not (is_valid(wanted.account) and is_ours and is_known):
        return None
    # Whoever makes up CEPs must not fill the one line to Banxico.
    if CepQuestion.objects.filter(store_id=store_id, account=wanted.account).count() >= MOST_BY_ITSELF:
        return None
    return _write_down(store_id, wanted, by=Actor.system(), who=(NOBODY, Actor.system().name), at=at)


def _write_down(store_id: int, wanted: CepWanted, *, by: Actor, who: tuple[int, str], at: datetime) -> int:
    marks = {
        "store_id": store_id,
        "tracking_key": wanted.tracking_key,
        "operation_date": wanted.operation_date,
        "sending_institution": wanted.sending_institution,
        "account": wanted.account,
        "amount_centavos": wanted.amount.centavos,
    }
    try:
        with transaction.atomic():
            row = CepQuestion.objects.create(
                **marks,
                receiving_institution=wanted.receiving_institution,
                to_a_participant=wanted.to_a_participant,
                state="waiting",
                next_at=at,
                asked_by_id=who[0],
                asked_by=who[1],
                asked_at=at,
            )
            record(store_id, by, "cep.asked", f"cep_question:{row.pk}", {"tracking_key": row.tracking_key}, at=at)
            publish(CepAsked(store_id=store_id, at=at, question_id=row.pk))
    except IntegrityError as error:
        if "cep_question_once_at_a_time" not in str(error):
            raise
        return CepQuestion.objects.get(**marks, state="waiting").pk
    return row.pk


def answer_next_cep(*, at: datetime, timeout_s: float = TIMEOUT_S) -> bool:
    """Ask one question that is due, if it is this installation's turn; tells whether one was asked.

    The turn and the question are claimed and committed before the connection opens.
    """
    base_url = settings.SEGURIPAGO.cep_lookup_url
    if not base_url:
        return False
    question = _claim(at=at)
    if question is None:
        return False
    days = patience.days_to_try(question.operation_date)
    wanted = CepWanted(
        tracking_key=question.tracking_key,
        operation_date=days[min(question.days_tried, len(days) - 1)],
        sending_institution=question.sending_institution,
        receiving_institution=question.receiving_institution,
        account=question.account,
        amount=Money(question.amount_centavos),
        to_a_participant=question.to_a_participant,
    )
    answer = cep_lookup().ask(wanted, base_url=base_url, timeout_s=timeout_s)
    _keep_answer(question.pk, answer, at=at)
    return True


def _claim(*, at: datetime) -> CepQuestion | None:
    """Take the installation's turn and the oldest due question, or neither."""
    CepTurn.objects.bulk_create([CepTurn(pk=1, free_at=at)], ignore_conflicts=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cep_turn SET free_at = %s WHERE id = 1 AND free_at <= %s RETURNING id", [at + patience.GAP, at]
        )
        if cursor.fetchone() is None:
            return None
        cursor.execute(CLAIM, [at + patience.LEASE, at])
        row = cursor.fetchone()
        if row is None:
            transaction.set_rollback(True)
            return None
        return CepQuestion.objects.get(pk=row[0])


def _keep_answer(question_id: int, answer: CepAnswer, *, at: datetime) -> None:
    with transaction.atomic():
        question = CepQuestion.objects.select_for_update().get(pk=question_id)
        if question.state != "waiting":
            return
        step = patience.following(answer, tries=question.tries, days_tried=question.days_tried)
        question.state, question.says = step.state, step.says[:200]
        question.tries, question.days_tried = step.tries, step.days_tried
        if step.after is not None:
            question.next_at = at + step.after
        else:
            question.answered_at = at
        if isinstance(answer, Found):
            question.body = answer.body
        question.save()
        if step.pause is not None:
            CepTurn.objects.filter(pk=1).update(free_at=at + step.pause)
        if step.after is None:
            said = {"state": question.state, "says": question.says, "tries": question.tries}
            record(question.store_id, Actor.system(), "cep.answered", f"cep_question:{question_id}", said, at=at)
            publish(CepAnswered(store_id=question.store_id, at=at, question_id=question_id, state=question.state))
