from django.urls import path

from . import capture_urls, case_urls, close_urls, refund_urls, statement_urls
from .views import board

urlpatterns = [
    path("medios-de-pago/", board.monitor, name="monitor"),
    path("medios-de-pago/vivo/", board.live_regions, name="monitor_live"),
    path("medios-de-pago/deposito/<int:deposit_id>/", board.deposit, name="monitor_deposit"),
    path("medios-de-pago/deposito/<int:deposit_id>/aviso/<int:notice_id>/", board.notice_file, name="monitor_notice"),
    *case_urls.urlpatterns,
    *capture_urls.urlpatterns,
    *close_urls.urlpatterns,
    *refund_urls.urlpatterns,
    *statement_urls.urlpatterns,
]
