"""DHL Express: a waybill of 10 digits, or a piece number that starts with JD."""

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

_SHAPE = re.compile(r"[0-9]{10}|JJ?D[0-9]{16,20}")


class Dhl:
    """Links to DHL Mexico's tracking page."""

    slug = "dhl"
    label = "DHL"

    def clean(self, number: str) -> str:
        """Take away what people add when they copy: spaces, hyphens, dots and lower case."""
        return re.sub(r"[\s\-.]", "", number).upper()

    def complaint(self, number: str) -> str:
        """Say what a number of this company looks like when this one does not."""
        if _SHAPE.fullmatch(number):
            return ""
        return _("La guía de DHL tiene 10 dígitos, o empieza con JD si es el número de una pieza.")

    def tracking_url(self, number: str) -> str:
        """Link to the company's own page."""
        return "https://www.dhl.com/mx-es/home/rastreo.html?tracking-id=" + quote(number, safe="")


ADAPTER = Dhl()
