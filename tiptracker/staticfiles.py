"""Which static files of our dependencies are collected: what no page asks for would only cost time and room."""

from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig


class CollectedFiles(StaticFilesConfig):
    """Django's own, without the pages we don't serve: the browsable API, ReDoc, the admin's other languages."""

    ignore_patterns: ClassVar = [*StaticFilesConfig.ignore_patterns, "rest_framework", "redoc", "i18n", "*.js.map"]
