from django.apps import AppConfig


class LockOutsConfig(AppConfig):
    name = "tiptracker.lock_outs"
