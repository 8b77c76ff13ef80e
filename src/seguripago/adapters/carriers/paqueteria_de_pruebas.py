"""The demo's parcel company: a parcel goes from the store to the buyer's door in a minute. Nobody sends with it in
production (`only_in_demo`).

A number says everything: when the label was printed (seconds, base 36), from which postal code, to which, and a check
character. How far the parcel is follows from the number and the clock alone, so nothing is stored and nothing is lost.
A parcel to a postal code that ends in 99 finds nobody at home and goes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from seguripago.ports.carriers import CarrierEvent

_SHAPE: Final = re.compile(r"PP[0-9A-Z]{7}[0-9]{10}[0-9A-Z]")
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HALFWAY: Final = "Tepotzotlán, Méx."
# The last postal prefix of each state, and the city where its parcels are sorted.
_CITIES: Final = (
    (16, "Ciudad de México"), (20, "Aguascalientes, Ags."), (22, "Tijuana, B.C."), (23, "La Paz, B.C.S."),
    (24, "Campeche, Camp."), (27, "Saltillo, Coah."), (28, "Colima, Col."), (30, "Tuxtla Gutiérrez, Chis."),
    (33, "Chihuahua, Chih."), (35, "Durango, Dgo."), (38, "León, Gto."), (41, "Chilpancingo, Gro."),
    (43, "Pachuca, Hgo."), (49, "Guadalajara, Jal."), (57, "Toluca, Méx."), (61, "Morelia, Mich."),
    (62, "Cuernavaca, Mor."), (63, "Tepic, Nay."), (67, "Monterrey, N.L."), (71, "Oaxaca, Oax."),
    (75, "Puebla, Pue."), (76, "Querétaro, Qro."), (77, "Cancún, Q.R."), (79, "San Luis Potosí, S.L.P."),
    (82, "Culiacán, Sin."), (85, "Hermosillo, Son."), (86, "Villahermosa, Tab."), (89, "Reynosa, Tamps."),
    (90, "Tlaxcala, Tlax."), (96, "Xalapa, Ver."), (97, "Mérida, Yuc."), (99, "Zacatecas, Zac."),
)  # fmt: skip


class PaqueteriaDePruebas:
    """A carrier that prints its labels and tells how far each parcel is."""

    slug = "pruebas"
    label = "Paquetería de pruebas"
    only_in_demo = True
    pause_s = 2

    def clean(self, number: str) -> str:
        """Take away what people add when they copy: spaces, hyphens, dots and lower case."""
        return re.sub(r"[\s\-.]", "", number).upper()

    def complaint(self, number: str) -> str:
        """Say what a number of this company looks like when this one does not."""
        if _SHAPE.fullmatch(number) and _check(number[:-1]) == number[-1]:
            return ""
        return _("Deja la guía vacía: la paquetería de pruebas pone la suya.")

    def tracking_url(self, number: str) -> str:
        """There is no public page: the order's own page follows it."""
        return ""

    def print_label(self, origin: str, destination: str, *, at: datetime) -> str:
        """Answer the number of a parcel that begins to move now."""
        left, stamp = int(at.timestamp()), ""
        for _place in range(7):
            left, digit = divmod(left, 36)
            stamp = _DIGITS[digit] + stamp
        body = f"PP{stamp}{_postal(origin)}{_postal(destination)}"
        return body + _check(body)

    def follow(self, number: str, since: datetime | None, *, at: datetime) -> Sequence[CarrierEvent]:
        """Answer how far the parcel is, by the clock."""
        if self.complaint(number):
            return ()
        began = datetime.fromtimestamp(int(number[2:9], 36), UTC)
        return tuple(event for event in _journey(began, number[9:14], number[14:19]) if event.at <= at)


def _journey(began: datetime, origin: str, destination: str) -> tuple[CarrierEvent, ...]:
    here, there = _city(origin), _city(destination)
    steps = [
        (4, "collected", here, "", ""),
        (12, "travels", here, _("Clasificado para %(city)s") % {"city": there}, ""),
        (24, "travels", _HALFWAY, _("En tránsito a %(city)s") % {"city": there}, ""),
        (36, "arrived_near", there, "", ""),
        (46, "out_for_delivery", there, "", ""),
    ]
    if destination.endswith("99"):
        steps.append((56, "not_found", there, _("Nadie abrió"), ""))
        steps.append((68, "returned", here, _("Nadie abrió en el domicilio"), ""))
    else:
        steps.append((58, "delivered", there, "", _("Quien abrió en el domicilio")))
    return tuple(
        CarrierEvent(f"{second}:{kind}", kind, began + timedelta(seconds=second), place, says, received_by)
        for second, kind, place, says, received_by in steps
    )


def _city(postal_code: str) -> str:
    prefix = int(postal_code[:2])
    return next(city for last, city in _CITIES if prefix <= last)


def _postal(code: str) -> str:
    return code if re.fullmatch(r"[0-9]{5}", code) else "06000"


def _check(body: str) -> str:
    return _DIGITS[sum(place * _DIGITS.index(letter) for place, letter in enumerate(body, 1)) % 36]


ADAPTER = PaqueteriaDePruebas()
