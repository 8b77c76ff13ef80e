"""What a store may settle once for all about money; each change is proposed by one person and approved by another."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from seguripago.foundations.approvals.rules import LARGEST_TOLERANCE, MONEY_NAMES, Policy
from seguripago.values.money import Money

from .forms import MoneyField, OfficeForm

TOLERANCE: Final = "tolerance_centavos"


def _yes_or_no(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=forms.CheckboxInput(attrs={"class": "box"}))


class PoliciesForm(OfficeForm):
    """The store's policies, as they would be; believing unsigned notices has its own place beside the feeds."""

    tolerance_centavos = MoneyField(
        label=_("Tolerancia de diferencias"),
        max_length=20,
        help_text=_("Hasta este monto se puede cerrar una excepción sin devolver nada. De $0.00 a $500.00."),
        error_messages={"required": _("Escribe un monto; cero si no hay tolerancia.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "in"}),
    )
    returns_excess_by_itself = _yes_or_no(_("Devolver excedentes al vencer el plazo"))
    returns_late_by_itself = _yes_or_no(_("Devolver depósitos fuera de plazo al vencer el plazo"))
    returns_duplicate_by_itself = _yes_or_no(_("Devolver duplicados al vencer el plazo"))
    returns_unknown_by_itself = _yes_or_no(_("Devolver depósitos sin pedido al vencer el plazo"))
    returns_part_by_itself = _yes_or_no(_("Devolver parciales vencidos al vencer el plazo"))
    writes_off_by_itself = _yes_or_no(_("Dar por cerradas las diferencias dentro de la tolerancia"))
    orders_returns_by_itself = _yes_or_no(_("Enviar devoluciones aprobadas como órdenes de pago"))
    claims_unsent_by_itself = _yes_or_no(_("Reembolsar lo que no se envió si nadie responde la reclamación"))
    delay_instead_of_second_person = _yes_or_no(_("Esperar 24 horas en lugar de una segunda persona"))

    def clean_tolerance_centavos(self) -> Money:
        """Check the limit that rules set."""
        money: Money = self.cleaned_data[TOLERANCE]
        if not Money.zero() <= money <= Money(LARGEST_TOLERANCE):
            raise forms.ValidationError(_("La tolerancia va de $0.00 a $500.00."))
        return money

    def changes(self, now: Policy) -> dict[str, int]:
        """Only what differs from what holds: centavos, or 0 and 1."""
        wanted = {name: _whole(value) for name, value in self.cleaned_data.items()}
        return {name: value for name, value in wanted.items() if value != int(getattr(now, name))}


def shown(now: Policy) -> dict[str, str | bool]:
    """What the form shows of a policy that holds."""
    return {
        name: Money(getattr(now, name)).plain if name in MONEY_NAMES else getattr(now, name)
        for name in PoliciesForm.base_fields
    }


def _whole(value: Money | bool) -> int:
    return value.centavos if isinstance(value, Money) else int(value)
