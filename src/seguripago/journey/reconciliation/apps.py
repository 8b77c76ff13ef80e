from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "seguripago.journey.reconciliation"
