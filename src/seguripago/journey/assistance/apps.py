from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "seguripago.journey.assistance"
