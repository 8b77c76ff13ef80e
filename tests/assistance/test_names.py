"""A buyer's name is a name: it cannot play the house, and no borrowed letter or badge makes it look like more."""

from __future__ import annotations

import pytest

from seguripago.journey.assistance.rules import clean_filename, clean_name


@pytest.mark.parametrize(
    "name",
    [
        "Asistente CONNECT@Me",
        "asistente connect me",
        "SeguriPago",
        "S e g u r i P a g o",
        "Segur1Pag0",
        "Ѕеguriраgо",
        "ＳｅｇｕｒｉＰａｇｏ",
        "Seguri\u200bPago",
        "Seguri Pago",
        "Analista verificado",
        "Αnalista Verificada",
        "A n a l i s t a",
        "CONNECT@Me ✅",
        "Sistema",
        "Soporte Oficial",
        "\u202eogaPirugeS SeguriPago",
    ],
)
def test_a_name_that_plays_the_house_is_only_a_buyer(name: str) -> None:
    read = clean_name(name).lower()
    assert read
    for word in ("segur", "asistente", "connect", "analista", "verificad", "sistema", "soporte", "oficial"):
        assert word not in read


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Lucía Hernández Robles", "Lucía Hernández Robles"),
        ("O'Connor-Núñez, Ma. del Carmen", "O'Connor-Núñez, Ma. del Carmen"),
        ("Ana Lista", "Ana Lista"),
        ("Analí Segura", "Analí Segura"),
        ("Concepción Mesa", "Concepción Mesa"),
        ("Іван Петров", "Іван Петров"),
        ("Γιώργος", "Γιώργος"),
        ("李小龙", "李小龙"),
        ("Juan Analista", "Juan"),
        ("Ana ✓", "Ana"),
        ("✅ Lucía 🛡️", "Lucía"),
        ("Lu\u200bcía\u202e Ruiz", "Lucía Ruiz"),
        ("Luсíа Неrnándеz", "Lucía Hernández"),
        ("  José \n Luis ", "José Luis"),
        ("4152 3152 6018 1599", "•••• 1599"),
        ("<b>Ana</b>", "bAna/b"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_persons_name_stays_without_badges_and_borrowed_letters(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_a_file_is_named_without_its_path_and_its_secrets() -> None:
    assert clean_filename("C:\\Users\\lu\\4152 3152 6018 1599.pdf") == "•••• 1599.pdf"
    assert clean_filename("../../etc/Comprobante\u202egpj.pdf") == "Comprobantegpj.pdf"
    assert clean_filename("WhatsApp Image 2026-11-23 at 10.15.30.jpeg") == "WhatsApp Image 2026-11-23 at 10.15.30.jpeg"
