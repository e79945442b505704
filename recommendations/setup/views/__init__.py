"""Pages of setting up a post, a module a step."""

from recommendations.setup.views.country import setup_add, setup_country
from recommendations.setup.views.posts import setup_detail, setup_list

__all__ = ["setup_add", "setup_country", "setup_detail", "setup_list"]
