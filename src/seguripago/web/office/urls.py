from django.urls import path

from .views import banks, claims, mailbox, mails, orders, policies, products, store

urlpatterns = [
    path("oficina/", orders.order_list, name="office_orders"),
    path("oficina/pedidos/<str:number>/", orders.order_page, name="office_order"),
    path("oficina/pedidos/<str:number>/enviar/", orders.ship, name="office_ship"),
    path("oficina/pedidos/<str:number>/entregar/", orders.deliver, name="office_deliver"),
    path("oficina/pedidos/<str:number>/cancelar/", orders.cancel, name="office_cancel"),
    path("oficina/productos/", products.product_list, name="office_products"),
    path("oficina/productos/<int:product_id>/", products.product_page, name="office_product"),
    path("oficina/correos/", mails.mail_list, name="office_mails"),
    path("oficina/correos/<int:mail_id>/reintentar/", mails.retry, name="office_mail_retry"),
    path("oficina/tienda/", store.store_page, name="office_store"),
    path("oficina/bancos/", banks.banks, name="office_banks"),
    path("oficina/bancos/cuentas/", banks.propose_account, name="office_bank_account"),
    path("oficina/bancos/avisos-sin-firma/", banks.propose_unsigned, name="office_bank_unsigned"),
    path("oficina/bancos/propuestas/<int:proposal_id>/", banks.decide, name="office_bank_decide"),
    path("oficina/bancos/<slug:feed>/", banks.bank, name="office_bank"),
    path("oficina/bancos/<slug:feed>/credenciales/", banks.keep_credentials, name="office_bank_credentials"),
    path("oficina/bancos/<slug:feed>/direcciones/", banks.keep_addresses, name="office_bank_addresses"),
    path("oficina/bancos/<slug:feed>/secreto/", banks.change_secret, name="office_bank_secret"),
    path("oficina/reglas/", policies.policies, name="office_policies"),
    path("oficina/equipo/", store.team_page, name="office_team"),
    path("reclamar/", claims.claims_page, name="claims"),
    path("correo-de-pruebas/", mailbox.mailbox, name="mailbox"),
    path("correo-de-pruebas/<int:mail_id>/", mailbox.mailbox, name="mailbox_mail"),
    path("correo-de-pruebas/<int:mail_id>/adjunto/<int:place>/", mailbox.attachment, name="mailbox_attachment"),
]
