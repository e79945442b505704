"""The Celery application: tasks are found in the apps by name, settings under CELERY_ in the one settings file."""

import os

from celery import Celery

from tiptracker.jobs.polling import WaitingJobs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiptracker.settings")
app = Celery("tiptracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(WaitingJobs)
