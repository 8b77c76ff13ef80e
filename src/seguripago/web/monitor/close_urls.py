"""The addresses of the day's close and of the ledger. A day is written `2026-03-11`."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from seguripago.values.calendar import read_day

from .views import close, ledger


class DayConverter:
    """A day of the address; what is none is no address of ours."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return read_day(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("medios-de-pago/cierre/", close.close_list, name="monitor_close"),
    path("medios-de-pago/cierre/exportar/", ledger.export_days, name="monitor_export"),
    path("medios-de-pago/cierre/<day:day>/", close.close_page, name="monitor_close_day"),
    path("medios-de-pago/cierre/<day:day>/<slug:to>/", close.close_download, name="monitor_close_download"),
    path("medios-de-pago/libro/", ledger.ledger, name="monitor_ledger"),
]
