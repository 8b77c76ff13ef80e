from django.apps import AppConfig


class GuaranteeConfig(AppConfig):
    name = "seguripago.journey.guarantee"
