from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "seguripago.foundations.stores"
