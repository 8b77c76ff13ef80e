"""What the terminal says to a person: counts, reasons and the next step, where --json has names and codes."""

from __future__ import annotations

from seguripago.config import command_line_words as words
from seguripago.config.command_line import expected, lines_of
from seguripago.journey.bank.statement_refusals import StatementTooLarge, StatementUnfit

REPORT = {"rows": 3, "new": 1, "known": 0, "doubtful": 1, "debits": 0, "confirmed": 1, "statement": 7, "format": "csv"}


def test_a_report_names_each_refused_and_doubtful_line_with_its_reason() -> None:
    refused, doubts = [{"line": 3, "reason": "amount:12x4.50"}], [{"line": 2, "reason": "several"}]
    said = "\n".join(words.statement({**REPORT, "refused": refused, "doubts": doubts}))
    assert "línea 3: El monto no se puede leer: «12x4.50»" in said
    assert "línea 2: No trae los datos del banco y varios depósitos se le parecen" in said
    assert "Importado" in said
    assert "Nada se importó" in "\n".join(words.statement({**REPORT, "refused": [], "dry_run": True}))


def test_an_open_question_comes_with_the_words_to_type() -> None:
    asked = [
        {"key": "day_order", "sample": ["03/04/2026"], "choices": ["dmy", "mdy"]},
        {"key": "account", "sample": [], "choices": ["646180115700000012"]},
        {"key": "columns", "sample": [], "choices": []},
    ]
    said = "\n".join(words.statement({**REPORT, "questions": asked}))
    for piece in ("--answer day_order=dmy", "03/04/2026", "--account 646180115700000012", "se contesta en la pantalla"):
        assert piece in said


def test_only_broken_invariants_are_listed() -> None:
    assert list(words.invariants({"checked": 2, "rows": {"inv_a": 0, "inv_b": 0}})) == ["2 vistas revisadas, 0 filas."]
    said = "\n".join(words.invariants({"checked": 2, "rows": {"inv_a": 0, "inv_b": 3}}))
    assert "inv_b" in said
    assert "inv_a" not in said


def test_a_broken_record_is_never_called_whole() -> None:
    whole = {"sealed": 9, "unsealed": 1, "missing": 0, "broken_at": None, "closes": 1, "closes_broken": [], "ok": True}
    whole |= {"receipts": 3, "anchors": 1, "receipts_broken": []}
    assert "intactos" in next(iter(words.audit(whole)))
    closes = [{"store": "sierra", "day": "2026-03-11", "faults": ["signature"]}]
    said = "\n".join(
        words.audit(
            {
                **whole,
                "ok": False,
                "broken_at": 4,
                "missing": 2,
                "closes_broken": closes,
                "receipts_broken": [{"store": "sierra", "faults": ["end_missing"]}],
            }
        )
    )
    assert "recibos de sierra: end_missing" in said
    assert "intactos" not in said
    for piece in ("entrada 4", "faltan 2 entradas", "sierra del 2026-03-11: signature"):
        assert piece in said


def test_what_stays_parked_is_told_with_its_error() -> None:
    parked = [{"listener": "receipts.issue", "fact": 12, "error": "IntegrityError"}]
    said = "\n".join(words.replayed({"replayed": {"receipts.issue": 0, "assistance": 2}, "parked": parked}))
    assert "receipts.issue · hecho 12 · IntegrityError" in said
    assert "assistance" in said


def test_a_refusal_is_told_in_its_own_words_else_in_those_of_its_class() -> None:
    assert expected(StatementTooLarge()) == {
        "error": "El archivo está vacío o es demasiado grande (máximo 192 MB).",
        "code": "SP-294",
    }
    assert expected(StatementUnfit("No es una tabla.")) == {"error": "No es una tabla.", "code": "SP-295"}


def test_a_list_inside_a_list_is_written_out() -> None:
    told = {"steps": [{"key": "a", "choices": ["x", "y"]}]}
    assert list(lines_of(told)) == ["steps  1", "  key: a, choices: x, y"]


def test_what_would_be_erased_is_told_with_what_stays_and_how_to_go_on() -> None:
    counts = {"conversations": 2, "orders": 0, "carts": 0, "mails": 0}
    shown = {"erased": False, **counts, "stays": ["CM-7K3F-92QX: pagado"], "confirm": "ab12cd34"}
    said = "\n".join(words.erased(shown))
    for piece in ("Nada se ha borrado", "CM-7K3F-92QX: pagado", "--confirm ab12cd34"):
        assert piece in said
    done = "\n".join(words.erased(shown | {"erased": True, "confirm": ""}))
    assert done.startswith("Borrado:")
    assert "--confirm" not in done
    nothing = "\n".join(words.erased(shown | {"conversations": 0, "stays": []}))
    assert nothing == "No hay nada que borrar de esa persona."
