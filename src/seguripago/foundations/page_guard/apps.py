from django.apps import AppConfig


class PageGuardConfig(AppConfig):
    name = "seguripago.foundations.page_guard"
