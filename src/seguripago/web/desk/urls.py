from __future__ import annotations

from django.urls import path

from .views import actions, pages

urlpatterns = [
    path("mesa/", pages.desk, name="desk"),
    path("mesa/cola/", pages.queue, name="desk_queue"),
    path("mesa/buscar/", pages.search, name="desk_search"),
    path("mesa/presencia/", actions.presence, name="desk_presence"),
    path("mesa/siguiente/", actions.take_next, name="desk_take_next"),
    path("mesa/<int:conversation_id>/", pages.desk, name="desk_conversation"),
    path("mesa/<int:conversation_id>/pedido/", pages.panel, name="desk_panel"),
    path("mesa/<int:conversation_id>/mensajes/", pages.messages, name="desk_messages"),
    path("mesa/<int:conversation_id>/comprobante/<int:evidence_id>/", pages.evidence_file, name="desk_evidence"),
    path("mesa/<int:conversation_id>/responder/", actions.reply, name="desk_reply"),
    path("mesa/<int:conversation_id>/tomar/", actions.take, name="desk_take"),
    path("mesa/<int:conversation_id>/identificar/", actions.identify, name="desk_identify"),
    path("mesa/<int:conversation_id>/confirmar/", actions.confirm, name="desk_confirm"),
    path("mesa/<int:conversation_id>/datos-bancarios/", actions.send_details, name="desk_send_details"),
    path("mesa/<int:conversation_id>/link/", actions.send_link, name="desk_send_link"),
    path("mesa/<int:conversation_id>/solicitar-comprobante/", actions.ask_evidence, name="desk_ask_evidence"),
    path("mesa/<int:conversation_id>/medio/", actions.change_preference, name="desk_preference"),
    path("mesa/<int:conversation_id>/transferir/", actions.transfer, name="desk_transfer"),
    path("mesa/<int:conversation_id>/resolver/", actions.resolve, name="desk_resolve"),
    path("mesa/<int:conversation_id>/reabrir/", actions.reopen, name="desk_reopen"),
]
