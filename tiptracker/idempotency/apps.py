from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "tiptracker.idempotency"
