from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    name = "seguripago.web.components"
    label = "components"
