from __future__ import annotations

from django.urls import path

from . import views

app_name = "files"
urlpatterns = [path("archivos/<str:signed>/", views.give, name="file")]
