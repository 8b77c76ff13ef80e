from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "seguripago.foundations.staffing"
