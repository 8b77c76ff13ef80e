from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "seguripago.journey.cards"
