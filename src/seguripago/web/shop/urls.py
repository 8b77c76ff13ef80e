"""The buyer's addresses."""

from django.urls import path

from seguripago.web.shop.views import cart, catalogue, checkout, order, order_actions, pages, pay

app_name = "shop"
urlpatterns = [
    path("", pages.home, name="home"),
    path("como-funciona/", pages.how_it_works, name="how_it_works"),
    path("privacidad/", pages.privacy, name="privacy"),
    path("idioma/", pages.choose_language, name="language"),
    path("t/<slug:store_slug>/", catalogue.shelf, name="shelf"),
    path("t/<slug:store_slug>/p/<slug:product_slug>/", catalogue.product, name="product"),
    path("t/<slug:store_slug>/carrito/", cart.show, name="cart"),
    path("t/<slug:store_slug>/carrito/agregar/", cart.add, name="add"),
    path("t/<slug:store_slug>/carrito/cantidad/", cart.change, name="change"),
    path("t/<slug:store_slug>/carrito/ajustar/", cart.take_what_is_left, name="take_what_is_left"),
    path("t/<slug:store_slug>/finalizar-compra/", checkout.checkout, name="checkout"),
    path("pedido/<str:token>/", order.show, name="order"),
    path("pedido/<str:token>/estado/", order.state, name="order_state"),
    path("pedido/<str:token>/pre-factura.pdf", order.pre_invoice, name="pre_invoice"),
    path("pedido/<str:token>/recibo.pdf", order.receipt_pdf, name="receipt_pdf"),
    path("pedido/<str:token>/recibo.json", order.receipt_json, name="receipt_json"),
    path("pedido/<str:token>/certificado.pdf", order.certificate, name="certificate"),
    path("pedido/<str:token>/todo-correcto/", order_actions.accept, name="accept"),
    path("pedido/<str:token>/corregir/", order_actions.correct, name="correct"),
    path("pedido/<str:token>/mis-datos/", order_actions.edit, name="edit"),
    path("pedido/<str:token>/forma-de-pago/", order_actions.change_preference, name="preference"),
    path("pedido/<str:token>/esperar/", order_actions.extend, name="extend"),
    path("pedido/<str:token>/ya-transferi/", order_actions.claim, name="claim"),
    path("pedido/<str:token>/comprobante/", order_actions.upload, name="upload"),
    path("pedido/<str:token>/recibido/", order_actions.received, name="received"),
    path("pedido/<str:token>/revisar/", order_actions.review, name="review"),
    path("pedido/<str:token>/tarjeta/", order_actions.pay_by_card, name="card"),
    path("pedido/<str:token>/tarjeta/<str:key>/", order_actions.card_return, name="card_return"),
    path("pago/<str:token>/", pay.show, name="pay"),
    path("pago/<str:token>/estado/", pay.state, name="pay_state"),
]
