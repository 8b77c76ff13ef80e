"""Estafeta: a 22-character waybill, or the 10-digit tracking code printed beside it."""

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

_SHAPE = re.compile(r"[0-9A-Z]{22}|[0-9]{10}")


class Estafeta:
    """Links to Estafeta's tracking page."""

    slug = "estafeta"
    label = "Estafeta"

    def clean(self, number: str) -> str:
        """Take away what people add when they copy: spaces, hyphens, dots and lower case."""
        return re.sub(r"[\s\-.]", "", number).upper()

    def complaint(self, number: str) -> str:
        """Say what a number of this company looks like when this one does not."""
        if _SHAPE.fullmatch(number):
            return ""
        return _("La guía de Estafeta tiene 22 caracteres, o 10 dígitos si usas el código de rastreo.")

    def tracking_url(self, number: str) -> str:
        """Link to the company's own page."""
        return "https://cs.estafeta.com/es/Tracking/searchByGet?wayBillType=0&isShipmentDetail=False&wayBill=" + quote(
            number, safe=""
        )


ADAPTER = Estafeta()
