from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "seguripago.journey.bank"
