from __future__ import annotations

from django.urls import path

from . import supervision_urls
from .views import actions, attending, files, links, pages, palette, papers, push, revealing, unpaid
from .views.now import signal
from .views.seen import seen

urlpatterns = [
    path("mesa/", pages.desk, name="desk"),
    path("mesa/cola/", pages.queue, name="desk_queue"),
    path("mesa/buscar/", pages.search, name="desk_search"),
    path("mesa/sw.js", push.worker, name="desk_worker"),
    path("mesa/avisos/", push.subscription, name="desk_push"),
    path("mesa/paleta/", palette.palette, name="desk_palette"),
    path("mesa/presencia/", attending.presence, name="desk_presence"),
    path("mesa/siguiente/", attending.take_next, name="desk_take_next"),
    path("mesa/pedidos-sin-pagar/", unpaid.unpaid, name="desk_unpaid"),
    path("mesa/pedidos-sin-pagar/<int:order_id>/abrir/", unpaid.open_conversation, name="desk_open_conversation"),
    path("mesa/<int:conversation_id>/", pages.desk, name="desk_conversation"),
    path("mesa/<int:conversation_id>/pedido/", pages.panel, name="desk_panel"),
    path("mesa/<int:conversation_id>/mensajes/", pages.messages, name="desk_messages"),
    path("mesa/<int:conversation_id>/comprobante/<int:evidence_id>/", pages.evidence_file, name="desk_evidence"),
    path("mesa/<int:conversation_id>/comprobante/<int:evidence_id>/ver/", papers.paper, name="desk_paper"),
    path(
        "mesa/<int:conversation_id>/comprobante/<int:evidence_id>/<int:page>.png",
        papers.picture,
        name="desk_paper_picture",
    ),
    path("mesa/<int:conversation_id>/respuestas/", pages.canned, name="desk_canned"),
    path("mesa/<int:conversation_id>/archivo/", files.send_file, name="desk_send_file"),
    path("mesa/<int:conversation_id>/archivo/<int:attachment_id>/", files.attachment, name="desk_attachment"),
    path("mesa/<int:conversation_id>/responder/", actions.reply, name="desk_reply"),
    path("mesa/<int:conversation_id>/escribiendo/", signal, name="desk_now"),
    path("mesa/<int:conversation_id>/visto/", seen, name="desk_seen"),
    path("mesa/<int:conversation_id>/tomar/", attending.take, name="desk_take"),
    path("mesa/<int:conversation_id>/identificar/", actions.identify, name="desk_identify"),
    path("mesa/<int:conversation_id>/confirmar/", actions.confirm, name="desk_confirm"),
    path("mesa/<int:conversation_id>/datos-bancarios/", actions.send_details, name="desk_send_details"),
    path("mesa/<int:conversation_id>/link/", actions.send_link, name="desk_send_link"),
    path("mesa/<int:conversation_id>/link/compartir/", links.share, name="desk_link_share"),
    path("mesa/<int:conversation_id>/link/retirar/", links.revoke, name="desk_link_revoke"),
    path("mesa/<int:conversation_id>/cobro/", links.charge, name="desk_charge"),
    path("mesa/<int:conversation_id>/solicitar-comprobante/", actions.ask_evidence, name="desk_ask_evidence"),
    path("mesa/<int:conversation_id>/medio/", actions.change_preference, name="desk_preference"),
    path("mesa/<int:conversation_id>/ver-datos/", revealing.reveal, name="desk_reveal"),
    path("mesa/<int:conversation_id>/transferir/", attending.transfer, name="desk_transfer"),
    path("mesa/<int:conversation_id>/resolver/", attending.resolve, name="desk_resolve"),
    path("mesa/<int:conversation_id>/reabrir/", attending.reopen, name="desk_reopen"),
    *supervision_urls.urlpatterns,
]
