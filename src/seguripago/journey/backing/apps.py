from django.apps import AppConfig


class BackingConfig(AppConfig):
    name = "seguripago.journey.backing"
