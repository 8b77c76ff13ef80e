from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "seguripago.journey.refunds"
