"""The public's addresses."""

from django.urls import path

from seguripago.web.verify import views

app_name = "verify"
urlpatterns = [
    path("verificar/", views.verify, name="page"),
    path("verificar/llave/<slug:store_slug>.pem", views.public_key, name="public_key"),
    path("verificar/cadena/<slug:store_slug>.json", views.anchors, name="anchors"),
]
