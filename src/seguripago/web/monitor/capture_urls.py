"""The addresses of what is captured: by hand, and with a CEP."""

from __future__ import annotations

from django.urls import path

from .views import captures, ceps

urlpatterns = [
    path("medios-de-pago/captura/", captures.by_hand, name="monitor_captures"),
    path("medios-de-pago/cep/", ceps.upload, name="monitor_cep"),
    path("medios-de-pago/cep/consultar/", ceps.ask, name="monitor_cep_ask"),
    path("medios-de-pago/cep/consulta/<int:question_id>/", ceps.question, name="monitor_cep_question"),
    path("medios-de-pago/cep/consulta/<int:question_id>/vivo/", ceps.live_question, name="monitor_cep_question_live"),
]
