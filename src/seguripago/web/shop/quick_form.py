"""What the buyer of a charge without a cart may correct: who pays and who is invoiced. Nothing is sent anywhere."""

from __future__ import annotations

from typing import Any, Final

from seguripago.journey.orders.shapes import Billing
from seguripago.values.address import NOWHERE, Address

from .forms import PeopleForm

_OF_THE_PARCEL: Final = (
    "postal_code",
    "municipality",
    "state",
    "neighborhood",
    "street",
    "ext_number",
    "int_number",
    "references",
    "same_address",
)


class BuyerForm(PeopleForm):
    """The checkout's people without an address: names and fiscal data."""

    billing_is_open = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*_OF_THE_PARCEL, *(f"billing_{name}" for name in _OF_THE_PARCEL[:-2])):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for the fiscal fields where an invoice is wanted."""
        if self.cleaned_data.get("wants_invoice"):
            self._clean_fiscal()
        return self.cleaned_data

    def shipping(self) -> Address:
        """Answer where it goes: nowhere."""
        return NOWHERE

    def billing(self) -> Billing:
        """Answer who is invoiced; SAT asks for no street."""
        typed = self.cleaned_data
        if not typed["wants_invoice"]:
            return Billing(False, "", "", "", "", "", NOWHERE)
        fiscal = (typed["tax_regime"], typed["tax_postal_code"], typed["cfdi_use"])
        return Billing(True, typed["rfc"], typed["legal_name"].upper(), *fiscal, NOWHERE)
