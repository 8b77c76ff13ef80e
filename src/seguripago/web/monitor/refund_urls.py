from django.urls import path

from .views import refunds

urlpatterns = [
    path("medios-de-pago/reembolsos/", refunds.refund_list, name="monitor_refunds"),
    path("medios-de-pago/reembolsos/<int:refund_id>/", refunds.refund_page, name="monitor_refund"),
    path("medios-de-pago/reembolsos/<int:refund_id>/proponer/", refunds.propose, name="monitor_refund_propose"),
    path(
        "medios-de-pago/reembolsos/<int:refund_id>/propuesta/<int:proposal_id>/",
        refunds.decide,
        name="monitor_refund_decide",
    ),
    path("reembolsos/prueba/<int:account_id>/", refunds.proof, name="refund_proof"),
    path("oficina/reembolsos/", refunds.office_list, name="office_refunds"),
    path("oficina/reembolsos/<int:refund_id>/", refunds.office_page, name="office_refund"),
    path("oficina/reembolsos/<int:refund_id>/proponer/", refunds.office_propose, name="office_refund_propose"),
    path(
        "oficina/reembolsos/<int:refund_id>/propuesta/<int:proposal_id>/",
        refunds.office_decide,
        name="office_refund_decide",
    ),
]
