"""Mexican banks' statements, made by hand: what a movement is, and how each kind of file prints it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from xml.sax.saxutils import escape

import xlsxwriter

OUR_ACCOUNT = "012180001234567897"
MONTHS = ("ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC")


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement as the bank knows it; `amount` in pesos as text with a point, negative for a debit."""

    day: date
    amount: str
    key: str = ""
    clabe: str = ""
    sender: str = "40012"
    payer: str = "LUCIA HERNANDEZ ROBLES"
    concept: str = "Pago"
    reference: str = "1"

    @property
    def is_debit(self) -> bool:
        return self.amount.startswith("-")

    @property
    def size(self) -> str:
        return self.amount.lstrip("-")


def day_text(day: date, style: str) -> str:
    match style:
        case "named":
            return f"{day:%d}-{MONTHS[day.month - 1]}-{day.year}"
        case "short":
            return f"{day.day} {MONTHS[day.month - 1].lower()} {day:%y}"
        case _:
            return day.strftime(style)


def amount_text(amount: str, style: str) -> str:
    whole, _, cents = amount.partition(".")
    cents = cents.ljust(2, "0")
    grouped = f"{int(whole):,}"
    return f"{grouped}.{cents}" if style == "point" else f"{grouped.replace(',', '.')},{cents}"


def stp_csv(
    movements: Sequence[Movement], *, separator: str = ",", day: str = "%d/%m/%Y", decimals: str = "point"
) -> bytes:
    """The list of received transfers, with everything that identifies them."""
    rows: list[list[str]] = [
        ["Fecha Operación", "Clave de Rastreo", "Institución Ordenante", "Nombre Ordenante", "Cuenta Beneficiario",
         "Concepto de Pago", "Referencia Numérica", "Monto"],
        *(
            [day_text(each.day, day), each.key, each.sender, each.payer, each.clabe, each.concept, each.reference,
             amount_text(each.amount, decimals)]
            for each in movements
        ),
    ]  # fmt: skip
    return text_of(rows, separator).encode()


def branch_csv(
    movements: Sequence[Movement],
    *,
    separator: str = ",",
    day: str = "%d/%m/%Y",
    decimals: str = "point",
    opening: str = "1000.00",
) -> str:
    """A branch bank's export: rows above the headings, charges and deposits apart, a balance, totals below."""
    balance = cents(opening)
    rows = [["Banco del Centro"], ["Cuenta", OUR_ACCOUNT], ["Periodo", "del mes"], [],
            ["Fecha", "Descripción", "Referencia", "Cargos", "Abonos", "Saldo"]]  # fmt: skip
    for each in movements:
        balance += cents(each.amount)
        said = amount_text(each.size, decimals)
        words = each.concept
        if each.key:
            way = "ENVIADO" if each.is_debit else "RECIBIDO"
            words = f"SPEI {way} CVE RASTREO: {each.key} BANCO ORDENANTE: {each.sender}"
        rows.append([day_text(each.day, day), words, each.reference, said if each.is_debit else "",
                     "" if each.is_debit else said, amount_text(pesos(balance), decimals)])  # fmt: skip
    rows += [[], ["Total", "", "", "1", "2", "3"]]
    return text_of(rows, separator)


