"""A CEP as Banxico prints it: a PDF whose text layer carries the chain and the seal, and shows them to people.

The text is only a carrier. The chain and its seal decide; what is printed beside them must say the same. A line that
wraps swallows the space it broke at, so every spelling that the wrapping allows is offered to the seal. Layout seen:
Banxico's of 2019 and 2025 (JasperReports), which did not change between them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from seguripago.ports.cep import Cep, NotACep, chain_date, from_chain, is_amount
from seguripago.ports.pdf_opening import PdfBusy, PdfFails, runs_of

MAX_PAPER_BYTES: Final = 524_288
MOST_PAGES: Final = 4
MOST_BREAKS: Final = 12
MOST_DOUBLED: Final = 256
SEAL_LETTERS: Final = 344
BUSY: Final = "busy"
"""Too many papers are open at this moment: nothing is said of this one."""
SAID: Final = frozenset({"too_long", "too_many_pages"})

_CHAIN: Final = re.compile(r"\|\|\s*\d{1,2}\s*\|[^\x00]*?\|\s*(?:\d\s*){20}\|\s*\|", re.ASCII)
_BREAK: Final = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_MONEY: Final = re.compile(r"\$\s*(\d[\d,]*(?:\.\d{1,2})?)", re.ASCII)
_MONTHS: Final = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
_DAY_IN_WORDS: Final = re.compile(rf"\b(\d{{1,2}}) de ({'|'.join(_MONTHS)}) de (\d{{4}})\b", re.IGNORECASE)
_LABELS: Final = (
    "Fecha de operación en el SPEI",
    "Fecha de abono en la cuenta beneficiaria",
    "Hora de abono en la cuenta beneficiaria",
    "Concepto del pago",
    "Monto",
    "IVA",
    "Referencia numérica",
    "Clave de rastreo",
    "Institución emisora del pago",
    "Institución receptora del pago",
    "Titular de la cuenta",
    "RFC/CURP",
    "CLABE,Tarjeta de débito,Número",
)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text and where it stands; `middle` counts upwards from the foot of its page."""

    page: int
    left: float
    middle: float
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What a PDF says: its text in the order of the file, and its pieces with their places."""

    text: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class PrintedCep:
    """A CEP on paper: its chain as it was wrapped, its seal, and what stands beside them."""

    written: str
    seal: str
    tracking_key: str
    paper: Paper

    def chains(self) -> Iterator[str]:
        """Give every spelling of the chain that the wrapping allows, the likeliest first, each with the seal."""
        return (f"{chain}{self.seal}" for chain in _spellings(self.written))

    def cep(self, chain: str = "") -> Cep:
        """Say as attributes what the (likeliest) chain says; raises NotACep."""
        return from_chain(chain or next(self.chains()), self.tracking_key)


def read_paper(body: bytes) -> Paper:
    """Read the text layer; raises NotACep for what is too long, locked, broken or has too many pages."""
    if len(body) > MAX_PAPER_BYTES:
        raise NotACep("too_long")
    try:
        text, runs = runs_of(body, most=MOST_PAGES)
    except PdfFails as trouble:
        raise NotACep(trouble.reason if trouble.reason in SAID else "pdf_unreadable") from None
    except PdfBusy:
        raise NotACep(BUSY) from None
    return Paper(text, tuple(Run(*run) for run in runs))


def is_printed_cep(paper: Paper) -> bool:
    """Whether a paper holds a chain, or says that it does."""
    return _CHAIN.search(paper.text) is not None or "cadenaoriginal" in _squeezed(paper.text).lower()


def find_cep(paper: Paper) -> PrintedCep:
    """Find the one chain and the one seal on a paper; raises NotACep."""
    found = [(match.start(), match.end()) for match in _CHAIN.finditer(paper.text)]
    written = {_BREAK.sub("", paper.text[start:end]) for start, end in found}
    if not written:
        raise NotACep("chain_unreadable")
    if len({_squeezed(chain) for chain in written}) > 1:
        raise NotACep("not_one_transfer")
    start, end = found[0]
    seals = set(_seals(paper.text[:start])) | set(_seals(paper.text[end:]))
    if len(seals) != 1:
        raise NotACep("seal_unreadable" if not seals else "not_one_seal")
    seal = seals.pop()
    return PrintedCep(paper.text[start:end], seal, _tracking_key(paper), paper)


def misprints(printed: PrintedCep, cep: Cep) -> tuple[str, ...]:
    """Name everything that the chain says and the paper shows differently, or not at all; nothing when all agree."""
    shown = _without_chain(printed)
    everything = _squeezed(shown)
    values = _labelled(printed.paper)
    parts = cep.chain.split("|")
    found = []
    for reason, label, said in (
        ("payer_bank", "Institución emisora del pago", (parts[7],)),
        ("beneficiary_bank", "Institución receptora del pago", (parts[12],)),
        ("names", "Titular de la cuenta", (parts[8], parts[13])),
        ("rfcs", "RFC/CURP", (parts[11], parts[16])),
        ("accounts", "CLABE,Tarjeta de débito,Número", (parts[10], parts[15])),
        ("concept", "Concepto del pago", (parts[17],)),
    ):
        expected = [_squeezed(one) for one in said if one not in {"", "NA", "ND"}]
        under = [_squeezed(one) for one in values.get(label, []) if _squeezed(one) not in {"", "NA", "ND"}]
        if not all(one in everything for one in expected) or not all(_is_one_of(one, expected) for one in under):
            found.append(f"printed_{reason}_differ_from_chain")
    if not _amounts_agree(shown, cep):
        found.append("printed_amount_differs_from_chain")
    if not _days_agree(shown, parts):
        found.append("printed_date_differs_from_chain")
    if cep.head.get("Hora", "") not in shown:
        found.append("printed_hour_differs_from_chain")
    if not _accounts_agree(shown, cep, printed.tracking_key):
        found.append("printed_account_is_not_in_chain")
    return tuple(found)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _spellings(written: str) -> Iterator[str]:
    """Every chain that could have been wrapped into this text: at each break nothing or one space was swallowed."""
    pieces = _BREAK.split(written)
    likely = [
        "" if before.endswith("|") or after.startswith("|") else " " for before, after in itertools.pairwise(pieces)
    ]
    free = [place for place, glue in enumerate(likely) if glue]
    if len(likely) <= MOST_BREAKS:
        free = list(range(len(likely)))
    free = free[:MOST_BREAKS]
    seen: dict[str, None] = {}
    for flips in itertools.product((False, True), repeat=len(free)):
        glue = list(likely)
        for place, flip in zip(free, flips, strict=True):
            glue[place] = glue[place] if not flip else (" " if glue[place] == "" else "")
        chain = pieces[0] + "".join(one + piece for one, piece in zip(glue, pieces[1:], strict=True))
        if chain not in seen:
            seen[chain] = None
            yield chain
    # A reader of PDF sees two spaces as one: each place where that may have happened, once.
    for chain in tuple(itertools.islice(seen, MOST_DOUBLED)):
        for place, letter in enumerate(chain):
            if letter == " ":
                yield f"{chain[:place]} {chain[place:]}"


def _seals(text: str) -> Iterator[str]:
    """Every run of lines that makes one seal of 344 letters; a label may stand before it on its first line."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", text)]
    for place, line in enumerate(lines):
        gathered = line.rsplit(" ", 1)[-1]
        following = iter(lines[place + 1 :])
        while len(gathered) < SEAL_LETTERS and _BASE64.fullmatch(gathered):
            more = next(following, "")
            if not _BASE64.fullmatch(more):
                break
            gathered += more
        if len(gathered) == SEAL_LETTERS and _BASE64.fullmatch(gathered) and gathered.endswith("=="):
            yield gathered


