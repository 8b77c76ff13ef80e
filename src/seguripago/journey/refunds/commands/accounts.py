"""The account that a buyer gives for a refund: with its check digit, its holder and a proof; two people confirm it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import Asked, ChangedMeanwhile, deciding, grant, propose
from seguripago.foundations.approvals.queries import ProposalView
from seguripago.foundations.approvals.rules import Json
from seguripago.foundations.stores import keyring
from seguripago.journey.evidence import commands as evidence
from seguripago.journey.evidence.queries import is_file_of_another
from seguripago.journey.evidence.rules import EvidenceKind, shown_name
from seguripago.ports.file_stores import file_store
from seguripago.values import clabe as clabes
from seguripago.values.actor import Actor
from seguripago.values.card_numbers import holds_card_number
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.values.safe_text import clean

from ..facts import RefundAccountGiven
from ..models import Refund, RefundAccount, RefundLeg
from ..reading import leg_state, legs_of
from ..refusals import AccountNotNeeded, ClabeWrong, HolderMissing, RefundElsewhere, RefundUnknown, TooManyAccounts
from ..rules import Account, LegState, RefundState, Road
from ..sources import sources_of
from .asking import lock_refund
from .legs import instruct
from .telling import tell
from .waiting import wait

KIND: Final = "refund.account"
PROOFS: Final = (EvidenceKind.JPEG, EvidenceKind.PNG, EvidenceKind.WEBP, EvidenceKind.PDF)
MOST_UNDECIDED: Final = 6
"""Accounts of one refund that wait for a person; each «no» of a person makes room for another."""
DECIDED: Final = frozenset({RefundState.APPROVED, RefundState.INSTRUCTED, RefundState.FAILED})


def give_account(
    refund_id: int, *, clabe: str, holder: str, filename: str, body: bytes, by: Actor, at: datetime
) -> int:
    """Keep the account that a buyer gives for a refund, with the file that proves it; gives its id.

    The newest one counts: an older one is not paid. A file that another order showed before is taken, and whoever
    decides is told. Raises RefundUnknown, AccountNotNeeded, ClabeWrong, HolderMissing, TooManyAccounts and the refusals
    of `evidence.clean_copy`, whose `says` are words for whoever chose the file.
    """
    digits = "".join(clabe.split()).replace("-", "")
    whose = " ".join(clean(holder).split())[:120]
    if not clabes.is_valid(digits):
        raise ClabeWrong
    if len(whose) < 3 or holds_card_number(whose):
        raise HolderMissing
    evidence.check_size(body)
    refuse_too_many(refund_id)
    kind = evidence.taken_kind(body, PROOFS)
    _, copy = evidence.clean_copy(kind, body)
    digest = hashlib.sha256(body).hexdigest()
    store = file_store()
    row = RefundAccount(
        refund_id=refund_id,
        clabe=digits,
        institution=clabes.institution_of(digits),
        holder=whose,
        filename=shown_name(filename),
        kind=copy.kind,
        clean_name=store.put("clean", copy.body),
        sealed_name=store.put("sealed", keyring.seal(body, belongs_to=f"refund:{refund_id}:{digest}")),
        sha256=digest,
        given_by=by.name[:120],
        given_at=at,
    )
    try:
        with transaction.atomic():
            refund, order = lock_refund(refund_id)
            if not _needs_account(refund):
                raise AccountNotNeeded
            refuse_too_many(refund_id)
            row.save()
            evidence.claim_file(refund.store_id, order.id, digest, at=at)
            tell(refund, RefundAccountGiven, "refund.account_given", by=by, at=at)
    except Refusal:
        store.remove(row.clean_name)
        store.remove(row.sealed_name)
        raise
    return row.pk


def refuse_too_many(refund_id: int) -> None:
    """Raise TooManyAccounts where so many wait that nobody decided on. Asked before a file is opened, which costs
    something, and under the order's lock, where it counts.
    """
    if RefundAccount.objects.filter(refund_id=refund_id, state="given").count() >= MOST_UNDECIDED:
        raise TooManyAccounts


def propose_account(account_id: int, *, by: Actor, at: datetime) -> int:
    """Propose that the account is the buyer's, as one who looked at the proof; gives the proposal's id.

    Raises RefundUnknown, RefundElsewhere, AlreadyProposed, NotYourRole.
    """
    with transaction.atomic():
        row = RefundAccount.objects.filter(pk=account_id).first()
        if row is None:
            raise RefundUnknown
        refund, order = lock_refund(row.refund_id)
        if row.state != "given" or not _needs_account(refund) or not _is_newest(row):
            raise RefundElsewhere(row.state)
        amount = Money.sum((Money(leg.amount_centavos, refund.currency) for leg in _waiting(refund)), refund.currency)
        says = (
            f"Enviar {amount} por SPEI a {clabes.pretty(row.clabe)}, de {row.holder}.",
            f"La dio {row.given_by} para el pedido {order.number}; su prueba es el archivo {row.filename}.",
            f"Banco: {clabes.institution_name(row.institution) or row.institution}.",
            *(["Ese mismo archivo ya se presentó en otro pedido."] if is_file_of_another(order.id, row.sha256) else []),
        )
        asked = Asked(refund.store_id, KIND, f"refund:{refund.pk}", _effects(refund, row), says)
        return propose(asked, by=by, at=at)


def approve_account(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Confirm an account as a second person: what waited for it is instructed. Raises what approvals.grant raises."""
    with deciding(proposal_id, at=at):
        asked = approvals.lock(proposal_id, at=at, by=by, kinds=(KIND,))
        refund, _ = lock_refund(asked.effects["refund"])
        row = RefundAccount.objects.select_for_update().get(pk=asked.effects["account"])
        if row.state != "given" or not _needs_account(refund):
            raise ChangedMeanwhile("Ese reembolso ya no espera una cuenta.")
        if not _is_newest(row):
            raise ChangedMeanwhile("El comprador dio otra cuenta después: esta ya no se paga.")
        grant(proposal_id, seen=seen, effects_now=_effects(refund, row), by=by, at=at)
        row.state, row.proposal_id, row.decided_at = "confirmed", proposal_id, at
        row.save(update_fields=["state", "proposal", "decided_at"])
        assert refund.order_id is not None
        to = Account(row.clabe, row.institution, row.holder, f"Cuenta que dio el comprador: {row.filename}"[:240])
        sources = sources_of(refund.order_id)
        try:
            for leg in _waiting(refund):
                leg.account = row
                leg.instruction_id = instruct(refund, leg, to, sources, proposal_id=proposal_id, by=by, at=at)
                leg.save(update_fields=["account", "instruction"])
            wait(refund, at=at)
        except Refusal as refusal:
            raise ChangedMeanwhile(f"Ese dinero ya no admite este reembolso ({refusal.code}).") from refusal


