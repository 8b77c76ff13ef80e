"""Statements as ISO 20022 XML, camt.053 (and the interim camt.052), versions 02 to 13.

A batch entry is split into its transactions when they add up to it exactly; otherwise it is refused, because which
part is wrong nobody can know. A document type (DTD) is refused before anything else is read: no entities, no bombs.
Elements are found by their local names: the versions differ in namespaces, and hardly in what is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import Element

from seguripago.ports.bank_feeds import Listed, UnreadLine
from seguripago.ports.statement_marks import marks_in
from seguripago.ports.statement_text import (
    NOTHING,
    account_of,
    institution_by_bic,
    institution_code,
    joined,
    tracking_key_of,
)
from seguripago.ports.statement_xml import elements, every_child, every_text, find, name_of, text_of
from seguripago.ports.statements import Answers, Balance, Look, StatementItem, StatementLine, clabes_in, read_whole
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import is_valid
from seguripago.values.money import Money, UnreadableAmount

BOOKED: Final = frozenset({"", "BOOK", "BOOKED"})
OPENING: Final = frozenset({"OPBD", "PRCD"})
CLOSING: Final = frozenset({"CLBD"})
_MESSAGES: Final = ("camt.053", "camt.052", "camt.054")
STATEMENTS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
_KEY_PLACES: Final = ("EndToEndId", "TxId", "ClrSysRef", "InstrId", "UETR")


@dataclass(frozen=True, slots=True)
class Camt053:
    """ISO 20022 statements."""

    slug: str = "camt053"
    title: str = "Estado de cuenta ISO 20022 (CAMT.053)"

    def sniff(self, head: bytes, name: str) -> int:
        """Know the message by the name of its schema or its root."""
        text = head.replace(b"\0", b"")
        if not text.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith(b"<"):
            return 0
        if any(message.encode() in text for message in _MESSAGES) or b"BkToCstmr" in text:
            return 100
        return 20 if text.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") and b"<html" not in text.lower() else 0

    def look(self, file: BinaryIO, answers: Answers) -> Look:
        """Make sure that the file is a whole statement; it leaves nothing open."""
        for _ in elements(file, STATEMENTS):
            pass
        return Look((), {"schema": "camt.053"}, "camt053")

    def lines(self, file: BinaryIO, reading: Mapping[str, Any]) -> Iterator[StatementItem]:
        """Read entry after entry; `line` counts movements, the parts of a batch one by one."""
        account = currency = ""
        count = 0
        for path, element in elements(file, STATEMENTS):
            if element is None:
                account = currency = ""
                continue
            match name_of(element):
                case "Acct" if path == 1:
                    account, currency = _account(element), text_of(element, "Ccy")
                case "Bal" if path == 1:
                    yield from _balance(element, account)
                case "Ntry":
                    for item in _entry(element, account, currency):
                        count += 1
                        yield item(count)

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read a whole statement as a list."""
        return read_whole(self, body)


class _Bad(Exception):
    """An entry that cannot be read with certainty."""


class _At:
    """A line that waits for its number."""

    __slots__ = ("fields", "reason")

    def __init__(self, reason: str = "", **fields: Any) -> None:
        self.reason, self.fields = reason, fields

    def __call__(self, number: int) -> StatementItem:
        return UnreadLine(number, self.reason) if self.reason else StatementLine(line=number, **self.fields)


