from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "seguripago.foundations.ledger"
