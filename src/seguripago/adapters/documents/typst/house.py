"""The papers of the house: its reports, and the evidence file of a purchase."""

from seguripago.ports.documents import Dossier, DossierSection, Report, ReportTable

from .pictures import as_svg
from .writing import Page, frame, groups, moment, rows, soft


def report(paper: Report) -> Page:
    return {
        **frame(paper.store, paper.title, paper.number),
        **{name: getattr(paper, name) for name in ("tone", "headline", "says", "seal_says")},
        "printed": moment(paper.printed_at),
        "figures": rows(*paper.figures),
        "seal": [{"name": name, "value": value if " " in value else groups(value)} for name, value in paper.seal],
        "tables": [_table(table) for table in paper.tables],
    }


def _table(table: ReportTable) -> Page:
    return {
        "title": table.title,
        "columns": list(table.columns),
        "numbers": list(table.numbers),
        "rows": [[soft(cell, longest=26) for cell in row] for row in table.rows],
        "empty": table.empty,
    }


def dossier(paper: Dossier) -> Page:
    return {
        **frame(paper.store, f"Expediente {paper.number}", paper.number),
        "number": paper.number,
        "order_number": paper.order_number,
        "printed": moment(paper.printed_at),
        "amount": str(paper.amount),
        "state": paper.state,
        "facts": rows(
            ("Compra de", soft(paper.buyer_name)),
            ("Vendido por", soft(paper.store.legal_name)),
            ("Lo pidió", soft(paper.printed_by)),
            ("Motivo", soft(paper.reason)),
        ),
        "file": paper.contents.decode(),
        "sections": [_section(section) for section in paper.sections],
    }


def _section(section: DossierSection) -> Page:
    return {
        "title": section.title,
        "says": section.says,
        "sha256": groups(section.sha256),
        "facts": rows(*((name, soft(value)) for name, value in section.facts)),
        "tables": [_table(table) for table in section.tables],
        "lines": [
            {"who": soft(one.who), "at": moment(one.at), "words": soft(one.words, longest=40), "ours": one.is_ours}
            for one in section.lines
        ],
        "files": [
            {
                "name": soft(file.filename),
                "says": file.says,
                "type": file.media_type,
                "sha256": groups(file.sha256),
                "picture": as_svg(file.body, file.media_type),
            }
            for file in section.files
        ],
    }
