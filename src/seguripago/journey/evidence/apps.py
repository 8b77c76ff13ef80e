from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "seguripago.journey.evidence"