def _entry(entry: Element, account: str, currency: str) -> Iterator[_At]:
    """Give the movements of one entry: itself, or the transactions of a batch that add up to it."""
    try:
        status = find(entry, "Sts")
        said = (text_of(status, "Cd") or (status.text or "").strip()) if status is not None else ""
        if said.upper() not in BOOKED:
            raise _Bad(f"state:{said}")
        amount = _amount(entry, currency)
        is_credit = _direction(entry)
        day, settled = _day(entry)
        common: dict[str, Any] = {"operation_date": day, "settled_at": settled, "account": account}
        parts = [part for details in every_child(entry, "NtryDtls") for part in every_child(details, "TxDtls")]
        if len(parts) <= 1:
            batch = text_of(find(find(entry, "NtryDtls"), "Btch"), "NbOfTxs")
            if not parts and batch.isdigit() and int(batch) > 1:
                raise _Bad("batch_without_parts")
            # The entry's amount is what was booked; a lone part may repeat it in another currency.
            part = parts[0] if parts else None
            yield _At(is_credit=is_credit, amount=amount, **common, **_marks(entry, part, is_credit=is_credit))
            return
        amounts = [_part_amount(part, amount.currency) for part in parts]
        signs = [_direction(part, default=is_credit) for part in parts]
        total = sum(
            each.centavos if sign == is_credit else -each.centavos for each, sign in zip(amounts, signs, strict=True)
        )
        if total != amount.centavos:
            raise _Bad("batch_sum")
        for part, own, sign in zip(parts, amounts, signs, strict=True):
            yield _At(is_credit=sign, amount=own, **common, **_marks(entry, part, is_credit=sign))
    except _Bad as bad:
        yield _At(reason=str(bad))


def _marks(entry: Element, part: Element | None, *, is_credit: bool) -> dict[str, Any]:
    """What an entry or one of its parts says of who paid, under which references, and why."""
    source = entry if part is None else part
    refs = find(source, "Refs")
    parties, agents = find(source, "RltdPties"), find(source, "RltdAgts")
    words = [text for name in ("Ustrd", "AddtlTxInf") for text in every_text(source, name)]
    words += [] if part is not None and words else every_text(entry, "AddtlNtryInf")
    concept = joined(words)
    told = marks_in(concept)
    keys = _keys(refs, told)
    debtor, creditor = _party(parties, "Dbtr"), _party(parties, "Cdtr")
    payer_account = _account_under(parties, "DbtrAcct")
    sender = _agent(agents, "DbtrAgt") or institution_code(told.get("sending_institution", ""))
    if not sender and is_credit and is_valid(payer_account):
        sender = institution_code(payer_account[:3])
    clabe = _account_under(parties, "CdtrAcct")
    if not is_valid(clabe):
        clabe = told.get("clabe", "") if is_valid(told.get("clabe", "")) else clabe
    if not clabe and is_credit:
        own = [each for each in clabes_in(concept) if each != payer_account]
        clabe = own[0] if len(own) == 1 else ""
    reference = next((text for text in every_text(source, "CdtrRefInf") if text), "") or _remittance(source)
    return {
        "tracking_key": keys[0] if keys else "",
        "other_keys": keys[1:],
        "sending_institution": sender,
        "clabe": clabe,
        "payer_name": (debtor if is_credit else creditor)[:120],
        "payer_account": payer_account or told.get("payer_account", ""),
        "payer_rfc": _tax_id(parties),
        "concept": concept,
        "reference": (reference or told.get("reference", ""))[:40],
        "marks_from_words": bool(keys and keys[0] == told.get("tracking_key")),
        "bank_id": (text_of(refs, "AcctSvcrRef") or text_of(entry, "AcctSvcrRef") or text_of(entry, "NtryRef"))[:40],
    }


def _keys(refs: Element | None, told: Mapping[str, str]) -> tuple[str, ...]:
    """The tracking key under its own name first; else the end-to-end reference, then the others that may be it."""
    found: list[str] = []
    if refs is not None:
        for own in every_child(refs, "Prtry"):
            kind = text_of(own, "Tp").upper()
            if "RASTREO" in kind or kind in {"TRK", "TRACKING", "CVERASTREO"}:
                found.append(tracking_key_of(text_of(own, "Ref")))
    found.append(tracking_key_of(told.get("tracking_key", "")))
    if any(found):
        return tuple(dict.fromkeys(key for key in found if key))
    if refs is not None:
        found = [tracking_key_of(text_of(refs, name)) for name in _KEY_PLACES]
    return tuple(dict.fromkeys(key for key in found if key))


def _agent(agents: Element | None, name: str) -> str:
    agent = find(agents, name)
    if agent is None:
        return ""
    for member in ("MmbId", "Id"):
        for said in every_text(agent, member):
            if code := institution_code(said):
                return code
    for bic in (*every_text(agent, "BICFI"), *every_text(agent, "BIC")):
        if code := institution_by_bic(bic):
            return code
    return next((code for said in every_text(agent, "Nm") if (code := institution_code(said))), "")


