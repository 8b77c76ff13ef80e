"""What may be typed when a deposit is captured, and what is said when it cannot be."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from seguripago.values import clabe
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money, UnreadableAmount


class MoneyField(forms.CharField):
    """An amount as people write it: `$1,250.00`."""

    def clean(self, value: Any) -> Money:
        """Read the text; anything that is not certainly an amount above zero is refused."""
        text = super().clean(value)
        try:
            amount = Money.parse(text)
        except UnreadableAmount as unreadable:
            raise forms.ValidationError(_("Escribe un monto como 1,250.00.")) from unreadable
        if amount <= Money.zero():
            raise forms.ValidationError(_("El monto debe ser mayor que cero."))
        return amount


class ClabeField(forms.CharField):
    """The 18 digits of an account, with or without spaces."""

    def clean(self, value: Any) -> str:
        """Give the digits; the control digit must be right."""
        digits = re.sub(r"[\s-]", "", super().clean(value))
        if not clabe.is_valid(digits):
            raise forms.ValidationError(_("Escribe los 18 dígitos de la CLABE; alguno no cuadra."))
        return digits


class BankField(forms.ChoiceField):
    """An institution of SPEI."""

    def __init__(self, **more: Any) -> None:
        banks = [(code, f"{name} · {code}") for code, name in clabe.institutions()]
        super().__init__(
            choices=[("", _("Elige el banco")), *banks], widget=forms.Select(attrs={"class": "in sel"}), **more
        )


def _text(*, mode: str = "text", mono: bool = False, **attrs: str) -> forms.TextInput:
    style = "in num" if mono else "in"
    return forms.TextInput(
        attrs={"class": style, "autocomplete": "off", "spellcheck": "false", "inputmode": mode, **attrs}
    )


class MovementForm(forms.Form):
    """The bank's own marks of one transfer, as online banking shows them."""

    account = ClabeField(
        label=_("CLABE que recibió"),
        max_length=30,
        help_text=_("La del pedido o la de la tienda."),
        error_messages={"required": _("Escribe la CLABE que recibió el dinero.")},
        widget=_text(mode="numeric", mono=True),
    )
    bank = BankField(label=_("Banco que envió"), error_messages={"required": _("Elige el banco que envió el dinero.")})
    tracking_key = forms.CharField(
        label=_("Clave de rastreo"),
        max_length=30,
        help_text=_("Como la muestra tu banco: hasta 30 letras y números."),
        error_messages={
            "required": _("Escribe la clave de rastreo."),
            "max_length": _("La clave de rastreo tiene a lo más 30 caracteres."),
        },
        widget=_text(mono=True),
    )
    operation_date = forms.DateField(
        label=_("Fecha de operación"),
        input_formats=["%Y-%m-%d"],
        help_text=_("La del banco; después de las 18:00 o en día inhábil puede ser la siguiente."),
        error_messages={"required": _("Elige la fecha de operación."), "invalid": _("Esa fecha no existe.")},
        widget=forms.DateInput(attrs={"class": "in", "type": "date"}, format="%Y-%m-%d"),
    )
    amount = MoneyField(
        label=_("Monto"),
        max_length=20,
        error_messages={"required": _("Escribe el monto.")},
        widget=_text(mode="decimal", mono=True),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class ByHandForm(MovementForm):
    """A deposit that somebody saw in online banking."""

    settled_at = forms.DateTimeField(
        label=_("Cuándo cayó"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=_("Día y hora de la Ciudad de México. Sin la hora cuenta la de la aprobación."),
        error_messages={"invalid": _("Esa fecha u hora no existe.")},
        widget=forms.DateTimeInput(attrs={"class": "in", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    payer_name = forms.CharField(label=_("Quién pagó"), required=False, max_length=120, widget=_text())
    concept = forms.CharField(label=_("Concepto"), required=False, max_length=40, widget=_text())
    reference = forms.RegexField(
        r"\A[0-9]{1,7}\Z",
        label=_("Referencia numérica"),
        required=False,
        help_text=_("Hasta 7 dígitos."),
        error_messages={"invalid": _("La referencia tiene de 1 a 7 dígitos.")},
        widget=_text(mode="numeric", mono=True),
    )
    is_another = forms.BooleanField(label=_("Es otro depósito, igual al que ya está"), required=False)

    def moment(self) -> datetime | None:
        """When it fell in, in UTC; the form speaks of Mexico City."""
        typed: datetime | None = self.cleaned_data["settled_at"]
        return None if typed is None else typed.replace(tzinfo=MEXICO).astimezone(UTC)


class CepForm(forms.Form):
    """A CEP as a file; `kept` carries the file of the try before, which a browser would forget."""

    file = forms.FileField(
        label=_("Archivo del CEP"),
        required=False,
        help_text=_("El XML o el PDF que se descarga del portal de Banxico."),
        widget=forms.ClearableFileInput(
            attrs={"class": "in", "accept": ".xml,.pdf,application/pdf,text/xml,application/xml"}
        ),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput())
    kept_name = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput())
    sender = forms.ChoiceField(label=_("Banco que envió"), required=False)
    tracking_key = forms.CharField(label=_("Clave de rastreo"), required=False, max_length=30, widget=_text(mono=True))
    is_another = forms.BooleanField(label=_("Es otro depósito, igual al que ya está"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["sender"] = BankField(label=_("Banco que envió"), required=False)
