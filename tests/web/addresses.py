"""What each address of the site answers to each visitor: addresses under the answers that they share.

The columns are those of VISITORS; one number alone is for everybody. 302 of a page of the staff leads to the sign-in,
404 says nothing, 405 is the other verb, 422 and 409 are refusals of who may, in words.
"""

from __future__ import annotations

from typing import Final

VISITORS: Final = ("stranger", "buyer", "dario", "carla", "rival", "payments", "supervisor", "owner")
"""Darío attends in another team of the store; Carla is an analyst of another store, the rival its supervisor."""

ANSWERS: Final = r"""
GET 200 POST 405
    asistente.js
    asistente/<slug:store>/
    mesa/sw.js
    correo-de-pruebas/
    (home)
    como-funciona/
    privacidad/
    t/<slug:store_slug>/
    t/<slug:store_slug>/p/<slug:product_slug>/
    t/<slug:store_slug>/carrito/
    pedido/<str:token>/
    pedido/<str:token>/estado/
    pedido/<str:token>/pre-factura.pdf
    pago/abierto/<str:place>/
    pago/abierto/<str:place>/estado/
    pago/abierto/<str:place>/pedido/
    pago/abierto/<str:place>/tarjeta/<str:key>/
    verificar/
    verificar/cadena/<slug:store_slug>.json
    verificar/llave/<slug:store_slug>.pem
GET 405 POST 302 302 404 404 404 404 302 302
    mesa/<int:conversation_id>/archivo/
    mesa/<int:conversation_id>/responder/
    mesa/<int:conversation_id>/tomar/
    mesa/<int:conversation_id>/identificar/
    mesa/<int:conversation_id>/confirmar/
    mesa/<int:conversation_id>/datos-bancarios/
    mesa/<int:conversation_id>/link/
    mesa/<int:conversation_id>/link/retirar/
    mesa/<int:conversation_id>/cobro/
    mesa/<int:conversation_id>/solicitar-comprobante/
    mesa/<int:conversation_id>/medio/
    mesa/<int:conversation_id>/ver-datos/
    mesa/<int:conversation_id>/transferir/
    mesa/<int:conversation_id>/resolver/
    mesa/<int:conversation_id>/reabrir/
    mesa/supervision/<int:conversation_id>/pasar/
    mesa/<int:conversation_id>/susurrar/
    mesa/<int:conversation_id>/enterado/
GET 302 302 200 200 200 200 200 200 POST 405
    oficina/reclamaciones/
GET 302 302 404 404 404 404 404 404 POST 405
    oficina/reclamaciones/<str:number>/
    oficina/reclamaciones/<str:number>/archivo/<int:file_id>/
GET 405 POST 302 302 404 404 404 404 404 404
    oficina/reclamaciones/<str:number>/archivo/
    oficina/reclamaciones/<str:number>/<slug:what>/
    oficina/reclamaciones/<str:number>/propuesta/<int:proposal_id>/
GET 302 302 404 404 200 404 200 200 POST 405
    oficina/tarjetas/cobros/
    oficina/reembolsos/
    oficina/cobros/
    oficina/envios/
    mesa/supervision/
    mesa/supervision/ahora/
    mesa/informes/
    mesa/informes/descargar/<slug:to>/
    oficina/
    oficina/productos/
    oficina/correos/
    oficina/asistente/
    oficina/bancos/
    oficina/bancos/<slug:feed>/
    oficina/tarjetas/
    oficina/tarjetas/<slug:gateway>/
    oficina/tarjetas/pagina/
    oficina/respuestas/
    oficina/mesa/
    oficina/equipo/
GET 302 302 404 404 404 404 404 404 POST 405
    medios-de-pago/reembolsos/<int:refund_id>/
    oficina/reembolsos/<int:refund_id>/
    oficina/pedidos/<str:number>/pruebas/<int:proof_id>/
    reembolsos/prueba/<int:account_id>/
    medios-de-pago/tarjetas/<int:charge_id>/
    oficina/tarjetas/cobros/<int:charge_id>/
    medios-de-pago/deposito/<int:deposit_id>/
    medios-de-pago/deposito/<int:deposit_id>/aviso/<int:notice_id>/
    medios-de-pago/buscar/archivo/
    medios-de-pago/anunciado/<int:announcement_id>/
    medios-de-pago/caso/<int:case_id>/
    medios-de-pago/propuesta/<int:proposal_id>/
    medios-de-pago/devoluciones/archivo/<int:file_id>/
    medios-de-pago/cep/consulta/<int:question_id>/vivo/
    medios-de-pago/cierre/exportar/
    medios-de-pago/estados-de-cuenta/<int:statement_id>/
    medios-de-pago/estados-de-cuenta/<int:statement_id>/vivo/
    medios-de-pago/estados-de-cuenta/<int:statement_id>/reporte/<slug:to>/
GET 405 POST 302
    salir/
    idioma/
    t/<slug:store_slug>/carrito/cantidad/
    t/<slug:store_slug>/carrito/ajustar/
    pedido/<str:token>/todo-correcto/
    pedido/<str:token>/forma-de-pago/
    pedido/<str:token>/esperar/
    pedido/<str:token>/recibido/
    pedido/<str:token>/cancelar/
    pedido/<str:token>/revisar/
    pedido/<str:token>/tarjeta/
GET 302 302 404 404 200 200 200 404 POST 405
    medios-de-pago/reembolsos/
    medios-de-pago/tarjetas/
    medios-de-pago/
    medios-de-pago/vivo/
    medios-de-pago/buscar/
    medios-de-pago/excepciones/
    medios-de-pago/aprobaciones/
    medios-de-pago/devoluciones/
    medios-de-pago/calendario/
    medios-de-pago/cierre/
    medios-de-pago/cierre/<day:day>/<slug:to>/
    medios-de-pago/libro/
GET 302 302 404 404 404 404 200 200 POST 405
    mesa/<int:conversation_id>/
    mesa/<int:conversation_id>/pedido/
    mesa/<int:conversation_id>/mensajes/
    mesa/<int:conversation_id>/comprobante/<int:evidence_id>/ver/
    mesa/<int:conversation_id>/link/compartir/
    mesa/<int:conversation_id>/respuestas/
    oficina/pedidos/<str:number>/
    oficina/pedidos/<str:number>/link/compartir/
GET 405 POST 403
    pago/abierto/<str:place>/comprobar/
    pago/abierto/<str:place>/aceptar/
    pago/abierto/<str:place>/tarjeta/
    pago/abierto/<str:place>/tarjeta/<str:key>/estado/
    pago/abierto/<str:place>/comprobante/
    pago/abierto/<str:place>/link-nuevo/
GET 302 302 404 404 404 404 302 302 POST 405
    mesa/<int:conversation_id>/comprobante/<int:evidence_id>/
    mesa/<int:conversation_id>/comprobante/<int:evidence_id>/<int:page>.png
    mesa/<int:conversation_id>/archivo/<int:attachment_id>/
GET 404 302 404 404 404 404 404 404 POST 405
    asistente/<slug:store>/c/<slug:code>/archivo/<int:attachment_id>/
GET 302 POST 405
    pedido/<str:token>/comprobante/<int:evidence_id>/
GET 404 POST 405
    pedido/<str:token>/reclamacion/estado/
    pedido/<str:token>/reclamacion/archivo/<int:file_id>/
    pedido/<str:token>/entregas/<int:proof_id>/
    archivos/<str:signed>/
    correo-de-pruebas/<int:mail_id>/
    correo-de-pruebas/<int:mail_id>/adjunto/<int:place>/
    pedido/<str:token>/recibo.pdf
    pedido/<str:token>/recibo.json
    pedido/<str:token>/certificado.pdf
    pedido/<str:token>/tarjeta/<str:key>/
    pago/<str:token>/
GET 405 POST 302 302 404 404 404 404 404 404
    medios-de-pago/reembolsos/<int:refund_id>/proponer/
    medios-de-pago/reembolsos/<int:refund_id>/propuesta/<int:proposal_id>/
    oficina/reembolsos/<int:refund_id>/proponer/
    oficina/reembolsos/<int:refund_id>/propuesta/<int:proposal_id>/
    medios-de-pago/tarjetas/<int:charge_id>/reembolsar/
    oficina/tarjetas/cobros/<int:charge_id>/reembolsar/
    oficina/pedidos/<str:number>/paquetes/<int:shipment_id>/entregado/
    oficina/pedidos/<str:number>/paquetes/<int:shipment_id>/regreso/
    oficina/pedidos/<str:number>/paquetes/<int:shipment_id>/prueba/
    oficina/tarjetas/cobros/<int:charge_id>/propuesta/<int:proposal_id>/
    medios-de-pago/caso/<int:case_id>/proponer/
    ^medios-de-pago/propuesta/(?P<proposal_id>\d{1,18})/(?P<answer>aprobar|rechazar|retirar)/$
    medios-de-pago/devoluciones/archivo/
    medios-de-pago/devoluciones/<int:return_id>/marcar/
    medios-de-pago/cep/consultar/
    medios-de-pago/estados-de-cuenta/<int:statement_id>/<slug:verb>/
    oficina/bancos/propuestas/<int:proposal_id>/
GET 405 POST 302 302 404 404 302 404 302 302
    oficina/correos/<int:mail_id>/reintentar/
    oficina/bancos/avisos-sin-firma/
    oficina/respuestas/sugeridas/
    oficina/respuestas/<int:reply_id>/quitar/
    oficina/respuestas/<int:reply_id>/mover/
    oficina/mesa/horario/
    oficina/tarjetas/pagina/revisar/
    oficina/mesa/personas/
GET 405 POST 404 422 404 404 404 404 404 404
    asistente/<slug:store>/c/<slug:code>/calificar/
    asistente/<slug:store>/c/<slug:code>/decir/
    asistente/<slug:store>/c/<slug:code>/aceptar/
    asistente/<slug:store>/c/<slug:code>/corregir/
    asistente/<slug:store>/c/<slug:code>/transferi/
    asistente/<slug:store>/c/<slug:code>/archivo/
GET 302 302 200 200 200 404 200 200 POST 405
    mesa/
    mesa/cola/
    mesa/buscar/
    mesa/paleta/
    mesa/pedidos-sin-pagar/
    mesa/novedades/
GET 404 200 404 404 404 404 404 404 POST 405
    asistente/<slug:store>/c/<slug:code>/
    asistente/<slug:store>/c/<slug:code>/estado/
    asistente/<slug:store>/c/<slug:code>/vivo/
    asistente/<slug:store>/c/<slug:code>/cierre/
GET 405 POST 422
    asistente/<slug:store>/cookies/
    pedido/<str:token>/corregir/
    pedido/<str:token>/ya-transferi/
    pedido/<str:token>/comprobante/
GET 405 POST 302 302 404 404 404 404 404 302
    oficina/asistente/sitios/quitar/
    oficina/equipo/<int:user_id>/baja/
    oficina/asistente/estado/
    oficina/tarjetas/elegir/
    oficina/tarjetas/<slug:gateway>/cuenta/
    oficina/tarjetas/<slug:gateway>/meses/
    oficina/tarjetas/<slug:gateway>/probar/
    oficina/bancos/<slug:feed>/credenciales/
    oficina/bancos/<slug:feed>/direcciones/
GET 302 POST 302
    asistente/<slug:store>/nueva/
    asistente/<slug:store>/mensaje/
    t/<slug:store_slug>/finalizar-compra/
GET 200 POST 422
    reclamar/
    pago/
    asistente/<slug:store>/volver/
    banco-de-pruebas/
    pedido/<str:token>/mis-datos/
GET 302 302 404 404 200 200 200 404 POST 302 302 404 404 422 422 422 404
    medios-de-pago/captura/
    medios-de-pago/cep/
    medios-de-pago/estados-de-cuenta/
GET 405 POST 302 302 404 404 404 404 422 422
    oficina/pedidos/<str:number>/enviar/
    oficina/pedidos/<str:number>/entregar/
    oficina/pedidos/<str:number>/cancelar/
    oficina/pedidos/<str:number>/no-se-envia/
    oficina/pedidos/<str:number>/expediente/
    oficina/pedidos/<str:number>/link/
    oficina/pedidos/<str:number>/link/correo/
    oficina/pedidos/<str:number>/link/retirar/
    oficina/mesa/equipos/<int:team_id>/
GET 200 POST 200
    healthz
    readyz
GET 405 POST 401
    hooks/bank/<slug:feed>/<str:store_key>/
    hooks/bank/<slug:feed>/<str:store_key>/<str:secret>/
GET 405 POST 204
    hooks/navegador/
GET 405 POST 404
    pedido/<str:token>/reclamacion/archivo/
    pedido/<str:token>/reclamacion/<slug:what>/
    pedido/<str:token>/no-cancelar/<int:refund_id>/
    pedido/<str:token>/cuenta/<int:refund_id>/
    pedido/<str:token>/paquetes/<int:shipment_id>/recibido/
    pedido/<str:token>/paquetes/<int:shipment_id>/no-ha-llegado/
    hooks/payouts/<slug:provider>/<str:store_key>/
    hooks/card/<slug:gateway>/<str:store_key>/
    pedido/<str:token>/tarjeta/<str:key>/estado/
    pedido/<str:token>/tarjeta/<str:key>/otra/
GET 405 POST 404 204 404 404 404 404 404 404
    asistente/<slug:store>/c/<slug:code>/visto/
    asistente/<slug:store>/c/<slug:code>/escribiendo/
GET 405 POST 302 302 422 422 422 404 422 422
    mesa/avisos/
    mesa/pedidos-sin-pagar/<int:order_id>/abrir/
GET 405 POST 302 302 302 302 302 404 302 302
    mesa/presencia/
    mesa/siguiente/
GET 405 POST 302 302 404 404 404 404 204 204
    mesa/<int:conversation_id>/escribiendo/
    mesa/<int:conversation_id>/visto/
GET 302 302 404 404 404 404 404 404 POST 302 302 404 404 404 404 404 404
    medios-de-pago/cep/consulta/<int:question_id>/
    medios-de-pago/estados-de-cuenta/linea/<int:row_id>/
GET 302 302 404 404 404 404 200 200 POST 302 302 404 404 404 404 422 422
    oficina/productos/<int:product_id>/
    oficina/respuestas/<int:reply_id>/
GET 405 POST 302 302 404 404 404 404 404 422
    oficina/tienda/conversaciones/
    oficina/tienda/garantia/
    oficina/tienda/entregas/
    oficina/tienda/reclamaciones/
    oficina/asistente/sitios/
GET 405 POST 302 302 404 404 422 404 422 422
    oficina/bancos/cuentas/
    oficina/mesa/equipos/
GET 302 302 404 404 200 404 200 200 POST 302 302 404 404 422 404 422 422
    oficina/reglas/
    oficina/respuestas/nueva/
GET 200 POST 401
    entrar/
GET 405 POST 404 302 404 404 404 404 404 404
    asistente/<slug:store>/c/<slug:code>/transcripcion/
GET 405 POST 302 302 404 404 409 409 409 404
    medios-de-pago/buscar/guardar/
GET 405 POST 302 302 404 404 200 200 200 404
    medios-de-pago/excepciones/proponer/
GET 302 302 404 404 200 200 200 404 POST 302 302 404 404 409 409 409 404
    medios-de-pago/notas/
GET 302 302 404 404 200 200 200 404 POST 302 302 404 404 302 302 302 404
    medios-de-pago/cierre/<day:day>/
GET 302 302 404 404 200 404 200 200 POST 302 302 404 404 422 404 422 422
    oficina/cobros/nuevo/
GET 302 302 404 404 200 404 200 200 POST 302 302 404 404 200 404 200 422
    oficina/tienda/
GET 405 POST 302 302 404 404 404 404 404 200
    oficina/bancos/<slug:feed>/secreto/
GET 405 POST 409
    t/<slug:store_slug>/carrito/agregar/
GET 200 POST 422
    pedido/<str:token>/reclamacion/
"""


def table() -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Address -> what GET and POST answer, a number for each visitor."""
    found: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
    answers: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    for line in ANSWERS.strip().splitlines():
        if line.startswith("GET "):
            get, _, post = line.removeprefix("GET ").partition(" POST ")
            answers = (_row(get), _row(post))
        else:
            found[line.strip().replace("(home)", "")] = answers
    return found


def _row(text: str) -> tuple[int, ...]:
    numbers = tuple(map(int, text.split()))
    return numbers * len(VISITORS) if len(numbers) == 1 else numbers
