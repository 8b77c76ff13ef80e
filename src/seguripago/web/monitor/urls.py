from django.urls import path

from . import close_urls, statement_urls
from .views import board

urlpatterns = [
    path("medios-de-pago/", board.monitor, name="monitor"),
    path("medios-de-pago/vivo/", board.live_regions, name="monitor_live"),
    path("medios-de-pago/deposito/<int:deposit_id>/", board.deposit, name="monitor_deposit"),
    *close_urls.urlpatterns,
    *statement_urls.urlpatterns,
]
