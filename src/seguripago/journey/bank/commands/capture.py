"""Take a deposit in that no bank told us: seen in online banking, or proven by a CEP; always by two people.

The proposal holds the very bytes that would be kept as a notice. The second person sees what the feed reads in them,
and only then they enter, by the same door and to the same reader as every other notice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from seguripago.foundations.approvals.commands import Asked, ChangedMeanwhile, deciding, grant, lock, propose
from seguripago.foundations.approvals.rules import Json
from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores.queries import prefixes
from seguripago.ports import bank_feeds, registry
from seguripago.ports.bank_feeds import Arrived, Authenticity, ReadDeposit, Road, Unreadable
from seguripago.ports.captures import BY_HAND, CEP, ByHand, WritesByHand, WritesCep
from seguripago.ports.cep import Cep, NotACep, from_chain
from seguripago.ports.cep_examination import examine
from seguripago.ports.cep_seal import digest_of
from seguripago.ports.receipt_readers import pinned_keys
from seguripago.values.actor import Actor
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import institution_name, is_valid, pretty

from .. import rules
from ..capture_tables import Capture, CepQuestion, TakenCapture
from ..models import Deposit
from ..refusals import (
    CaptureUnknown,
    CaptureUnreadable,
    DepositKnown,
    LooksKnown,
    NotOnThatDay,
    NotOurAccount,
    SealNotVerified,
    SealUsed,
    SenderUnsaid,
)
from .keep import keep_own

KINDS: Final = {BY_HAND: "bank.by_hand", CEP: "bank.cep"}
HEADERS: Final = {bank_feeds.ROAD: Road.CAPTURE.value}
_MONTHS: Final = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


@dataclass(frozen=True, slots=True)
class CepFile:
    """A CEP that somebody brought. `sending_institution` and `tracking_key` only where the file does not say them."""

    body: bytes
    sending_institution: str = ""
    tracking_key: str = ""


@dataclass(frozen=True, slots=True)
class CepFound:
    """A CEP that was looked up at Banxico."""

    question_id: int
    sending_institution: str = ""


def propose_capture(
    store_id: int, seen: ByHand | CepFile | CepFound, *, is_another: bool = False, by: Actor, at: datetime
) -> int:
    """Propose a deposit for a second person to let in; returns the proposal's id.

    `is_another`: the maker knows that an equal deposit is there, and says that this is another one.
    Raises NotOurAccount, CaptureUnreadable, NotOnThatDay, DepositKnown, LooksKnown, SealNotVerified, SealUsed,
    SenderUnsaid, CaptureUnknown; AlreadyProposed and NotYourRole of approvals.
    """
    match seen:
        case ByHand():
            capture = _by_hand(store_id, seen, at=at)
        case CepFile():
            capture = _cep(store_id, seen.body, seen.sending_institution, seen.tracking_key)
        case CepFound():
            question = CepQuestion.objects.filter(pk=seen.question_id, store_id=store_id, state="found").first()
            if question is None:
                raise CaptureUnknown
            chosen = seen.sending_institution or question.sending_institution
            capture = _cep(store_id, bytes(question.body), chosen, question.tracking_key)
            capture.was_looked_up = True
    capture.at, capture.is_another = at, is_another
    said = _read(capture)
    identity = _identity(store_id, said)
    effects = _effects(capture, said, identity)
    known = Deposit.objects.filter(store_id=store_id, identity=identity).values_list("pk", flat=True).first()
    if known is not None:
        raise DepositKnown(known)
    if capture.seal_digest and TakenCapture.objects.filter(seal_digest=capture.seal_digest).exists():
        raise SealUsed
    beside = _beside(store_id, said)
    if beside and not is_another:
        raise LooksKnown(beside)
    with transaction.atomic():
        asked = Asked(store_id, KINDS[capture.feed], _subject(capture, identity), effects, _says(capture, said, beside))
        capture.proposal_id = propose(asked, by=by, at=at)
        capture.save(force_insert=True)
    return capture.proposal_id


def approve_capture(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Let it in as a second person: what was proposed becomes a notice whom we believe, to be read at once.

    Everything is worked out again under the lock: the file, its seal under today's pins, and whether the bank has told
    of it meanwhile. Raises what approvals.grant raises; ChangedMeanwhile leaves the proposal void.
    """
    with deciding(proposal_id, at=at):
        proposal = lock(proposal_id, at=at, by=by, kinds=tuple(KINDS.values()))
        capture = Capture.objects.get(proposal_id=proposal_id)
        effects = _effects_now(capture)
        grant(proposal_id, seen=seen, effects_now=effects, by=by, at=at)
        notice_id = keep_own(
            capture.feed,
            capture.store_id,
            body=bytes(capture.body),
            headers=HEADERS,
            authenticity=Authenticity.DECIDED,
            at=at,
        )
        try:
            with transaction.atomic():
                TakenCapture.objects.create(
                    capture=capture, notice_id=notice_id, seal_digest=capture.seal_digest, at=at
                )
        except IntegrityError as error:
            if "cep_seal_used_once" not in str(error):
                raise
            raise ChangedMeanwhile("Ese CEP ya se usó para otro depósito.") from None
        said = {"proposal": proposal_id, "notice": notice_id, "feed": capture.feed, "identity": effects["identity"]}
        record(capture.store_id, by, "bank.captured", proposal.subject, said, at=at)


