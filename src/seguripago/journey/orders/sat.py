"""The parts of SAT's catalogues (CFDI 4.0, Anexo 20) that a buyer chooses from, and which use fits which regime.

Source: c_RegimenFiscal and c_UsoCFDI of the catalogue file catCFDI_V_4, SAT, 2022 and later. Personal deductions (D01
to D10), payroll (CN01) and payments (CP01) are left out: no purchase in a store is one of them.
"""

from __future__ import annotations

from typing import Final

PUBLIC_RFC: Final = "XAXX010101000"
FOREIGN_RFC: Final = "XEXX010101000"
PUBLIC_NAME: Final = "PUBLICO EN GENERAL"
NO_OBLIGATIONS: Final = "616"
NO_FISCAL_EFFECT: Final = "S01"

REGIMES: Final[dict[str, str]] = {
    "601": "General de Ley Personas Morales",
    "603": "Personas Morales con Fines no Lucrativos",
    "605": "Sueldos y Salarios e Ingresos Asimilados a Salarios",
    "606": "Arrendamiento",
    "607": "Enajenación o Adquisición de Bienes",
    "608": "Demás ingresos",
    "610": "Residentes en el Extranjero sin Establecimiento Permanente en México",
    "611": "Ingresos por Dividendos (socios y accionistas)",
    "612": "Personas Físicas con Actividades Empresariales y Profesionales",
    "614": "Ingresos por intereses",
    "615": "Ingresos por obtención de premios",
    "616": "Sin obligaciones fiscales",
    "620": "Sociedades Cooperativas de Producción",
    "621": "Incorporación Fiscal",
    "622": "Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras",
    "623": "Opcional para Grupos de Sociedades",
    "624": "Coordinados",
    "625": "Actividades Empresariales con ingresos a través de Plataformas Tecnológicas",
    "626": "Régimen Simplificado de Confianza",
}
USES: Final[dict[str, str]] = {
    "G01": "Adquisición de mercancías",
    "G02": "Devoluciones, descuentos o bonificaciones",
    "G03": "Gastos en general",
    "I01": "Construcciones",
    "I02": "Mobiliario y equipo de oficina por inversiones",
    "I03": "Equipo de transporte",
    "I04": "Equipo de cómputo y accesorios",
    "I05": "Dados, troqueles, moldes, matrices y herramental",
    "I06": "Comunicaciones telefónicas",
    "I07": "Comunicaciones satelitales",
    "I08": "Otra maquinaria y equipo",
    "S01": "Sin efectos fiscales",
}
_BUSINESS: Final = frozenset({"601", "603", "606", "612", "620", "621", "622", "623", "624", "625", "626"})
_COMPANIES_ONLY: Final = frozenset({"601", "603", "620", "623", "624"})
_COMPANIES_TOO: Final = frozenset({*_COMPANIES_ONLY, "610", "622", "626"})


def use_fits_regime(use: str, regime: str) -> bool:
    """Say whether SAT stamps this use for a receiver of this regime."""
    return use in USES and (use == NO_FISCAL_EFFECT or regime in _BUSINESS)


def regime_fits_rfc(regime: str, rfc: str) -> bool:
    """Say whether a receiver with this RFC (12 characters: company; 13: person) can be in the regime."""
    if regime not in REGIMES:
        return False
    return regime in _COMPANIES_TOO if len(rfc) == 12 else regime not in _COMPANIES_ONLY
