"""What a charge without a cart must carry, field by field, in the words of the form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from seguripago.values.money import Money

from ..shapes import PlaceQuickOrder
from .details import Fault, buyer_faults, unwritable

CONCEPT_LENGTH: Final = 120
NOTE_LENGTH: Final = 400
LEAST: Final = Money(100)
MOST: Final = Money(999_999_999)
MOST_DAYS: Final = 30
# The rates that a price in Mexico can contain: general, northern and southern border, zero.
IVA_RATES: Final = (1600, 800, 0)


def quick_faults(asked: PlaceQuickOrder) -> tuple[Fault, ...]:
    """List every field that cannot stay as it is, in the order of the form."""
    return (*buyer_faults(asked.buyer), *_charge_faults(asked))


def _charge_faults(asked: PlaceQuickOrder) -> Iterator[Fault]:
    if not asked.concept.strip():
        yield Fault("quick.concept", "Escribe qué se cobra, como lo leerá tu comprador.")
    yield from unwritable("quick.concept", asked.concept, CONCEPT_LENGTH)
    if not LEAST.centavos <= asked.amount.centavos <= MOST.centavos:
        yield Fault("quick.amount", f"Escribe un monto entre {LEAST} y {MOST}, con IVA incluido.")
    if asked.iva_bp not in IVA_RATES:
        yield Fault("quick.iva", "Elige la tasa de IVA: 16 %, 8 % o 0 %.")
    yield from unwritable("quick.note", asked.note, NOTE_LENGTH)
    if not 1 <= asked.valid_days <= MOST_DAYS:
        yield Fault("quick.days", f"Elige una vigencia de 1 a {MOST_DAYS} días.")
