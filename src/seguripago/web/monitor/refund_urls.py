from django.urls import path

from .two_doors import AT_MONITOR, AT_OFFICE
from .views import refunds

urlpatterns = [
    path("medios-de-pago/reembolsos/", refunds.refund_list, AT_MONITOR, name="monitor_refunds"),
    path("medios-de-pago/reembolsos/<int:refund_id>/", refunds.refund_page, AT_MONITOR, name="monitor_refund"),
    path(
        "medios-de-pago/reembolsos/<int:refund_id>/proponer/",
        refunds.propose,
        AT_MONITOR,
        name="monitor_refund_propose",
    ),
    path(
        "medios-de-pago/reembolsos/<int:refund_id>/propuesta/<int:proposal_id>/",
        refunds.decide,
        AT_MONITOR,
        name="monitor_refund_decide",
    ),
    path("reembolsos/prueba/<int:account_id>/", refunds.proof, name="refund_proof"),
    path("oficina/reembolsos/", refunds.refund_list, AT_OFFICE, name="office_refunds"),
    path("oficina/reembolsos/<int:refund_id>/", refunds.refund_page, AT_OFFICE, name="office_refund"),
    path("oficina/reembolsos/<int:refund_id>/proponer/", refunds.propose, AT_OFFICE, name="office_refund_propose"),
    path(
        "oficina/reembolsos/<int:refund_id>/propuesta/<int:proposal_id>/",
        refunds.decide,
        AT_OFFICE,
        name="office_refund_decide",
    ),
]
