from __future__ import annotations

from django.urls import path

from .views import reports, supervision

urlpatterns = [
    path("mesa/supervision/", supervision.wall, name="desk_wall"),
    path("mesa/supervision/ahora/", supervision.wall_now, name="desk_wall_now"),
    path("mesa/supervision/<int:conversation_id>/pasar/", supervision.pass_on, name="desk_wall_pass"),
    path("mesa/novedades/", supervision.notices, name="desk_notices"),
    path("mesa/<int:conversation_id>/susurrar/", supervision.whisper, name="desk_whisper"),
    path("mesa/<int:conversation_id>/enterado/", supervision.whisper_seen, name="desk_whisper_seen"),
    path("mesa/informes/", reports.reports, name="desk_reports"),
    path("mesa/informes/descargar/<slug:to>/", reports.download, name="desk_reports_download"),
]
