from django.apps import AppConfig

from tiptracker.celery import app


class JobsConfig(AppConfig):
    name = "tiptracker.jobs"

    def ready(self) -> None:
        """Have workers that can do so ask for what waits."""
        from tiptracker.jobs.polling import JobPollingStep  # noqa: PLC0415 -- once Django has loaded

        app.steps["worker"].add(JobPollingStep)
