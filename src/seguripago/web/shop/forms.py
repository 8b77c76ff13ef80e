"""What a buyer types, checked where it was typed, every message in words that say how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.exceptions import InvalidLength
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.mx import rfc as stdnum_rfc

from seguripago.journey.catalogue.rules import MOST_PIECES, Wanted
from seguripago.journey.orders import postal, sat
from seguripago.journey.orders.shapes import Billing, Buyer, OrderView
from seguripago.values.address import Address
from seguripago.values.steps import Preference
from seguripago.web.shop.widgets import CheckboxInput, DateInput, EmailInput, Select, TextInput

CONNECT, CARD = "connect", "card"
_FIVE_DIGITS: Final = re.compile(r"\d{5}")
_KEY: Final = re.compile(r"[0-9a-f]{40}")
_LINES: Final = re.compile(r"\d{1,12}:\d{1,4}(,\d{1,12}:\d{1,4}){0,59}")


def _choices(table: Mapping[str, str], empty: str) -> Any:
    return lazy(lambda: [("", _(empty)), *((code, f"{code} · {words}") for code, words in table.items())], list)()


def _text(
    label: Any, *, required: Any = "", most: int = 80, widget: forms.Widget | None = None, **attrs: str
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(required),
        max_length=most,
        error_messages={
            "required": required,
            "max_length": gettext_lazy("Es demasiado largo: usa hasta %(limit_value)d letras."),
        },
        widget=widget or TextInput(attrs={"class": "in", **attrs}),
    )


def _choice(label: Any, table: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=table,
        error_messages={"invalid_choice": gettext_lazy("Elige una opción de la lista.")},
        widget=Select(attrs={"class": "in"}),
    )


def _states() -> list[tuple[str, str]]:
    return [("", _("Elige tu estado")), *((name, name) for name in postal.STATES)]


def _postal_code(label: Any, *, required: Any = "", autocomplete: str = "off") -> forms.CharField:
    return _text(label, required=required, most=12, inputmode="numeric", autocomplete=autocomplete)


class PeopleForm(forms.Form):
    """Who buys, who is invoiced, where it goes: the part of the checkout that can be corrected later."""

    use_required_attribute = False

    first_name = _text(gettext_lazy("Nombre"), required=gettext_lazy("Escribe tu nombre."), autocomplete="given-name")
    last_name = _text(
        gettext_lazy("Apellidos"), required=gettext_lazy("Escribe tus apellidos."), autocomplete="family-name"
    )
    email = forms.EmailField(
        label=gettext_lazy("Correo"),
        max_length=254,
        error_messages={
            "required": gettext_lazy("Escribe tu correo: ahí te enviamos tu No. de Pedido."),
            "invalid": gettext_lazy("Revisa tu correo: debe parecerse a nombre@gmail.com."),
        },
        widget=EmailInput(attrs={"class": "in", "autocomplete": "email"}),
    )
    phone = _text(
        gettext_lazy("Teléfono"),
        required=gettext_lazy("Escribe tu teléfono a 10 dígitos."),
        most=24,
        widget=TextInput(attrs={"class": "in num", "type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
    )
    wants_invoice = forms.BooleanField(
        label=gettext_lazy("Necesito factura (CFDI 4.0)"),
        required=False,
        widget=CheckboxInput(attrs={"class": "sw", "role": "switch"}),
    )
    rfc = _text(gettext_lazy("RFC"), most=16, autocapitalize="characters", autocomplete="off", spellcheck="false")
    legal_name = _text(gettext_lazy("Razón social"), most=254, autocomplete="organization")
    tax_regime = _choice(gettext_lazy("Régimen fiscal"), _choices(sat.REGIMES, "Elige tu régimen"))
    cfdi_use = _choice(gettext_lazy("Uso de CFDI"), _choices(sat.USES, "Elige el uso"))
    tax_postal_code = _postal_code(gettext_lazy("C.P. fiscal"))
    postal_code = _postal_code(
        gettext_lazy("Código postal"), required=gettext_lazy("Escribe tu código postal."), autocomplete="postal-code"
    )
    municipality = _text(
        gettext_lazy("Municipio o alcaldía"),
        required=gettext_lazy("Escribe tu municipio o alcaldía."),
        autocomplete="address-level2",
    )
    state = _choice(gettext_lazy("Estado"), lazy(_states, list)())
    neighborhood = _text(
        gettext_lazy("Colonia"), required=gettext_lazy("Escribe tu colonia."), autocomplete="address-level3"
    )
    street = _text(
        gettext_lazy("Calle"), required=gettext_lazy("Escribe tu calle."), autocomplete="address-line1", most=120
    )
    ext_number = _text(
        gettext_lazy("Núm. ext."),
        required=gettext_lazy("Escribe el número, o S/N si no tiene."),
        most=20,
        autocomplete="off",
    )
    int_number = _text(gettext_lazy("Núm. int."), most=20, autocomplete="off")
    references = _text(gettext_lazy("Referencias para la entrega"), most=240, autocomplete="off")
    same_address = forms.BooleanField(label=gettext_lazy("Usar también para facturar"), required=False, initial=True)
    billing_postal_code = _postal_code(gettext_lazy("Código postal"))
    billing_municipality = _text(gettext_lazy("Municipio o alcaldía"), autocomplete="off")
    billing_state = _choice(gettext_lazy("Estado"), lazy(_states, list)())
    billing_neighborhood = _text(gettext_lazy("Colonia"), autocomplete="off")
    billing_street = _text(gettext_lazy("Calle"), most=120, autocomplete="off")
    billing_ext_number = _text(gettext_lazy("Núm. ext."), most=20, autocomplete="off")
    billing_int_number = _text(gettext_lazy("Núm. int."), most=20, autocomplete="off")

    def clean_phone(self) -> str:
        """Keep the ten digits; +52 and a leading 1 are forgiven."""
        digits = re.sub(r"\D", "", self.cleaned_data["phone"])
        for lead in ("521", "52"):
            if len(digits) == 10 + len(lead) and digits.startswith(lead):
                digits = digits[len(lead) :]
        if len(digits) != 10:
            raise forms.ValidationError(_("Tu teléfono debe tener 10 dígitos, por ejemplo 55 5012 8846."))
        return digits

    def clean(self) -> dict[str, Any]:
        """Ask for what the answers make necessary: fiscal fields, the billing address, a state that fits its code."""
        super().clean()
        self._clean_address("")
        if not self.cleaned_data.get("same_address"):
            self._clean_billing_address()
        if self.cleaned_data.get("wants_invoice"):
            self._clean_fiscal()
        return self.cleaned_data

    def _clean_address(self, prefix: str) -> None:
        code, state = self.cleaned_data.get(f"{prefix}postal_code"), self.cleaned_data.get(f"{prefix}state")
        if code and not _FIVE_DIGITS.fullmatch(code):
            self.add_error(f"{prefix}postal_code", _("El código postal tiene 5 dígitos."))
        elif code and postal.state_of(code) is None:
            self.add_error(f"{prefix}postal_code", _("Ese código postal no existe en México."))
        elif code and state and postal.disagree(code, state):
            words = _("El código postal %(code)s es de %(state)s. Corrige uno de los dos.")
            self.add_error(f"{prefix}state", words % {"code": code, "state": postal.state_of(code)})
        if not state and f"{prefix}state" not in self.errors:
            self.add_error(f"{prefix}state", _("Elige tu estado."))

    def _clean_billing_address(self) -> None:
        for field in ("postal_code", "municipality", "neighborhood", "street", "ext_number"):
            if not self.cleaned_data.get(f"billing_{field}") and f"billing_{field}" not in self.errors:
                self.add_error(f"billing_{field}", self.fields[field].error_messages["required"])
        self._clean_address("billing_")

    def _clean_fiscal(self) -> None:
        typed = self.cleaned_data
        if "rfc" not in self.errors:
            self._clean_rfc()
        required = {
            "legal_name": _("Escribe tu nombre o razón social como aparece en tu Constancia."),
            "tax_regime": _("Elige tu régimen fiscal; está en tu Constancia."),
            "cfdi_use": _("Elige para qué usarás la factura."),
            "tax_postal_code": _("Escribe el código postal de tu domicilio fiscal."),
        }
        for field, words in required.items():
            if not typed.get(field) and field not in self.errors:
                self.add_error(field, words)
        code, rfc, regime, use = (typed.get(name, "") for name in ("tax_postal_code", "rfc", "tax_regime", "cfdi_use"))
        if code and not _FIVE_DIGITS.fullmatch(code):
            self.add_error("tax_postal_code", _("El código postal fiscal tiene 5 dígitos."))
        if rfc and regime and not sat.regime_fits_rfc(regime, rfc):
            who = _("una empresa") if len(rfc) == 12 else _("una persona física")
            self.add_error("tax_regime", _("Ese régimen no es para %(who)s. Revisa tu Constancia.") % {"who": who})
        elif use and regime and not sat.use_fits_regime(use, regime):
            self.add_error(
                "cfdi_use", _("El SAT no permite ese uso con tu régimen. Prueba con S01 o revisa tu régimen.")
            )

    def _clean_rfc(self) -> None:
        rfc = re.sub(r"[\s-]", "", self.cleaned_data.get("rfc", "")).upper()
        self.cleaned_data["rfc"] = rfc
        if not rfc:
            self.add_error("rfc", _("Escribe tu RFC."))
        elif rfc not in {sat.PUBLIC_RFC, sat.FOREIGN_RFC}:
            try:
                stdnum_rfc.validate(rfc, validate_check_digits=True)
                if len(rfc) == 10:  # without its homoclave: well formed, but no invoice can carry it
                    raise InvalidLength
            except StdnumError:
                self.add_error("rfc", _("Ese RFC no es válido. Cópialo como aparece en tu Constancia, con homoclave."))

    @property
    def billing_is_open(self) -> bool:
        """Say whether the billing address must be shown, because it was asked for."""
        return not self["same_address"].value()

    def buyer(self) -> Buyer:
        """Answer who buys."""
        typed = self.cleaned_data
        return Buyer(f"{typed['first_name']} {typed['last_name']}", typed["email"].lower(), typed["phone"])

    def shipping(self) -> Address:
        """Answer where it goes."""
        return self._address("")

    def billing(self) -> Billing:
        """Answer who is invoiced; without an invoice the fiscal fields stay empty."""
        typed = self.cleaned_data
        address = self._address("") if typed["same_address"] else self._address("billing_")
        if not typed["wants_invoice"]:
            return Billing(False, "", "", "", "", "", address)
        return Billing(
            True,
            typed["rfc"],
            typed["legal_name"].upper(),
            typed["tax_regime"],
            typed["tax_postal_code"],
            typed["cfdi_use"],
            address,
        )

    def _address(self, prefix: str) -> Address:
        typed = self.cleaned_data
        names = ("street", "ext_number", "int_number", "neighborhood", "postal_code", "municipality", "state")
        parts = {name: typed[f"{prefix}{name}"] for name in names}
        return Address(**parts, references="" if prefix else typed["references"])


class CheckoutForm(PeopleForm):
    """The whole checkout: the people, the way to pay, and what exactly was on the page when it was sent."""

    method = forms.ChoiceField(
        choices=[(CONNECT, "CONNECT PAY"), (CARD, "TARJETA DÉBITO Y CRÉDITO")],
        initial=CONNECT,
        error_messages={
            "required": gettext_lazy("Elige cómo quieres pagar."),
            "invalid_choice": gettext_lazy("Elige cómo quieres pagar."),
        },
    )
    via = forms.ChoiceField(
        choices=[(Preference.SPEI.value, "SPEI"), (Preference.LINK.value, "Link")],
        initial=Preference.SPEI.value,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Elige transferencia o link.")},
    )
    marketing = forms.BooleanField(required=False)
    checkout_key = forms.CharField()
    lines = forms.CharField()

    def clean_checkout_key(self) -> str:
        """Refuse a key that no page of ours carried."""
        key: str = self.cleaned_data["checkout_key"]
        if not _KEY.fullmatch(key):
            raise forms.ValidationError(_("La página no se cargó completa. Recárgala."))
        return key

    def clean_lines(self) -> tuple[Wanted, ...]:
        """Read the lines that were on the page: `12:1,15:2`."""
        typed: str = self.cleaned_data["lines"]
        if not _LINES.fullmatch(typed):
            raise forms.ValidationError(_("La página no se cargó completa. Recárgala."))
        pairs = (pair.split(":") for pair in typed.split(","))
        lines = tuple(Wanted(int(product_id), int(quantity)) for product_id, quantity in pairs)
        if any(not 1 <= line.quantity <= MOST_PIECES for line in lines):
            raise forms.ValidationError(_("La página no se cargó completa. Recárgala."))
        return lines

    def preference(self) -> Preference:
        """Answer the way to pay."""
        if self.cleaned_data["method"] == CARD:
            return Preference.CARD
        return Preference(self.cleaned_data["via"] or Preference.SPEI)

    def to_keep(self) -> dict[str, str]:
        """Answer what was typed, for a later visit; not what names this purchase."""
        names = [name for name in self.fields if name not in {"checkout_key", "lines"}]
        return {name: self.data[name][:254] for name in names if self.data.get(name)}


def written(lines: Sequence[Wanted]) -> str:
    """Write lines as the hidden field carries them."""
    return ",".join(f"{line.product_id}:{line.quantity}" for line in lines)


def typed_of(order: OrderView) -> dict[str, Any]:
    """Answer what the buyer typed in an order, as the form's beginning."""
    first, _space, last = order.buyer.name.partition(" ")
    billing, shipping = order.billing, order.shipping.to_json()
    address = billing.address.to_json()
    return {
        **shipping,
        **{f"billing_{name}": written for name, written in address.items()},
        "first_name": first,
        "last_name": last,
        "email": order.buyer.email,
        "phone": order.buyer.phone,
        "wants_invoice": billing.wants_invoice,
        "rfc": billing.rfc,
        "legal_name": billing.legal_name,
        "tax_regime": billing.tax_regime,
        "cfdi_use": billing.cfdi_use,
        "tax_postal_code": billing.tax_postal_code,
        "same_address": {**address, "references": ""} == {**shipping, "references": ""},
    }


class ClaimForm(forms.Form):
    """«Ya transferí»: from which bank, which day, with which clave de rastreo."""

    use_required_attribute = False

    bank = _text(gettext_lazy("Banco desde el que transferiste"), required=gettext_lazy("Escribe tu banco."), most=60)
    date = forms.DateField(
        label=gettext_lazy("Fecha"),
        error_messages={
            "required": gettext_lazy("Escribe el día de tu transferencia."),
            "invalid": gettext_lazy("Escribe la fecha como día, mes y año."),
        },
        widget=DateInput(attrs={"class": "in num", "type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
    )
    tracking_key = _text(gettext_lazy("Clave de rastreo"), most=30, autocapitalize="characters", autocomplete="off")

    def clean_tracking_key(self) -> str:
        """Keep the key's letters and digits; it may be left out."""
        key = re.sub(r"\s", "", self.cleaned_data["tracking_key"]).upper()
        if key and not re.fullmatch(r"[A-Z0-9]{1,30}", key):
            raise forms.ValidationError(_("La clave de rastreo solo lleva letras y números, hasta 30."))
        return key
