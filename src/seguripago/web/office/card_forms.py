"""What may be typed about a store's card gateways: values as each gateway asks for them, and the months it offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from seguripago.journey.cards.queries import GatewayCard
from seguripago.journey.cards.rules.charges import MONTHS
from seguripago.ports.card_gateways import Need
from seguripago.values.money import Money, UnreadableAmount

from .forms import OfficeForm

LONGEST: Final = 4000
PEM: Final = "-----BEGIN"


class ValuesForm(OfficeForm):
    """One field for each thing that a gateway needs; a secret that is set is not shown, and stays when left empty."""

    def __init__(self, card: GatewayCard, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", dict(card.shown))
        super().__init__(*args, **kwargs)
        self.secrets = {need.name for need in card.needs if need.is_secret}
        for need in card.needs:
            self.fields[need.name] = _field(need, is_set=need.name in card.given)

    @property
    def values(self) -> dict[str, str]:
        """What is to be kept: an empty secret stays as it is, a dash forgets it; what is shown is as it stands."""
        typed = {name: str(value or "").strip() for name, value in self.cleaned_data.items()}
        kept = {name: value for name, value in typed.items() if value or name not in self.secrets}
        return {name: "" if value == "-" else value for name, value in kept.items()}


class MonthsForm(OfficeForm):
    """Which months without interest the store offers, each from an amount on."""

    def __init__(self, months: Mapping[int, Money], *args: Any, **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        for count in MONTHS:
            initial[f"offers_{count}"] = count in months
            initial[f"least_{count}"] = months[count].plain if count in months else f"{count * 100}.00"
        super().__init__(*args, initial=initial, **kwargs)
        self._plan: dict[int, Money] = {}
        for count in MONTHS:
            self.fields[f"offers_{count}"] = forms.BooleanField(
                label=_("%(n)s meses") % {"n": count},
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "box"}),
            )
            self.fields[f"least_{count}"] = forms.CharField(
                label=_("Desde qué monto, a %(n)s meses") % {"n": count},
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "in"}),
            )

    def clean(self) -> dict[str, Any]:
        """Read the amounts of those that are offered; the others do not matter."""
        cleaned = super().clean() or {}
        for count in MONTHS:
            if cleaned.get(f"offers_{count}"):
                try:
                    self._plan[count] = Money.parse(cleaned.get(f"least_{count}", ""))
                except UnreadableAmount:
                    self.add_error(f"least_{count}", _("Escribe un monto como 1,250.00."))
        return cleaned

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields as the page draws them: the box and its amount."""
        return [(self[f"offers_{count}"], self[f"least_{count}"]) for count in MONTHS]

    @property
    def plan(self) -> dict[int, Money]:
        return dict(self._plan)


def _field(need: Need, *, is_set: bool) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false", "class": "in"}
    if is_set and need.is_secret:
        hint = str(_("Ya está puesta; déjala vacía para conservarla."))
    else:
        hint = str(_("Por ejemplo: %(example)s")) % {"example": need.example} if need.example else ""
    widget: forms.Widget = forms.TextInput(attrs=attrs)
    if need.example.startswith(PEM):
        widget = forms.Textarea(attrs={**attrs, "rows": 4})
    elif need.is_secret:
        widget = forms.PasswordInput(attrs={**attrs, "autocomplete": "new-password"}, render_value=False)
    # Labels are the gateway's own words: it is one file, texts and all.
    return forms.CharField(label=need.label, required=False, max_length=LONGEST, help_text=hint, widget=widget)