def _by_hand(store_id: int, seen: ByHand, *, at: datetime) -> Capture:
    feed = registry.adapter(bank_feeds.FAMILY, BY_HAND)
    assert isinstance(feed, WritesByHand)
    if not is_valid(seen.clabe):
        raise CaptureUnreadable("clabe")
    if not institution_name(seen.sending_institution):
        raise CaptureUnreadable("sending_institution")
    owner = next((each for each in prefixes(store_id) if seen.clabe.startswith(each.prefix)), None)
    if owner is None:
        raise NotOurAccount
    if not _can_be(seen.operation_date, seen.settled_at, at=at):
        raise NotOnThatDay
    exact = ByHand(
        clabe=seen.clabe,
        sending_institution=seen.sending_institution,
        tracking_key=seen.tracking_key.strip(),
        operation_date=seen.operation_date,
        amount=seen.amount,
        receiving_institution=seen.receiving_institution or owner.institution,
        payer_name=rules.plain_text(seen.payer_name, 120),
        concept=rules.plain_text(seen.concept, 210),
        reference=seen.reference.strip(),
        settled_at=seen.settled_at,
    )
    if exact.reference and not re.fullmatch(r"\d{1,7}", exact.reference, re.ASCII):
        raise CaptureUnreadable("reference")
    return Capture(store_id=store_id, feed=BY_HAND, body=feed.written(exact))


def _cep(store_id: int, body: bytes, sending_institution: str, tracking_key: str) -> Capture:
    feed = registry.adapter(bank_feeds.FAMILY, CEP)
    assert isinstance(feed, WritesCep)
    cep = _verified(body, tracking_key)
    sender = feed.sending_institution(cep)
    if not sender:
        sender = sending_institution
    elif sending_institution and sending_institution != sender:
        raise CaptureUnreadable("sending_institution")
    if not sender:
        raise SenderUnsaid
    written = feed.with_original(cep, body, sending_institution=sender)
    if len(written) > bank_feeds.MAX_NOTICE_BYTES:
        raise CaptureUnreadable("too_long")
    capture = Capture(store_id=store_id, feed=CEP, body=written, seal_digest=digest_of(cep.seal))
    said = _read(capture)
    if not rules.owner_account(said.beneficiary_clabe, [each.prefix for each in prefixes(store_id)])[1]:
        raise NotOurAccount
    return capture


def _verified(body: bytes, tracking_key: str) -> Cep:
    """Give the CEP whose seal a pinned key verifies; nothing less may be proposed. Raises SealNotVerified."""
    examined = examine(body, pinned_keys(settings.SEGURIPAGO.data_dir))
    reading = examined.reading
    if not examined.is_verified or examined.cep is None:
        raise SealNotVerified(reading.kind.value, reading.seal.value, reading.reasons)
    cep = examined.cep
    if not cep.tracking_key and tracking_key:
        return from_chain(cep.chain, tracking_key)
    if tracking_key and rules.plain_key(tracking_key) != rules.plain_key(cep.tracking_key):
        raise CaptureUnreadable("tracking_key")
    return cep


def _read(capture: Capture) -> ReadDeposit:
    """What the feed reads in the very bytes that would be kept: exactly one deposit. Raises CaptureUnreadable."""
    feed: bank_feeds.BankFeed = registry.adapter(bank_feeds.FAMILY, capture.feed)
    try:
        movements = feed.read(bytes(capture.body), HEADERS)
    except Unreadable as trouble:
        raise CaptureUnreadable(trouble.reason) from None
    if len(movements) != 1 or not isinstance(movements[0], Arrived):
        raise CaptureUnreadable("not_a_deposit")
    return movements[0].deposit


