from django.urls import path

from . import browsers, views

urlpatterns = [
    path("hooks/bank/<slug:feed>/<str:store_key>/", views.bank_notice, name="bank_notice"),
    path("hooks/bank/<slug:feed>/<str:store_key>/<str:secret>/", views.bank_notice),
    path("hooks/payouts/<slug:provider>/<str:store_key>/", views.payout_notice, name="payout_notice"),
    path("hooks/card/<slug:gateway>/<str:store_key>/", views.card_notice, name="card_notice"),
    path("hooks/navegador/", browsers.report, name="browser_report"),
]
