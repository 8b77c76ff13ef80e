"""A receipt's fields from its lines, without looking at a picture: places, sides, doubts, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from seguripago.ports.receipt_fields import Told, read_fields
from seguripago.ports.receipt_lines import Line, Seen, straightened

SEEN = 0.98
CLABE = "646180157045407222"


def beside(*rows: tuple[str, str], sure: float = SEEN) -> list[Line]:
    """Labels on the left, values on the right."""
    lines = []
    for place, (label, value) in enumerate(rows):
        top = 40.0 * place
        if label:
            lines.append(Line(label, 20, top, 20 + 12 * len(label), top + 20, sure))
        if value:
            lines.append(Line(value, 700 - 12 * len(value), top + 3, 700, top + 23, sure))
    return lines


def stacked(*rows: tuple[str, str]) -> list[Line]:
    """Each value under its label."""
    lines = []
    for place, (label, value) in enumerate(rows):
        top = 70.0 * place
        lines.append(Line(label, 20, top, 20 + 10 * len(label), top + 18, SEEN))
        if value:
            lines.append(Line(value, 20, top + 26, 20 + 12 * len(value), top + 46, SEEN))
    return lines


def said(lines: Sequence[Line]) -> dict[str, str]:
    return dict(read_fields(lines).fields)


ROWS = (
    ("Importe", "$9,135.00 MXN"), ("Cuenta retiro", "•••• 4410"), ("CLABE destino", CLABE), ("Banco destino", "STP"),
    ("Beneficiario", "Café de Ana"), ("Concepto", "CM-7K3F-92QX"), ("Referencia", "0221126"),
    ("Fecha de operación", "22/11/2026"), ("Hora", "12:08 h"), ("Clave de rastreo", "MBAN01002611220012345678"),
    ("Comisión", "$5.00"), ("IVA", "$0.80"),
)  # fmt: skip
FIELDS = {
    "amount": "9135.00", "clabe": CLABE, "beneficiary_bank": "STP", "beneficiary": "Café de Ana",
    "concept": "CM-7K3F-92QX", "reference": "0221126", "date": "2026-11-22", "time": "12:08",
    "tracking_key": "MBAN01002611220012345678",
}  # fmt: skip


@pytest.mark.parametrize("drawn", [beside(*ROWS), stacked(*ROWS)], ids=["beside", "stacked"])
def test_values_stand_beside_or_under_their_labels(drawn: list[Line]) -> None:
    assert said(drawn) == FIELDS


def test_labels_with_a_colon_hold_their_values() -> None:
    lines = [Line(f"{label}: {value}", 20, 40 * n, 500, 40 * n + 20, SEEN) for n, (label, value) in enumerate(ROWS)]
    assert said(lines) == FIELDS


@pytest.mark.parametrize("degrees", [-4.0, -1.5, 2.5, 4.0])
def test_a_turned_page_is_straightened(degrees: float) -> None:
    turn = math.radians(degrees)

    def at(x: float, y: float) -> tuple[float, float]:
        return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)

    seen = [
        Seen(line.text, [at(line.left, line.top), at(line.right, line.top), at(line.right, line.bottom),
                         at(line.left, line.bottom)], line.sure)
        for line in beside(*ROWS)
    ]  # fmt: skip
    assert said(straightened(seen)) == FIELDS


def test_a_value_that_wrapped_is_put_together() -> None:
    lines = beside(("Clave de rastreo", "NU39TTCPV540A8VSX7AHFG"), ("", ""), ("Concepto", "mochila"))
    lines.insert(2, Line("3JDJF1", 628, 26, 700, 46, SEEN))
    assert said(lines) == {"tracking_key": "NU39TTCPV540A8VSX7AHFG3JDJF1", "concept": "mochila"}


def test_a_label_without_a_side_takes_the_side_last_spoken_of() -> None:
    rows = (
        ("Destino", ""), ("Nombre", "Café de Ana"), ("Institución", "STP"), ("CLABE", CLABE),
        ("Origen", ""), ("Nombre", "Lucía Hernández"), ("Institución", "Nu México"), ("Cuenta", "*9034"),
    )  # fmt: skip
    assert said(beside(*rows)) == {
        "beneficiary": "Café de Ana", "beneficiary_bank": "STP", "clabe": CLABE, "payer": "Lucía Hernández",
        "bank": "40638",
    }  # fmt: skip


def test_the_payers_account_is_never_the_beneficiarys() -> None:
    assert "clabe" not in said(beside(("CLABE origen", CLABE), ("Importe", "$1.00")))
    assert "clabe_tail" not in said(beside(("Cuenta de cargo", "***4410"), ("Importe", "$1.00")))
    assert said(beside(("Cuenta destino", "•••• 7222")))["clabe_tail"] == "7222"


def test_a_wrong_control_digit_is_told_and_not_mended() -> None:
    told = read_fields(beside(("CLABE", CLABE[:-1] + "3"), ("Importe", "$1.00")))
    assert "clabe" not in told.fields
    assert "clabe_digit_wrong" in told.reasons


def test_an_amount_without_a_label_is_the_one_written_large() -> None:
    lines = [
        Line("$28,273.50", 20, 0, 400, 60, SEEN),
        Line("$12.00", 20, 100, 90, 120, SEEN),
        *[
            Line(line.text, line.left, line.top + 200, line.right, line.bottom + 200)
            for line in beside(("IVA", "$9.00"))
        ],
    ]
    assert said(lines)["amount"] == "28273.50"
    alike = [Line("$28,273.50", 20, 0, 200, 20, SEEN), Line("$28,237.50", 20, 100, 200, 120, SEEN)]
    assert read_fields(alike).reasons == ("amount_ambiguous", "unreadable")
    assert "amount" not in said(beside(("Importe", "$10.00"), ("Monto", "$20.00")))
    assert "amount" not in said(beside(("Importe", "$0.00")))


def test_two_days_are_none_unless_one_is_the_operations() -> None:
    both = beside(("Fecha de operación", "22/11/2026"), ("Fecha de abono", "23/11/2026"))
    assert said(both)["date"] == "2026-11-22"
    told = read_fields(beside(("Fecha de envío", "22/11/2026"), ("Fecha de aplicación", "23/11/2026")))
    assert "date" not in told.fields
    assert "date_ambiguous" in told.reasons


def test_a_day_that_could_be_another_one_is_less_sure_unless_the_key_says_it_too() -> None:
    alone = read_fields(beside(("Fecha", "05/06/2026")))
    backed = read_fields(beside(("Fecha", "05/06/2026"), ("Clave de rastreo", "2026060540014BET0000583381041")))
    assert (alone.fields["date"], alone.confidences["date"]) == ("2026-06-05", 0.8)
    assert (backed.fields["date"], backed.confidences["date"]) == ("2026-06-05", SEEN)


def test_the_clock_of_the_telephone_is_not_the_hour_of_the_transfer() -> None:
    clock = [Line("9:41", 20, -60, 80, -40, SEEN)]
    assert "time" not in said([*clock, *beside(("Fecha", "22/11/2026"))])
    assert said([*clock, *beside(("Fecha", "22/11/2026 12:08:31"))])["time"] == "12:08:31"


def test_a_doubtful_key_is_told_and_less_sure() -> None:
    told = read_fields(beside(("Clave de rastreo", "2RHYKO0MVY6G4B158FY")))
    assert told.confidences["tracking_key"] == 0.7
    assert "tracking_key_doubtful" in told.reasons
    data = read_fields(beside(("Clave de rastreo", "2RHYKO0MVY6G4B158FY"), sure=1.0))
    assert data.confidences["tracking_key"] == 1.0
    assert not data.reasons
    assert "tracking_key" not in said(beside(("Clave de rastreo", "HSBC654176"), ("Clave rastreo", "HSBC654177")))


def test_the_sending_bank_is_known_by_its_foot_or_its_name_at_the_top() -> None:
    top, foot = Line("BBVA", 20, -90, 120, -50, SEEN), Line("Banco Inbursa, S.A.", 20, 900, 300, 915, SEEN)
    assert said([top, *beside(*ROWS)])["bank"] == "40012"
    assert said([*beside(*ROWS), foot])["bank"] == "40036"
    assert "bank" not in said(beside(*ROWS))
    two = [top, Line("Santander", 300, -90, 500, -50, SEEN)]
    assert "bank" not in said([*two, *beside(*ROWS)])


def test_a_printed_cep_is_a_picture_like_another() -> None:
    rows = (
        ("Fecha de operación en el SPEI", "22 de noviembre de 2026"),
        ("Fecha de abono en la cuenta beneficiaria", "23 de noviembre de 2026"),
        ("Concepto del pago", "CM-7K3F-92QX"), ("Monto", "$9,135.00"), ("IVA", "$0.00"),
        ("Referencia numérica", "221126"), ("Clave de rastreo", "MBAN01002611220012345678"),
        ("Institución emisora del pago", "BBVA MEXICO"), ("Titular de la cuenta", "LUCIA HERNANDEZ"),
        ("CLABE,Tarjeta de débito,Número de celular", "012180015025335996"),
        ("Institución receptora del pago", "STP"), ("Titular de la cuenta", "CAFE DE ANA SA DE CV"),
        ("CLABE,Tarjeta de débito,Número de celular", CLABE),
    )  # fmt: skip
    assert said(beside(*rows)) == {
        "date": "2026-11-22", "concept": "CM-7K3F-92QX", "amount": "9135.00", "reference": "221126",
        "tracking_key": "MBAN01002611220012345678", "bank": "40012", "payer": "LUCIA HERNANDEZ",
        "beneficiary_bank": "STP", "beneficiary": "CAFE DE ANA SA DE CV", "clabe": CLABE,
    }  # fmt: skip


def test_links_are_kept_or_held_against_the_receipt() -> None:
    link = "https://www.banxico.org.mx/cep/go?i=40012&s=20210302&d=abc"
    assert read_fields(beside(*ROWS), [link]).fields["cep_url"] == link
    told = read_fields(beside(*ROWS), ["https://www.banxico.org.mx.valida.example/cep/go?i=1"])
    assert "cep_url" not in told.fields
    assert told.reasons == ("cep_link_not_banxico",)


def test_what_says_nothing_is_unreadable() -> None:
    assert read_fields([]) == Told({}, {}, ("unreadable",))
    assert read_fields([Line("Gatito", 0, 0, 90, 20, SEEN)]).reasons == ("unreadable",)
    # Not even seen: what is less sure than a coin is no value.
    assert read_fields(beside(*ROWS, sure=0.4)).fields == {}


def test_a_page_full_of_words_takes_no_longer_than_a_blink() -> None:
    wall = [Line("Clave de " * 12 + str(n), 0, 10.0 * n, 600, 10.0 * n + 9, SEEN) for n in range(3_000)]
    assert read_fields(wall).reasons == ("unreadable",)


def test_a_label_that_no_bank_was_seen_to_use_is_known_by_its_parts() -> None:
    rows = (
        ("Monto de la transacción (MXN)", "$10.00"), ("Número de cuenta del destinatario", CLABE),
        ("Fecha de liquidación", "22/11/2026"), ("Hora de la transacción (CDMX)", "12:08"),
        ("Nombre o razón social del beneficiario", "Café de Ana"), ("Número de rastreo SPEI", "HSBC654176"),
    )  # fmt: skip
    told = {"amount": "10.00", "clabe": CLABE, "date": "2026-11-22", "time": "12:08", "beneficiary": "Café de Ana"}
    assert said(beside(*rows)) == {**told, "tracking_key": "HSBC654176"}
    # Words of both sides, or words that are not known, make no label.
    assert said(beside(("Cuenta origen y destino", CLABE), ("Monto disponible", "$10.00"))) == {"clabe": CLABE}


def test_a_key_that_wrapped_to_the_left_or_around_its_label_is_put_together() -> None:
    under = stacked(("Clave de rastreo", "NU39TTCPV540A8VSX7AHFG"), ("", ""))
    under.append(Line("3JDJF1", 20, 50, 90, 70, SEEN))
    assert said(under) == {"tracking_key": "NU39TTCPV540A8VSX7AHFG3JDJF1"}
    around = [
        Line("NU39TTCPV540A8VSX7AHFG", 400, 0, 700, 20, SEEN),
        Line("Clave de rastreo", 20, 14, 200, 34, SEEN),
        Line("3JDJF1", 600, 28, 700, 48, SEEN),
    ]
    assert said(around) == {"tracking_key": "NU39TTCPV540A8VSX7AHFG3JDJF1"}


def test_an_account_whose_owner_was_told_leaves_the_next_to_the_other() -> None:
    assert said(beside(("Cuenta de cargo", "***4410"), ("CLABE", CLABE))) == {"clabe": CLABE}
    assert "clabe" not in said(beside(("Banco origen", "BBVA"), ("CLABE", CLABE), ("Importe", "$1.00")))