def reject_account(proposal_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Say as a second person that the account is not good: the buyer is asked for another."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
        approvals.reject(proposal_id, reason=reason, by=by, at=at)
        refund, _ = lock_refund(asked.effects["refund"])
        _turn_down(asked, reason or "La prueba no muestra que la cuenta es tuya.", at=at)
        wait(refund, at=at)


def _turn_down(asked: ProposalView, words: str, *, at: datetime) -> None:
    rows = RefundAccount.objects.filter(pk=asked.effects["account"], state="given")
    rows.update(state="rejected", words=words[:240], decided_at=at)


def _needs_account(refund: Refund) -> bool:
    return RefundState(refund.state) in DECIDED and bool(_waiting(refund))


def _is_newest(row: RefundAccount) -> bool:
    return not RefundAccount.objects.filter(refund_id=row.refund_id, pk__gt=row.pk).exists()


def _waiting(refund: Refund) -> list[RefundLeg]:
    """The legs that wait for an account."""
    legs = [leg for leg in legs_of([refund.pk]) if leg.road == Road.SPEI.value]
    return [leg for leg in legs if leg_state(leg) is LegState.WAITING]


def _effects(refund: Refund, row: RefundAccount) -> dict[str, Json]:
    return {
        "refund": refund.pk,
        "account": row.pk,
        "clabe": row.clabe,
        "holder": row.holder,
        "proof": row.sha256,
        "legs": [{"leg": leg.pk, "centavos": leg.amount_centavos} for leg in _waiting(refund)],
    }
