"""The payer's addresses. Only the first carries the token, and it is left at once."""

from django.urls import path

from seguripago.web.pay.views import acts, card, door, lost, page

app_name = "pay"
urlpatterns = [
    path("pago/", lost.lost, name="lost"),
    path("pago/<str:token>/", door.exchange, name="open"),
    path("pago/abierto/<str:place>/", page.show, name="page"),
    path("pago/abierto/<str:place>/estado/", page.state, name="state"),
    path("pago/abierto/<str:place>/comprobar/", acts.prove, name="prove"),
    path("pago/abierto/<str:place>/aceptar/", acts.accept, name="accept"),
    path("pago/abierto/<str:place>/tarjeta/", card.pay, name="card"),
    path("pago/abierto/<str:place>/tarjeta/<str:key>/", card.came_back, name="card_return"),
    path("pago/abierto/<str:place>/tarjeta/<str:key>/estado/", card.told, name="card_status"),
    path("pago/abierto/<str:place>/comprobante/", acts.upload, name="upload"),
    path("pago/abierto/<str:place>/link-nuevo/", acts.renew, name="renew"),
    path("pago/abierto/<str:place>/pedido/", page.order, name="order"),
]
