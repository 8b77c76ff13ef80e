from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "seguripago.journey.orders"
