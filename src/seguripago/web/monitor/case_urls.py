from django.urls import path, re_path

from .two_doors import AT_MONITOR, AT_OFFICE
from .views import approvals, cases, charges, returns, search, shift

urlpatterns = [
    path("medios-de-pago/buscar/", search.search, name="monitor_search"),
    path("medios-de-pago/buscar/archivo/", search.search_file, name="monitor_search_file"),
    path("medios-de-pago/buscar/guardar/", search.keep, name="monitor_search_keep"),
    path("medios-de-pago/anunciado/<int:announcement_id>/", search.announced, name="monitor_announced"),
    path("medios-de-pago/excepciones/", cases.queue, name="monitor_cases"),
    path("medios-de-pago/excepciones/proponer/", cases.propose_several, name="monitor_propose_several"),
    path("medios-de-pago/caso/<int:case_id>/", cases.case, name="monitor_case"),
    path("medios-de-pago/caso/<int:case_id>/proponer/", cases.propose, name="monitor_propose"),
    path("medios-de-pago/aprobaciones/", approvals.waiting, name="monitor_approvals"),
    path("medios-de-pago/propuesta/<int:proposal_id>/", approvals.proposal, name="monitor_proposal"),
    re_path(
        r"^medios-de-pago/propuesta/(?P<proposal_id>\d{1,18})/(?P<answer>aprobar|rechazar|retirar)/$",
        approvals.decide,
        name="monitor_decide",
    ),
    path("medios-de-pago/devoluciones/", returns.return_list, name="monitor_returns"),
    path("medios-de-pago/devoluciones/archivo/", returns.make_file, name="monitor_return_file_make"),
    path("medios-de-pago/devoluciones/archivo/<int:file_id>/", returns.file, name="monitor_return_file"),
    path("medios-de-pago/devoluciones/<int:return_id>/marcar/", returns.mark, name="monitor_return_mark"),
    path("medios-de-pago/tarjetas/", charges.charge_list, AT_MONITOR, name="monitor_charges_paid"),
    path("medios-de-pago/tarjetas/<int:charge_id>/", charges.charge, AT_MONITOR, name="monitor_charge"),
    path(
        "medios-de-pago/tarjetas/<int:charge_id>/reembolsar/", charges.refund, AT_MONITOR, name="monitor_charge_refund"
    ),
    path("oficina/tarjetas/cobros/", charges.charge_list, AT_OFFICE, name="office_charges_paid"),
    path("oficina/tarjetas/cobros/<int:charge_id>/", charges.charge, AT_OFFICE, name="office_charge"),
    path("oficina/tarjetas/cobros/<int:charge_id>/reembolsar/", charges.refund, AT_OFFICE, name="office_charge_refund"),
    path(
        "oficina/tarjetas/cobros/<int:charge_id>/propuesta/<int:proposal_id>/",
        charges.office_decide,
        name="office_charge_decide",
    ),
    path("medios-de-pago/notas/", shift.note_list, name="monitor_notes"),
    path("medios-de-pago/calendario/", shift.calendar, name="monitor_calendar"),
]
