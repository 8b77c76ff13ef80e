from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "seguripago.foundations.facts"
