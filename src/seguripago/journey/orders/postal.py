"""Which state a Mexican postal code belongs to, by its first two digits (SEPOMEX's numbering of the states)."""

from __future__ import annotations

from typing import Final

from seguripago.journey.catalogue.rules import fold

_RANGES: Final = (
    ("Ciudad de México", 0, 16),
    ("Aguascalientes", 20, 20),
    ("Baja California", 21, 22),
    ("Baja California Sur", 23, 23),
    ("Campeche", 24, 24),
    ("Coahuila", 25, 27),
    ("Colima", 28, 28),
    ("Chiapas", 29, 30),
    ("Chihuahua", 31, 33),
    ("Durango", 34, 35),
    ("Guanajuato", 36, 38),
    ("Guerrero", 39, 41),
    ("Hidalgo", 42, 43),
    ("Jalisco", 44, 49),
    ("Estado de México", 50, 57),
    ("Michoacán", 58, 61),
    ("Morelos", 62, 62),
    ("Nayarit", 63, 63),
    ("Nuevo León", 64, 67),
    ("Oaxaca", 68, 71),
    ("Puebla", 72, 75),
    ("Querétaro", 76, 76),
    ("Quintana Roo", 77, 77),
    ("San Luis Potosí", 78, 79),
    ("Sinaloa", 80, 82),
    ("Sonora", 83, 85),
    ("Tabasco", 86, 86),
    ("Tamaulipas", 87, 89),
    ("Tlaxcala", 90, 90),
    ("Veracruz", 91, 96),
    ("Yucatán", 97, 97),
    ("Zacatecas", 98, 99),
)
STATES: Final = tuple(sorted(name for name, _, _ in _RANGES))
_BY_PREFIX: Final = {f"{prefix:02d}": name for name, first, last in _RANGES for prefix in range(first, last + 1)}
_OTHER_NAMES: Final = {
    "cdmx": "Ciudad de México",
    "d f": "Ciudad de México",
    "df": "Ciudad de México",
    "distrito federal": "Ciudad de México",
    "mexico": "Estado de México",
    "edomex": "Estado de México",
    "edo de mexico": "Estado de México",
    "coahuila de zaragoza": "Coahuila",
    "michoacan de ocampo": "Michoacán",
    "veracruz de ignacio de la llave": "Veracruz",
    "queretaro de arteaga": "Querétaro",
    "nl": "Nuevo León",
    "slp": "San Luis Potosí",
}
_BY_NAME: Final = {fold(name): name for name in STATES} | _OTHER_NAMES


def state_of(postal_code: str) -> str | None:
    """Name the state of a postal code; None when its beginning belongs to none."""
    return _BY_PREFIX.get(postal_code[:2])


def state_named(text: str) -> str | None:
    """Recognise a state however it is commonly written; None when it is not recognised."""
    return _BY_NAME.get(fold(text))


def disagree(postal_code: str, state: str) -> bool:
    """Say whether the state that was written is certainly not the postal code's."""
    written, of_code = state_named(state), state_of(postal_code)
    return written is not None and of_code is not None and written != of_code
