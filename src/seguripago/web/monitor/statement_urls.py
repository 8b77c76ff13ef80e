"""The addresses of bank statements."""

from __future__ import annotations

from django.urls import path

from .views import doubts, statements

urlpatterns = [
    path("medios-de-pago/estados-de-cuenta/", statements.statement_list, name="monitor_statements"),
    path("medios-de-pago/estados-de-cuenta/<int:statement_id>/", statements.statement_page, name="monitor_statement"),
    path(
        "medios-de-pago/estados-de-cuenta/<int:statement_id>/vivo/",
        statements.live_statement,
        name="monitor_statement_live",
    ),
    path("medios-de-pago/estados-de-cuenta/linea/<int:row_id>/", doubts.doubtful_line, name="monitor_doubt"),
    path(
        "medios-de-pago/estados-de-cuenta/<int:statement_id>/<slug:verb>/",
        statements.statement_act,
        name="monitor_statement_act",
    ),
    path(
        "medios-de-pago/estados-de-cuenta/<int:statement_id>/reporte/<slug:to>/",
        statements.statement_report,
        name="monitor_statement_report",
    ),
]
