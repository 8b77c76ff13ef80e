"""Any other parcel company, or the store's own van: a number, and no page to follow it."""

import re

from django.utils.translation import gettext as _

_SHAPE = re.compile(r"[0-9A-ZÑ][0-9A-ZÑ/_\-]{2,39}")


class Manual:
    """A shipment that only the store can follow."""

    slug = "manual"
    label = "Otra paquetería"

    def clean(self, number: str) -> str:
        """Take away spaces; hyphens may mean something to a company that we do not know."""
        return re.sub(r"\s", "", number).upper()

    def complaint(self, number: str) -> str:
        """Ask only for something that a person could read aloud on the telephone."""
        if _SHAPE.fullmatch(number):
            return ""
        return _("Escribe la guía con letras, números o guiones: entre 3 y 40.")

    def tracking_url(self, number: str) -> str:
        """There is no public page."""
        return ""


ADAPTER = Manual()
