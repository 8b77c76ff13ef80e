"""The demo's bank."""

from django.urls import path

from seguripago.web.sandbox import views

urlpatterns = [path("banco-de-pruebas/", views.bank_page, name="sandbox_bank")]
