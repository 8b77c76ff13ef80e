from django.urls import path

from . import acting, closing, returning, views
from .typing import typing

app_name = "assistant"
urlpatterns = [
    path("asistente.js", views.loader, name="loader"),
    path("asistente/<slug:store>/", views.home, name="home"),
    path("asistente/<slug:store>/cookies/", views.cookies, name="cookies"),
    path("asistente/<slug:store>/nueva/", views.new, name="new"),
    path("asistente/<slug:store>/mensaje/", views.message, name="message"),
    path("asistente/<slug:store>/volver/", returning.come_back, name="return"),
    path("asistente/<slug:store>/c/<slug:code>/", views.chat, name="chat"),
    path("asistente/<slug:store>/c/<slug:code>/estado/", views.state, name="state"),
    path("asistente/<slug:store>/c/<slug:code>/vivo/", views.follow, name="follow"),
    path("asistente/<slug:store>/c/<slug:code>/cierre/", closing.closed, name="closed"),
    path("asistente/<slug:store>/c/<slug:code>/visto/", closing.seen, name="seen"),
    path("asistente/<slug:store>/c/<slug:code>/calificar/", closing.rate, name="rate"),
    path("asistente/<slug:store>/c/<slug:code>/transcripcion/", closing.transcript, name="transcript"),
    path("asistente/<slug:store>/c/<slug:code>/decir/", acting.say, name="say"),
    path("asistente/<slug:store>/c/<slug:code>/escribiendo/", typing, name="typing"),
    path("asistente/<slug:store>/c/<slug:code>/aceptar/", acting.accept, name="accept"),
    path("asistente/<slug:store>/c/<slug:code>/corregir/", acting.correct, name="correct"),
    path("asistente/<slug:store>/c/<slug:code>/transferi/", acting.transferred, name="transferred"),
    path("asistente/<slug:store>/c/<slug:code>/archivo/", acting.upload, name="upload"),
    path("asistente/<slug:store>/c/<slug:code>/archivo/<int:attachment_id>/", views.attachment, name="attachment"),
]
