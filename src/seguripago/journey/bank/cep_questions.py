"""What screens read of the questions to Banxico, and of the seals that were used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from seguripago.ports.cep_examination import examine
from seguripago.ports.receipt_readers import Seal, pinned_keys
from seguripago.values.clabe import institution_name
from seguripago.values.money import Money

from .capture_tables import CepQuestion, TakenCapture


@dataclass(frozen=True, slots=True)
class CepQuestionView:
    """A question; `seal` and `fields` are those of the CEP that was found, judged with today's pins."""

    id: int
    store_id: int
    tracking_key: str
    operation_date: date
    sending_institution: str
    bank_name: str
    account: str
    amount: Money
    state: str
    says: str
    tries: int
    next_at: datetime
    asked_by: str
    asked_at: datetime
    answered_at: datetime | None
    seal: str = ""
    fields: Mapping[str, str] | None = None
    reasons: tuple[str, ...] = ()


def cep_question(store_id: int, question_id: int) -> CepQuestionView | None:
    """The store's question with this id, with the CEP that was found judged; None when there is none."""
    row = CepQuestion.objects.filter(pk=question_id, store_id=store_id).first()
    return None if row is None else _view(row, judged=True)


def cep_questions(store_id: int, *, limit: int = 20) -> tuple[CepQuestionView, ...]:
    """The store's newest questions; what was found is not judged here."""
    rows = CepQuestion.objects.filter(store_id=store_id).defer("body").order_by("-pk")[:limit]
    return tuple(_view(row, judged=False) for row in rows)


def seals_at_banxico(accounts: Collection[str]) -> frozenset[str]:
    """The seals (SHA-256, hex) of the CEPs to these accounts that Banxico itself gave us; one statement.

    Whether a pinned key verifies them is another question: that they agree with their own chains is asked here.
    """
    rows = CepQuestion.objects.filter(account__in=[each for each in accounts if each], state="found")
    found = (examine(bytes(body), {}).reading for body in rows.values_list("body", flat=True))
    return frozenset(each.seal_digest for each in found if each.seal is Seal.NOT_VERIFIABLE and each.seal_digest)


def account_asked(question_id: int) -> str:
    """The account that a question was about; empty for one that nobody asked."""
    return CepQuestion.objects.filter(pk=question_id).values_list("account", flat=True).first() or ""


def seal_is_deposit(digest: str) -> bool:
    """Whether two people let a CEP with this seal (SHA-256, hex) in, in whatever store of the installation."""
    return bool(digest) and TakenCapture.objects.filter(seal_digest=digest).exists()


def _view(row: CepQuestion, *, judged: bool) -> CepQuestionView:
    reading = None
    if judged and row.state == "found":
        reading = examine(bytes(row.body), pinned_keys(settings.SEGURIPAGO.data_dir)).reading
    return CepQuestionView(
        id=row.pk,
        store_id=row.store_id,
        tracking_key=row.tracking_key,
        operation_date=row.operation_date,
        sending_institution=row.sending_institution,
        bank_name=institution_name(row.sending_institution) or row.sending_institution,
        account=row.account,
        amount=Money(row.amount_centavos),
        state=row.state,
        says=row.says,
        tries=row.tries,
        next_at=row.next_at,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        seal=reading.seal.value if reading else "",
        fields=reading.fields if reading else None,
        reasons=reading.reasons if reading else (),
    )
