from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "seguripago.foundations.limits"