def text_of(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def sheet(movements: Sequence[Movement], *, texts: bool = False) -> bytes:
    """The list of received transfers as a workbook: days are dates, amounts numbers (or texts)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Movimientos")
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_string(0, 0, "Banco del Centro, S.A.")
        heads = (
            "Fecha",
            "Clave de rastreo",
            "Banco ordenante",
            "Ordenante",
            "CLABE beneficiaria",
            "Concepto",
            "Abono",
            "Cargo",
        )
        for place, head in enumerate(heads):
            page.write_string(2, place, head)
        for row, each in enumerate(movements, start=3):
            page.write_datetime(row, 0, each.day, days)
            for place, said in enumerate((each.key, each.sender, each.payer, each.clabe, each.concept), start=1):
                page.write_string(row, place, said)
            place = 7 if each.is_debit else 6
            if texts:
                page.write_string(row, place, amount_text(each.size, "point"))
            else:
                page.write_number(row, place, float(each.size))
        page.write_string(len(movements) + 3, 0, "Total")
        page.write_formula(len(movements) + 3, 6, f"=SUM(G4:G{len(movements) + 3})", None, 12345.67)
    return out.getvalue()


def mt940(movements: Sequence[Movement], *, account: str = OUR_ACCOUNT, opening: str = "1000.00") -> bytes:
    """A SWIFT statement; words longer than 65 characters are broken where the width ends."""
    first = movements[0].day if movements else date(2026, 3, 11)
    balance = cents(opening)
    lines = [":20:STMT1", f":25:{account}", ":28C:1/1", f":60F:C{first:%y%m%d}MXN{comma(balance)}"]
    for each in movements:
        balance += cents(each.amount)
        mark = "D" if each.is_debit else "C"
        lines.append(
            f":61:{each.day:%y%m%d}{each.day:%m%d}{mark}{comma(abs(cents(each.amount)))}NTRFNONREF//{each.reference}"
        )
        words = each.concept
        if each.key:
            words = (
                f"SPEI CLAVE DE RASTREO: {each.key} BANCO ORDENANTE: {each.sender} "
                f"CLABE BENEFICIARIO: {each.clabe} ORDENANTE: {each.payer} CONCEPTO: {each.concept}"
            )
        wide = [words[place : place + 65] for place in range(0, len(words), 65)]
        lines.append(":86:" + "\r\n".join(wide))
    lines += [f":62F:C{first:%y%m%d}MXN{comma(balance)}", "-", ""]
    return "\r\n".join(lines).encode("cp1252")


def camt(
    movements: Sequence[Movement], *, version: str = "08", account: str = OUR_ACCOUNT, batch: bool = False
) -> bytes:
    """An ISO 20022 statement; `batch` puts all credits into one entry with its parts."""
    pty = ("<Pty>", "</Pty>") if int(version) >= 8 else ("", "")
    bic = "BICFI" if int(version) >= 3 else "BIC"
    entries = []
    credits_ = [each for each in movements if not each.is_debit]
    batches = [[each for each in credits_ if each.day == day] for day in sorted({each.day for each in credits_})]
    for group in (batches if batch else []) + [[each] for each in movements if each.is_debit or not batch]:
        total = pesos(sum(cents(each.size) for each in group))
        parts = "".join(
            f"""<TxDtls><Refs><EndToEndId>{escape(each.key or "NOTPROVIDED")}</EndToEndId></Refs>
            <Amt Ccy="MXN">{each.size}</Amt><CdtDbtInd>{"DBIT" if each.is_debit else "CRDT"}</CdtDbtInd>
            <RltdPties><Dbtr>{pty[0]}<Nm>{escape(each.payer)}</Nm>{pty[1]}</Dbtr>
            <CdtrAcct><Id><Othr><Id>{each.clabe}</Id></Othr></Id></CdtrAcct></RltdPties>
            <RltdAgts><DbtrAgt><FinInstnId><{bic}>XXXXMXMM</{bic}><ClrSysMmbId><MmbId>{each.sender}</MmbId></ClrSysMmbId>
            </FinInstnId></DbtrAgt></RltdAgts><RmtInf><Ustrd>{escape(each.concept)}</Ustrd></RmtInf></TxDtls>"""
            for each in group
        )
        first = group[0]
        status = "<Sts>BOOK</Sts>" if int(version) < 4 else "<Sts><Cd>BOOK</Cd></Sts>"
        entries.append(
            f"""<Ntry><Amt Ccy="MXN">{total}</Amt><CdtDbtInd>{"DBIT" if first.is_debit else "CRDT"}</CdtDbtInd>
            {status}<BookgDt><Dt>{first.day.isoformat()}</Dt></BookgDt><NtryDtls>{parts}</NtryDtls></Ntry>"""
        )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
    <BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>MXN</Ccy></Acct>
    <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="MXN">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
    <Dt><Dt>2026-03-11</Dt></Dt></Bal>{"".join(entries)}</Stmt></BkToCstmrStmt></Document>""".encode()


def shifted(movement: Movement, **more: str) -> Movement:
    return replace(movement, **more)


def cents(amount: str) -> int:
    whole, _, rest = amount.lstrip("-").partition(".")
    value = int(whole) * 100 + int(rest.ljust(2, "0") or 0)
    return -value if amount.startswith("-") else value


def pesos(centavos: int) -> str:
    return f"{'-' if centavos < 0 else ''}{abs(centavos) // 100}.{abs(centavos) % 100:02d}"


def comma(centavos: int) -> str:
    return pesos(centavos).replace(".", ",")
