from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "seguripago.journey.delivery"
