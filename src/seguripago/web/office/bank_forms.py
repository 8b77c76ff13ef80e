"""What may be typed about a store's banks: credentials as each feed asks for them, secrets, addresses, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from seguripago.foundations.stores.reaching import may_be_called
from seguripago.ports.bank_feeds import Need
from seguripago.values import clabe

from .forms import OfficeForm

LONGEST = 20_000


class CredentialsForm(OfficeForm):
    """One field for each thing that a feed needs; a secret that is set is not shown, and stays when left empty."""

    def __init__(self, needs: Sequence[Need], given: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs = {need.name: need for need in needs}
        for need in needs:
            self.fields[need.name] = _field(need, is_set=need.name in given)

    def clean(self) -> dict[str, Any]:
        """Check the addresses: only where the provider answers, so that no one sends a key elsewhere."""
        cleaned = super().clean() or {}
        for name, need in self.needs.items():
            if need.shape == "address" and cleaned.get(name) and not may_be_called(cleaned[name], need.hosts):
                self.add_error(name, _("Esa dirección no es del proveedor, o no empieza con https://."))
        return cleaned

    @property
    def values(self) -> dict[str, str]:
        """What is to be kept: what was typed; a dash forgets what was set."""
        typed = {name: str(value).strip() for name, value in self.cleaned_data.items() if str(value or "").strip()}
        return {name: "" if value == "-" else value for name, value in typed.items()}


class SecretForm(OfficeForm):
    """A secret that the provider gave; empty: we make one."""

    secret = forms.CharField(
        label=_("Secreto o llave pública que te dio el proveedor"),
        required=False,
        max_length=LONGEST,
        help_text=_("Déjalo vacío para que generemos uno. Lo verás una sola vez."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false", "class": "in"}),
    )
    ends_now = forms.BooleanField(
        label=_("El secreto anterior deja de servir ahora mismo"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "box"}),
    )


class AddressesForm(OfficeForm):
    """From where the provider may call."""

    addresses = forms.CharField(
        label=_("Direcciones desde las que puede avisar"),
        required=False,
        max_length=4000,
        help_text=_("Una por línea, como 10.8.0.7 o 10.8.0.0/24. Vacío: desde cualquiera."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "class": "in"}),
    )

    @property
    def lines(self) -> list[str]:
        return str(self.cleaned_data["addresses"]).split()


class PrefixForm(OfficeForm):
    """Another account prefix."""

    institution = forms.ChoiceField(label=_("Banco"), error_messages={"required": _("Elige el banco.")})
    bank_label = forms.CharField(
        label=_("Nombre que ven tus clientes"), max_length=40, required=False, help_text=_("Vacío: el del banco.")
    )
    digits = forms.CharField(
        label=_("Prefijo de CLABE"),
        max_length=20,
        help_text=_("De 10 a 13 dígitos; el banco te lo asignó a ti y a nadie más."),
        error_messages={"required": _("Escribe el prefijo.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "in"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Elige uno")), *(pair for pair in clabe.institutions() if pair[1])]

    def clean_digits(self) -> str:
        """Forgive the spaces that people put between groups of digits."""
        return "".join(str(self.cleaned_data["digits"]).split())


def _field(need: Need, *, is_set: bool) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", "class": "in"}
    hint = _("Ya está puesta; déjala vacía para conservarla.") if is_set else ""
    if not is_set and need.example:
        hint = _("Por ejemplo: %(example)s") % {"example": need.example}
    if need.shape == "long":
        widget: forms.Widget = forms.Textarea(attrs={**attrs, "rows": 4})
    elif need.is_secret:
        widget = forms.PasswordInput(attrs=attrs, render_value=False)
    else:
        widget = forms.TextInput(attrs=attrs)
    # Labels are the feed's own words: it is one file, texts and all.
    return forms.CharField(label=need.label, required=False, max_length=LONGEST, help_text=hint, widget=widget)
