"""Select which static files of dependencies are collected. Unused files would only cost time and space."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class CollectedStaticFilesConfig(StaticFilesConfig):
    """Django's own configuration, without the files of pages we don't serve: the browsable API, ReDoc."""

    ignore_patterns = [  # noqa: RUF012 -- Django's own way of setting it
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",
        "redoc",
        "*.js.map",
        "htmax-*", "htmx-4*", "htmx-2.js",  # we load htmx-2.min.js
        "jquery.js", "select2.full.js", "xregexp.js",  # only needed with DEBUG, which is never on
    ]  # fmt: skip
