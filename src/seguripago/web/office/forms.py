"""What may be typed in the office, and what is said when it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from seguripago.foundations.stores.rules import LONGEST_PARTNER, MOST_CHAT_MONTHS
from seguripago.journey.backing.rules import LONGEST_REASON, SHORTEST_REASON
from seguripago.journey.delivery.queries import CarrierChoice, ParcelLine
from seguripago.values.money import Money, UnreadableAmount


class OfficeForm(forms.Form):
    """A form whose fields look like every other field of the house."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "in")


class ShipForm(OfficeForm):
    """Who carries the parcel, under what number, and what is in it."""

    parcel = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    carrier = forms.ChoiceField(label=_("Paquetería"), error_messages={"required": _("Elige la paquetería.")})
    tracking_number = forms.CharField(
        label=_("Número de guía"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "in"}),
    )
    tracking_link = forms.CharField(
        label=_("Liga de rastreo (opcional)"),
        max_length=300,
        required=False,
        help_text=_("Solo para «Otra paquetería»; las demás ya tienen la suya."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://", "class": "in"}),
    )

    def __init__(
        self, choices: Sequence[CarrierChoice], lines: Sequence[ParcelLine], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = [(choice.slug, choice.label) for choice in choices]
        field = self.fields["carrier"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Elige una")), *known]
        self.givers = {choice.slug for choice in choices if choice.gives_number}
        if self.givers:
            self.fields["tracking_number"].help_text = _("Con la paquetería de pruebas, déjalo vacío.")
        # One piece cannot be sent in parts. What was chosen on a page that is old by now is looked at all the same.
        is_chosen = any(name.startswith("piece_") for name in self.data)
        self.lines = tuple(lines) if is_chosen or sum(line.quantity for line in lines) > 1 else ()
        for line in self.lines:
            self.fields[f"piece_{line.order_line_id}"] = forms.IntegerField(
                label=line.name,
                required=False,
                min_value=0,
                max_value=line.quantity,
                initial=line.quantity,
                help_text=ngettext("Falta %(n)d por enviar.", "Faltan %(n)d por enviar.", line.quantity)
                % {"n": line.quantity},
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "in"}),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for the number where the carrier does not give it itself."""
        wish: dict[str, Any] = super().clean() or self.cleaned_data
        if not wish.get("tracking_number") and wish.get("carrier") not in self.givers:
            self.add_error("tracking_number", _("Escribe el número de guía que te dio la paquetería."))
        return wish

    def show_parcel(self, shipment_id: int | None) -> None:
        """Draw the form again for the parcel that waits now."""
        self.data = {name: self.data[name] for name in self.data} | {"parcel": str(shipment_id or "")}

    @property
    def piece_fields(self) -> list[forms.BoundField]:
        """Give the fields of what goes in the parcel."""
        return [self[f"piece_{line.order_line_id}"] for line in self.lines]

    def pieces(self) -> dict[int, int] | None:
        """Answer what was chosen, by order line; None where nothing was to choose: all that is left."""
        chosen = {name.removeprefix("piece_"): name for name in self.data if name.startswith("piece_")}
        if not chosen:
            return None
        # A line of which nothing is left any more has no field: it is refused where the pieces are counted.
        return {
            int(line): (self.cleaned_data[name] or 0) if name in self.cleaned_data else 1
            for line, name in chosen.items()
            if line.isascii() and line.isdigit() and len(line) < 19
        }


class DeliveredForm(OfficeForm):
    """Who received a parcel, if it is known."""

    received_by = forms.CharField(label=_("Quién lo recibió (opcional)"), max_length=120, required=False)


class ReturnedForm(OfficeForm):
    """Why a parcel came back; the buyer reads it."""

    reason = forms.CharField(label=_("Por qué regresó"), max_length=240)


class CancelForm(OfficeForm):
    """Why the store cancels; the buyer reads it."""

    reason = forms.CharField(
        label=_("Motivo"),
        max_length=200,
        error_messages={"required": _("Escribe el motivo: tu cliente lo va a leer.")},
    )


class UnsentForm(OfficeForm):
    """Why the store will not send what is left; the buyer reads it."""

    reason = forms.CharField(
        label=_("Motivo"),
        max_length=200,
        error_messages={"required": _("Escribe el motivo: tu cliente lo va a leer.")},
        widget=forms.TextInput(attrs={"id": "unsent-reason"}),
    )


class DossierForm(OfficeForm):
    """Why somebody takes the evidence file of a purchase: it holds the buyer's data, and the audit keeps the reason."""

    reason = forms.CharField(
        label=_("Para qué lo necesitas"),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        help_text=_("Queda en la bitácora con tu nombre. Por ejemplo: contracargo, queja ante Profeco, aclaración."),
        error_messages={
            "required": _("Escribe para qué lo necesitas."),
            "min_length": _("Escríbelo con un poco más de detalle."),
        },
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


def _days(label: Any, most: int, help_text: Any = "", *, least: int = 1) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
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


class SendingForm(OfficeForm):
    """From which hour on a day is over, and what each destination adds: the promised dates are computed with these."""

    cutoff_hour = _days(
        _("Hora de corte"), 24, _("Lo que te piden desde esta hora cuenta desde el siguiente día hábil. 24: sin corte.")
    )
    near_days = _days(_("Días hábiles que se suman en tu estado"), 30, least=0)
    national_days = _days(_("Días hábiles que se suman a otro estado"), 30, least=0)
    remote_days = _days(
        _("Días hábiles que se suman a zonas lejanas"),
        30,
        _("Baja California, Baja California Sur, Campeche, Chiapas, Quintana Roo, Sonora y Yucatán."),
        least=0,
    )
    arrival_days = _days(
        _("Días hábiles para dar por entregado un paquete sin noticias"),
        20,
        _("Desde que preguntamos a tu cliente si ya llegó. Si responde que no, no se da por entregado."),
        least=2,
    )


class ClaimDaysForm(OfficeForm):
    """How long everybody has in a claim and while money goes back. What already waits keeps its deadline."""

    remind_days = _days(_("Días de aviso antes de cada plazo"), 7, _("Vale también para enviar, entregar y revisar."))
    answer_days = _days(_("Días para que respondas una reclamación"), 15, _("Después la revisa un supervisor."))
    accept_days = _days(_("Días para que tu cliente decida sobre tu oferta"), 30)
    replace_days = _days(_("Días para que llegue un cambio"), 60)
    send_back_days = _days(_("Días para que vuelva una devolución"), 60)
    decide_days = _days(_("Días para que un supervisor resuelva"), 15, _("Después se avisa al dueño de la tienda."))
    appeal_days = _days(_("Días para apelar"), 15, _("Hasta entonces no se mueve dinero."))
    refund_days = _days(_("Días para decidir un reembolso"), 15, _("Después se avisa a supervisión y al dueño."))
    refund_account_days = _days(_("Días para que tu cliente diga a qué cuenta va su reembolso"), 30)
    refund_bank_days = _days(_("Días para que banco o pasarela confirmen un reembolso"), 15)


class GuaranteeForm(OfficeForm):
    """Whose obligation the guarantee is, as the certificate says it."""

    guarantee_mode = forms.ChoiceField(
        label=_("Quién cumple la garantía"),
        choices=[
            ("merchant_obligation", _("Solo la tienda")),
            ("licensed_partner", _("La tienda, con una institución autorizada que lleva el pago")),
        ],
        help_text=_("Elige una institución solo si tienes contrato con ella y la ley la autoriza a llevar pagos."),
    )
    guarantee_partner = forms.CharField(
        label=_("Nombre de la institución"),
        max_length=LONGEST_PARTNER,
        required=False,
        help_text=_("Como está registrada. El certificado lo dice desde que guardas."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """An institution is named when there is one; without one there is no name to keep."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("guarantee_mode") == "merchant_obligation":
            said["guarantee_partner"] = ""
        elif "guarantee_partner" in said and not said["guarantee_partner"]:
            self.add_error("guarantee_partner", _("Escribe el nombre de la institución autorizada."))
        return said


class ChatsForm(OfficeForm):
    """How long conversations are kept."""

    chat_months = _days(
        _("Meses que se conservan las conversaciones"),
        MOST_CHAT_MONTHS,
        _("Desde el último mensaje, y nunca antes de que terminen el pedido y su garantía. Después se borran."),
    )
