from django.urls import path

from . import acting, views

app_name = "assistant"
urlpatterns = [
    path("asistente.js", views.loader, name="loader"),
    path("asistente/<slug:store>/", views.home, name="home"),
    path("asistente/<slug:store>/cookies/", views.cookies, name="cookies"),
    path("asistente/<slug:store>/nueva/", views.new, name="new"),
    path("asistente/<slug:store>/c/<slug:code>/", views.chat, name="chat"),
    path("asistente/<slug:store>/c/<slug:code>/estado/", views.state, name="state"),
    path("asistente/<slug:store>/c/<slug:code>/decir/", acting.say, name="say"),
    path("asistente/<slug:store>/c/<slug:code>/aceptar/", acting.accept, name="accept"),
    path("asistente/<slug:store>/c/<slug:code>/corregir/", acting.correct, name="correct"),
    path("asistente/<slug:store>/c/<slug:code>/transferi/", acting.transferred, name="transferred"),
    path("asistente/<slug:store>/c/<slug:code>/archivo/", acting.upload, name="upload"),
]
