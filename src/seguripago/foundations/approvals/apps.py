from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "seguripago.foundations.approvals"
