from django.urls import path

from . import views

urlpatterns = [
    path("medios-de-pago/", views.monitor, name="monitor"),
    path("medios-de-pago/vivo/", views.live_regions, name="monitor_live"),
    path("medios-de-pago/deposito/<int:deposit_id>/", views.deposit, name="monitor_deposit"),
]
