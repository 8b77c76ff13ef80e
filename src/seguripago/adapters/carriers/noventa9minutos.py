"""99 minutos: between 8 and 20 letters and digits; the company publishes no stricter shape."""

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

_SHAPE = re.compile(r"[0-9A-Z]{8,20}")


class Noventa9Minutos:
    """Links to the tracking page of 99 minutos."""

    slug = "99minutos"
    label = "99 minutos"

    def clean(self, number: str) -> str:
        """Take away what people add when they copy: spaces, hyphens, dots and lower case."""
        return re.sub(r"[\s\-.]", "", number).upper()

    def complaint(self, number: str) -> str:
        """Say what a number of this company looks like when this one does not."""
        if _SHAPE.fullmatch(number):
            return ""
        return _("La guía de 99 minutos tiene entre 8 y 20 letras y números.")

    def tracking_url(self, number: str) -> str:
        """Link to the company's own page."""
        return "https://tracking.99minutos.com/search/" + quote(number, safe="")


ADAPTER = Noventa9Minutos()
