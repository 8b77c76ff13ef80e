"""«Cobro rápido» as a person types it: what is asked of one buyer, checked where it was typed; for office and desk."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seguripago.journey.orders.rules.quick import CONCEPT_LENGTH, IVA_RATES, LEAST, MOST, MOST_DAYS, NOTE_LENGTH
from seguripago.journey.orders.shapes import Buyer, PlaceQuickOrder
from seguripago.values import order_number
from seguripago.values.money import Money, UnreadableAmount
from seguripago.values.steps import Preference
from seguripago.web.components.templatetags.sp import money
from seguripago.web.shop.views.checkout import PRIVACY_VERSION

DAYS: Final = (1, 3, 7, 15, 30)
_KEY_LENGTH: Final = 40
_RATES: Final = {1600: gettext_lazy("16 %"), 800: gettext_lazy("8 % (frontera)"), 0: gettext_lazy("0 %")}


class ChargeForm(forms.Form):
    """The charge itself; at the desk the conversation already knows the buyer."""

    use_required_attribute = False

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    concept = forms.CharField(
        label=gettext_lazy("Concepto"),
        max_length=CONCEPT_LENGTH,
        help_text=gettext_lazy("Tu comprador lo lee así en el link, en su PRE-FACTURA y en su recibo."),
        error_messages={
            "required": gettext_lazy("Escribe qué se cobra, como lo leerá tu comprador."),
            "max_length": gettext_lazy("Usa %(limit_value)d letras o menos."),
        },
        widget=forms.TextInput(attrs={"class": "in", "autocomplete": "off"}),
    )
    amount = forms.CharField(
        label=gettext_lazy("Monto con IVA"),
        max_length=20,
        error_messages={"required": gettext_lazy("Escribe un monto como 1,250.00.")},
        widget=forms.TextInput(
            attrs={"class": "in num", "inputmode": "decimal", "autocomplete": "off", "placeholder": "1,250.00"}
        ),
    )
    iva = forms.TypedChoiceField(
        label=gettext_lazy("IVA incluido"),
        coerce=int,
        choices=[(rate, _RATES[rate]) for rate in IVA_RATES],
        initial=IVA_RATES[0],
        error_messages={"invalid_choice": gettext_lazy("Elige la tasa de IVA de la lista.")},
        widget=forms.Select(attrs={"class": "in"}),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Vigencia"),
        coerce=int,
        initial=3,
        error_messages={"invalid_choice": gettext_lazy("Elige una vigencia de la lista.")},
        widget=forms.Select(attrs={"class": "in"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Nota para tu comprador"),
        required=False,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("Por ejemplo, cuándo y dónde lo entregas o lo realizas."),
        widget=forms.Textarea(attrs={"class": "in", "rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs["initial"] = {"key": secrets.token_hex(_KEY_LENGTH // 2)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, forms.ChoiceField)
        days.choices = [(each, _("1 día") if each == 1 else _("%(n)d días") % {"n": each}) for each in DAYS]
        assert max(DAYS) <= MOST_DAYS

    def clean_amount(self) -> Money:
        """Read an exact amount within what may be charged."""
        try:
            amount = Money.parse(self.cleaned_data["amount"])
        except UnreadableAmount:
            raise forms.ValidationError(_("Escribe un monto como 1,250.00.")) from None
        if not LEAST.centavos <= amount.centavos <= MOST.centavos:
            said = {"least": money(LEAST), "most": money(MOST)}
            raise forms.ValidationError(_("Se puede cobrar de %(least)s a %(most)s.") % said)
        return amount

    def asked(self, buyer: Buyer) -> PlaceQuickOrder:
        """Answer what is asked of this buyer, with a number and a secret drawn now."""
        typed = self.cleaned_data
        return PlaceQuickOrder(
            checkout_key=typed["key"],
            number=order_number.draw(secrets.choice),
            access_token=secrets.token_urlsafe(24),
            buyer=buyer,
            concept=typed["concept"],
            amount=typed["amount"],
            iva_bp=typed["iva"],
            note=typed["note"],
            valid_days=typed["days"],
            preference=Preference.LINK,
            privacy_version=PRIVACY_VERSION,
        )


class BuyerChargeForm(ChargeForm):
    """The charge with its buyer: name, mail and telephone."""

    name = forms.CharField(
        label=gettext_lazy("Nombre del comprador"),
        max_length=120,
        error_messages={"required": gettext_lazy("Escribe el nombre de quien va a pagar.")},
        widget=forms.TextInput(attrs={"class": "in", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Correo"),
        max_length=254,
        error_messages={
            "required": gettext_lazy("Escribe su correo: ahí le llega el link."),
            "invalid": gettext_lazy("Escribe un correo como nombre@correo.mx."),
        },
        widget=forms.EmailInput(attrs={"class": "in", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Teléfono"),
        max_length=24,
        error_messages={"required": gettext_lazy("Escribe su teléfono a 10 dígitos.")},
        widget=forms.TextInput(attrs={"class": "in num", "type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    field_order = ("key", "name", "email", "phone", "concept", "amount", "iva", "days", "note")

    def clean_phone(self) -> str:
        """Keep ten digits; +52 and a leading 1 are forgiven."""
        digits = "".join(each for each in self.cleaned_data["phone"] if each in "0123456789")
        for lead in ("521", "52"):
            if len(digits) == 10 + len(lead) and digits.startswith(lead):
                digits = digits[len(lead) :]
        if len(digits) != 10:
            raise forms.ValidationError(_("El teléfono debe tener 10 dígitos, por ejemplo 55 5012 8846."))
        return digits

    def buyer(self) -> Buyer:
        """Answer who is to pay."""
        typed = self.cleaned_data
        return Buyer(typed["name"], typed["email"].lower(), typed["phone"])
