"""What a person types at the demo's bank."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from seguripago.values import clabe as clabes
from seguripago.values.money import Money, UnreadableAmount
from seguripago.web.sandbox.transfers import LONGEST_DELAY_S, MOST_COPIES, MOST_IN_A_BURST

BEHAVIOURS = {
    "normal": _("Bien: un aviso firmado"),
    "contradiction": _("Se contradice: otro aviso del mismo movimiento, con otra cantidad"),
    "returned": _("Lo devuelve: el dinero llega y el banco lo regresa"),
    "unsigned": _("Avisa sin firma: queda anunciado hasta que el banco lo confirme"),
    "bad_signature": _("Con firma falsa: la tienda lo rechaza"),
    "unreadable_amount": _("Con una cantidad ilegible («10,00»)"),
    "unknown_clabe": _("A una cuenta de la tienda que ningún pedido tiene"),
    "one_digit_off": _("Con un dígito de la cuenta cambiado"),
    "dollars": _("En dólares"),
}
_INPUT = {"class": "in"}
_NUMBER = {"class": "in num", "inputmode": "numeric"}


class TransferForm(forms.Form):
    """One transfer, or as many as the misbehaviour asks."""

    clabe = forms.CharField(label=_("CLABE de destino"), max_length=25, widget=forms.TextInput(attrs=_NUMBER))
    amount = forms.CharField(
        label=_("Monto"), max_length=20, widget=forms.TextInput(attrs={"class": "in num", "inputmode": "decimal"})
    )
    institution = forms.ChoiceField(label=_("Banco de quien paga"), initial="40012", widget=forms.Select(attrs=_INPUT))
    payer_name = forms.CharField(
        label=_("Nombre de quien paga"),
        max_length=40,
        initial="LUCIA HERNANDEZ ROBLES",
        widget=forms.TextInput(attrs=_INPUT),
    )
    concept = forms.CharField(
        label=_("Concepto"), max_length=40, required=False, initial="Pago", widget=forms.TextInput(attrs=_INPUT)
    )
    tracking_key = forms.RegexField(
        label=_("Clave de rastreo"),
        regex=r"^[A-Za-z0-9/-]{1,30}$",
        required=False,
        error_messages={"invalid": _("Hasta 30 letras y números.")},
        widget=forms.TextInput(attrs=_INPUT),
    )
    behaviour = forms.ChoiceField(
        label=_("Cómo se porta el banco"), choices=list(BEHAVIOURS.items()), widget=forms.RadioSelect, initial="normal"
    )
    times = forms.IntegerField(
        label=_("Avisos repetidos"),
        min_value=1,
        max_value=MOST_COPIES,
        initial=1,
        help_text=_("El mismo aviso, tantas veces."),
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    delay_s = forms.IntegerField(
        label=_("Retraso en segundos"),
        min_value=0,
        max_value=LONGEST_DELAY_S,
        initial=0,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    burst = forms.IntegerField(
        label=_("Ráfaga de transferencias iguales"),
        min_value=1,
        max_value=MOST_IN_A_BURST,
        initial=1,
        help_text=_("Cada una con su clave de rastreo."),
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    to_everyone = forms.BooleanField(label=_("Una transferencia a cada pedido que espera la suya"), required=False)
    shuffled = forms.BooleanField(label=_("Los avisos salen en desorden"), required=False)
    operation_date = forms.DateField(
        label=_("Fecha de operación"), required=False, widget=forms.DateInput(attrs={"class": "in", "type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        banks = [(code, name) for code, name in clabes.institutions() if code.startswith("40")]
        if self.is_bound and self.data.get("to_everyone"):
            # Each order has its own CLABE and amount.
            self.fields["clabe"].required = self.fields["amount"].required = False
        field = self.fields["institution"]
        if isinstance(field, forms.ChoiceField):
            field.choices = banks

    @property
    def misbehaves(self) -> bool:
        """Tell whether the page opens the corner where the bank misbehaves."""
        quiet = {"times": "1", "delay_s": "0", "burst": "1", "behaviour": "normal", "operation_date": ""}
        quiet |= {"to_everyone": "", "shuffled": ""}
        return self.is_bound and any(str(self.data.get(name, usual)) != usual for name, usual in quiet.items())

    def clean_clabe(self) -> str:
        digits = "".join(str(self.cleaned_data["clabe"]).split())
        if not digits and not self.fields["clabe"].required:
            return ""
        if not clabes.is_valid(digits):
            raise forms.ValidationError(_("Son 18 dígitos y el último los comprueba: revisa la CLABE."))
        return digits

    def clean_amount(self) -> Money:
        if not self.cleaned_data["amount"].strip() and not self.fields["amount"].required:
            return Money.zero()
        try:
            amount = Money.parse(self.cleaned_data["amount"])
        except UnreadableAmount:
            raise forms.ValidationError(_("Escribe el monto así: 9135.00")) from None
        if amount <= Money.zero():
            raise forms.ValidationError(_("El monto debe ser mayor que cero."))
        return amount
