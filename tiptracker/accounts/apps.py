from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tiptracker.accounts"

    def ready(self) -> None:
        """Register the system checks."""
        from tiptracker.accounts import checks  # noqa: F401, PLC0415 -- models are loaded by now
