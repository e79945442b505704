"""Which static files of our dependencies are collected: what no page asks for would only cost time and room."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class CollectedStaticFilesConfig(StaticFilesConfig):
    """Django's own, without the pages we don't serve: the browsable API, ReDoc."""

    ignore_patterns = [  # noqa: RUF012 -- Django's own way of setting it
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",
        "redoc",
        "*.js.map",
        "htmax-*", "htmx-4*", "htmx-2.js",  # we load htmx-2.min.js
        "jquery.js", "select2.full.js", "xregexp.js",  # for a DEBUG that is never on
    ]  # fmt: skip
