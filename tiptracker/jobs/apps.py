from django.apps import AppConfig

from tiptracker.celery import app


class JobsConfig(AppConfig):
    name = "tiptracker.jobs"

    def ready(self) -> None:
        """Add the polling step to the worker, for workers that can use it."""
        from tiptracker.jobs.polling import JobPollingStep  # noqa: PLC0415 -- once Django has loaded

        app.steps["worker"].add(JobPollingStep)
