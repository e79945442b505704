"""Pages of setting up a post, a module a step."""

from recommendations.setup.views.benchmarks import setup_benchmarks, setup_suggested
from recommendations.setup.views.country import setup_add, setup_country
from recommendations.setup.views.edition import setup_edition, setup_edition_edit
from recommendations.setup.views.ministries import setup_ministries
from recommendations.setup.views.people import setup_people
from recommendations.setup.views.posts import setup_detail, setup_list

__all__ = [
    "setup_add",
    "setup_benchmarks",
    "setup_country",
    "setup_detail",
    "setup_edition",
    "setup_edition_edit",
    "setup_list",
    "setup_ministries",
    "setup_people",
    "setup_suggested",
]