def _without_chain(printed: PrintedCep) -> str:
    """Give the text without chain and seal, so that only what is shown to people is compared."""
    shown = _CHAIN.sub("\n", printed.paper.text)
    pattern = r"\s*".join(re.escape(letter) for letter in printed.seal)
    return re.sub(pattern, "\n", shown)


def _labelled(paper: Paper) -> dict[str, list[str]]:
    """Give what stands to the right of each known label, on its line, up to the next label."""
    found: dict[str, list[str]] = {}
    for run in paper.runs:
        label = _label_of(run.text)
        if label is None:
            continue
        after = run.text[len(label) :].strip(" *®:")
        if not after:
            beside = sorted(
                (
                    other
                    for other in paper.runs
                    if other.page == run.page and abs(other.middle - run.middle) < 4 and other.left > run.left
                ),
                key=lambda other: other.left,
            )
            values = itertools.takewhile(lambda other: _label_of(other.text) is None, beside)
            after = " ".join(other.text for other in values)
        if after:
            found.setdefault(label, []).append(after)
    return found


def _label_of(text: str) -> str | None:
    return next(
        (
            label
            for label in _LABELS
            if text == label or re.match(rf"{re.escape(label)}\s*[:*®]|{re.escape(label)}\s", text)
        ),
        None,
    )


def _tracking_key(paper: Paper) -> str:
    found = {_squeezed(value) for value in _labelled(paper).get("Clave de rastreo", [])}
    if not found:
        found = {match[1] for match in re.finditer(r"Clave de rastreo[\s:*]+([!-~]{1,30})(?=\s)", paper.text)}
    return found.pop() if len(found) == 1 else ""


def _is_one_of(value: str, expected: Sequence[str]) -> bool:
    """A long name wraps: its first line stands for it, since the whole of it was found on the paper."""
    return any(one == value or (len(value) >= 12 and one.startswith(value)) for one in expected)


def _amounts_agree(shown: str, cep: Cep) -> bool:
    amount, iva = cep.beneficiary.get("MontoPago", ""), cep.beneficiary.get("IVA", "")
    if not is_amount(amount):
        return False
    allowed = {Decimal(amount)} | ({Decimal(iva)} if is_amount(iva) else set())
    written = [Decimal(text.replace(",", "")) for text in _MONEY.findall(shown)]
    if not written:
        plain = re.findall(r"(?<![\d.,])\d[\d,]*\.\d{1,2}(?![\d.])", shown)
        written = [Decimal(text.replace(",", "")) for text in plain]
    return Decimal(amount) in written and set(written) <= allowed


def _days_agree(shown: str, parts: Sequence[str]) -> bool:
    operation, credit = chain_date(parts[3]), chain_date(parts[4])
    flat = " ".join(shown.split())
    written = [
        f"{year}-{_MONTHS.index(month.lower()) + 1:02d}-{int(day):02d}"
        for day, month, year in _DAY_IN_WORDS.findall(flat)
    ]
    written += re.findall(r"\b\d{4}-\d{2}-\d{2}\b", flat)
    written += [f"{year}-{month}-{day}" for day, month, year in re.findall(r"\b(\d{2})[/-](\d{2})[/-](\d{4})\b", flat)]
    if operation is None or operation not in written:
        return False
    if "Fecha de abono" not in flat or credit is None:
        return True
    return credit in written and (credit != operation or written.count(operation) >= 2)


def _accounts_agree(shown: str, cep: Cep, tracking_key: str) -> bool:
    written = set(re.findall(r"(?<![A-Za-z0-9])\d{18}(?![A-Za-z0-9])", shown)) - {tracking_key}
    return written <= {cep.payer.get("Cuenta", ""), cep.beneficiary.get("Cuenta", "")}
