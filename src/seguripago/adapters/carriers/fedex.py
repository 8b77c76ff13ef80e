"""FedEx: 12 or 15 digits, 20 or 22 on ground labels."""

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

_SHAPE = re.compile(r"[0-9]{12}|[0-9]{15}|[0-9]{20}|[0-9]{22}")


class FedEx:
    """Links to FedEx's tracking page."""

    slug = "fedex"
    label = "FedEx"

    def clean(self, number: str) -> str:
        """Take away what people add when they copy: spaces, hyphens, dots and lower case."""
        return re.sub(r"[\s\-.]", "", number).upper()

    def complaint(self, number: str) -> str:
        """Say what a number of this company looks like when this one does not."""
        if _SHAPE.fullmatch(number):
            return ""
        return _("La guía de FedEx tiene 12 dígitos (o 15, 20 o 22 en algunas etiquetas), sin letras.")

    def tracking_url(self, number: str) -> str:
        """Link to the company's own page."""
        return "https://www.fedex.com/fedextrack/?trknbr=" + quote(number, safe="")


ADAPTER = FedEx()