def _account(account: Element) -> str:
    identity = find(account, "Id")
    if identity is None:
        return ""
    other = find(identity, "Othr")
    return account_of(text_of(other, "Id")) or account_of(text_of(identity, "IBAN")[-18:])


def _account_under(parties: Element | None, name: str) -> str:
    account = find(parties, name)
    return _account(account) if account is not None else ""


def _party(parties: Element | None, name: str) -> str:
    """The name of a party; from version 08 on it stands one level deeper, under Pty."""
    party = find(parties, name)
    if party is None:
        return ""
    inner = find(party, "Pty")
    said = joined([text_of(inner if inner is not None else party, "Nm")], limit=120)
    return "" if said.lower() in NOTHING else said


def _tax_id(parties: Element | None) -> str:
    debtor = find(parties, "Dbtr")
    if debtor is None:
        return ""
    return next((said for said in every_text(debtor, "Id") if 12 <= len(said) <= 13 and said.isalnum()), "")


def _remittance(source: Element) -> str:
    structured = [ref for each in source.iter() if name_of(each) == "Strd" for ref in every_text(each, "Ref")]
    return structured[0] if structured else ""


def _direction(element: Element, *, default: bool | None = None) -> bool:
    match text_of(element, "CdtDbtInd").upper():
        case "CRDT":
            is_credit = True
        case "DBIT":
            is_credit = False
        case "" if default is not None:
            return default
        case _:
            raise _Bad("direction")
    if is_credit and text_of(element, "RvslInd").lower() in {"true", "1"}:
        raise _Bad("reversal")  # Our own payment came back: no deposit of anybody.
    return is_credit


def _amount(element: Element, currency: str) -> Money:
    said = find(element, "Amt")
    if said is None:
        raise _Bad("amount")
    try:
        amount = Money.from_decimal(Decimal((said.text or "").strip()), said.get("Ccy") or currency or "MXN")
    except (InvalidOperation, UnreadableAmount):
        raise _Bad("amount") from None
    if not 0 < amount.centavos <= 99_999_999_999_999:
        raise _Bad("amount_zero" if not amount.centavos else "amount")
    return amount


def _part_amount(part: Element, currency: str) -> Money:
    own = find(part, "Amt")
    holder = part if own is not None else None
    if holder is None:
        details = find(part, "AmtDtls")
        holder = next((found for name in ("TxAmt", "InstdAmt") if (found := find(details, name)) is not None), None)
    if holder is None:
        raise _Bad("batch_part_amount")
    amount = _amount(holder, currency)
    if amount.currency != currency:
        raise _Bad("batch_part_currency")
    return amount


def _day(entry: Element) -> tuple[date, datetime | None]:
    """The day on which the bank booked it, else its value date; with the moment where the bank says one."""
    for name in ("BookgDt", "ValDt"):
        holder = find(entry, name)
        if holder is None:
            continue
        said = text_of(holder, "DtTm") or text_of(holder, "Dt") or (holder.text or "").strip()
        try:
            if len(said) <= 10:
                day = date.fromisoformat(said[:10])
                moment = None
            else:
                moment = datetime.fromisoformat(said)
                moment = moment if moment.tzinfo else moment.replace(tzinfo=MEXICO)
                day = moment.astimezone(MEXICO).date()
        except ValueError:
            raise _Bad("date") from None
        if not 2004 <= day.year <= 2099:
            raise _Bad("date")
        return day, moment
    raise _Bad("date")


def _balance(element: Element, account: str) -> Iterator[Balance]:
    code = next(iter(every_text(element, "Cd")), "")
    said, day = text_of(element, "Amt"), (every_text(element, "DtTm") or every_text(element, "Dt") or [""])[0]
    if code not in OPENING | CLOSING:
        return
    try:
        amount = Money.from_decimal(Decimal(said))
        yield Balance(
            account,
            date.fromisoformat(day[:10]),
            -amount if text_of(element, "CdtDbtInd") == "DBIT" else amount,
            is_closing=code in CLOSING,
        )
    except (InvalidOperation, UnreadableAmount, ValueError):
        return


ADAPTER: Final = Camt053()
