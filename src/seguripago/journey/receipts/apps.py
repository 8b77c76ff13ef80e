from django.apps import AppConfig


class ReceiptsConfig(AppConfig):
    name = "seguripago.journey.receipts"
