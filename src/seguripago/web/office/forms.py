"""What may be typed in the office, and what is said when it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from seguripago.journey.delivery.queries import CarrierChoice
from seguripago.values.money import Money, UnreadableAmount


class OfficeForm(forms.Form):
    """A form whose fields look like every other field of the house."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "in")


class ShipForm(OfficeForm):
    """Who carries the parcel, and under what number."""

    carrier = forms.ChoiceField(label=_("Paquetería"), error_messages={"required": _("Elige la paquetería.")})
    tracking_number = forms.CharField(
        label=_("Número de guía"),
        max_length=60,
        error_messages={"required": _("Escribe el número de guía que te dio la paquetería.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "in"}),
    )

    def __init__(self, choices: Sequence[CarrierChoice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(choice.slug, choice.label) for choice in choices]
        field = self.fields["carrier"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Elige una")), *known]


class CancelForm(OfficeForm):
    """Why the store cancels; the buyer reads it."""

    reason = forms.CharField(
        label=_("Motivo"),
        max_length=200,
        error_messages={"required": _("Escribe el motivo: tu cliente lo va a leer.")},
    )


class MoneyField(forms.CharField):
    """An amount as people write it: `$1,250.00`."""

    def clean(self, value: Any) -> Money:
        """Read the text; anything that is not certainly an amount is refused."""
        text = super().clean(value)
        try:
            return Money.parse(text)
        except UnreadableAmount as unreadable:
            raise forms.ValidationError(_("Escribe un monto como 1,250.00.")) from unreadable


class ProductForm(OfficeForm):
    """What of a product changes from day to day."""

    on_hand = forms.IntegerField(
        label=_("Existencias en almacén"),
        min_value=0,
        max_value=999_999,
        help_text=_("Las piezas que puedes contar hoy, incluidas las apartadas."),
        error_messages={"required": _("Escribe cuántas piezas hay."), "invalid": _("Escribe un número entero.")},
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "in"}),
    )
    price = MoneyField(
        label=_("Precio con IVA"),
        max_length=20,
        help_text=_("En pesos. Los pedidos ya hechos conservan su precio."),
        error_messages={"required": _("Escribe el precio.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "in"}),
    )
    is_listed = forms.BooleanField(
        label=_("A la venta en la tienda"), required=False, widget=forms.CheckboxInput(attrs={"class": "box"})
    )


def _days(label: Any, most: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        help_text=help_text,
        error_messages={"required": _("Escribe un número."), "invalid": _("Escribe un número entero.")},
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "in"}),
    )


class ClocksForm(OfficeForm):
    """The times that the store promises. What already runs keeps the clock it started with."""

    transfer_hours = _days(_("Horas para transferir"), 168, _("Desde que se envían los datos bancarios."))
    watch_days = _days(_("Días en que esperamos un pago tardío"), 90, _("Después de que vence el plazo."))
    ship_days = _days(_("Días hábiles para enviar"), 30, _("Desde que se confirma el pago."))
    deliver_days = _days(_("Días hábiles para entregar"), 60, _("Después del plazo de envío."))
    inspection_days = _days(_("Días para revisar la compra"), 60, _("Desde la entrega, contando todos los días."))