def _effects(capture: Capture, said: ReadDeposit, identity: str) -> dict[str, Json]:
    return {
        "feed": capture.feed,
        "identity": identity,
        "amount_centavos": said.amount.centavos,
        "currency": said.amount.currency,
        "account": said.beneficiary_clabe,
        "sending_institution": said.sending_institution,
        "tracking_key": said.tracking_key,
        "operation_date": said.operation_date.isoformat(),
        "settled_at": said.settled_at.isoformat() if said.settled_at else "",
        "payer_name": said.payer_name,
        "concept": said.concept,
        "reference": said.reference,
        "seal": capture.seal_digest,
        "is_another": capture.is_another,
        "beside": list(_beside(capture.store_id, said)),
        "body_sha256": hashlib.sha256(bytes(capture.body)).hexdigest(),
    }


def _effects_now(capture: Capture) -> dict[str, Json]:
    """Work out again what letting it in would do. Raises ChangedMeanwhile with the reason in words."""
    said = _read(capture)
    identity = _identity(capture.store_id, said)
    if Deposit.objects.filter(store_id=capture.store_id, identity=identity).exists():
        raise ChangedMeanwhile("El banco ya avisó de ese depósito.")
    if capture.feed == CEP:
        feed = registry.adapter(bank_feeds.FAMILY, CEP)
        assert isinstance(feed, WritesCep)
        try:
            original = feed.original(bytes(capture.body))
            cep = _verified(original, said.tracking_key)
        except (SealNotVerified, NotACep, Unreadable):
            raise ChangedMeanwhile("El sello del CEP ya no se verifica con las llaves de hoy.") from None
        if feed.with_original(cep, original, sending_institution=said.sending_institution) != bytes(capture.body):
            raise ChangedMeanwhile("El CEP se lee hoy de otra manera.")
    return _effects(capture, said, identity)


def _identity(store_id: int, said: ReadDeposit) -> str:
    owner, _ = rules.owner_account(said.beneficiary_clabe, [each.prefix for each in prefixes(store_id)])
    return rules.identity(owner, said.sending_institution, said.tracking_key, said.operation_date)


def _beside(store_id: int, said: ReadDeposit) -> tuple[int, ...]:
    """The deposits that are equal in everything a seal covers, under another tracking key."""
    same = Deposit.objects.filter(
        store_id=store_id,
        clabe=said.beneficiary_clabe,
        sending_institution=said.sending_institution,
        operation_date=said.operation_date,
        amount_centavos=said.amount.centavos,
        currency=said.amount.currency,
    )
    key = rules.plain_key(said.tracking_key)
    return tuple(same.exclude(tracking_key=key).order_by("pk").values_list("pk", flat=True)[:20])


def _subject(capture: Capture, identity: str) -> str:
    """One open proposal for one movement, and for one seal."""
    if capture.seal_digest:
        return f"cep:{capture.seal_digest}"
    return f"movement:{hashlib.sha256(identity.encode()).hexdigest()}"


def _can_be(operation_date: date, settled_at: datetime | None, *, at: datetime) -> bool:
    """A bank's day may run ahead of the calendar over a long weekend, never behind it by more than a day."""
    today = at.astimezone(MEXICO).date()
    if not date(2004, 8, 13) <= operation_date <= today + timedelta(days=5):
        return False
    if settled_at is None:
        return True
    day = settled_at.astimezone(MEXICO).date()
    return settled_at <= at and timedelta(days=-1) <= operation_date - day <= timedelta(days=5)


def _says(capture: Capture, said: ReadDeposit, beside: tuple[int, ...]) -> tuple[str, ...]:
    day = f"{said.operation_date.day} {_MONTHS[said.operation_date.month - 1]} {said.operation_date.year}"
    fell = f", cayó a las {said.settled_at.astimezone(MEXICO):%H:%M:%S}" if said.settled_at else ""
    lines: list[str] = [
        f"Registrar un depósito de {said.amount} {said.amount.currency} en la cuenta {pretty(said.beneficiary_clabe)}.",
        f"Banco emisor: {institution_name(said.sending_institution)} ({said.sending_institution}).",
        f"Clave de rastreo: {said.tracking_key}.",
        f"Fecha de operación: {day}{fell}.",
    ]
    optional: Mapping[str, str] = {"Ordenante": said.payer_name, "Concepto": said.concept, "Referencia": said.reference}
    lines += [f"{name}: {value}." for name, value in optional.items() if value]
    if capture.feed == BY_HAND:
        lines.append("Capturado a mano: compáralo con la banca en línea antes de aprobar.")
    elif capture.was_looked_up:
        lines.append("CEP con sello verificado; Banxico lo encontró con esta clave de rastreo.")
    else:
        lines.append(
            "CEP con sello verificado. El sello no cubre la clave de rastreo: compárala con la banca en línea."
        )
    if beside:
        numbers = ", ".join(str(pk) for pk in beside)
        lines.append(
            f"OJO: hay un depósito igual con otra clave de rastreo (depósito {numbers}); se declara que es otro."
        )
    return tuple(lines)
