"""A deposit that may be the same money as an earlier one: what its case is called, and what it says. Pure."""

from __future__ import annotations

from seguripago.values.money import Money

_MARK = ":twin:"


def cause_of_twin(deposit_id: int, other_id: int) -> str:
    """What opens the case, once."""
    return f"deposit:{deposit_id}{_MARK}{other_id}"


def is_cause_of_twin(cause: str) -> bool:
    """Whether a case was opened because a deposit equals another one."""
    return _MARK in cause


def twin_reasons(amount: Money, tracking_key: str, other_id: int, other_key: str) -> tuple[str, ...]:
    """Why nobody counts it, and how a person finds out."""
    return (
        f"Es igual al depósito {other_id} en monto ({amount}), fecha de operación, banco emisor y CLABE; solo cambia la"
        f" clave de rastreo: {tracking_key} aquí, {other_key} allá.",
        "Uno de los dos entró por captura y ningún banco lo ha contado con esa clave, que el sello de un CEP no cubre:"
        " puede ser el mismo dinero dos veces.",
        "Si en la banca en línea hay un solo abono, márcalo como revisado y este se da de baja; si hay dos, aplícalo o"
        " devuélvelo.",
    )
