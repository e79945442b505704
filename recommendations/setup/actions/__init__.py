"""What is written while a post is set up, besides its reference data."""

from recommendations.setup.actions.benchmarks import Accepted, NewIndicator, accept_benchmarks
from recommendations.setup.actions.editions import Day, change_edition, open_edition

__all__ = [
    "Accepted",
    "Day",
    "NewIndicator",
    "accept_benchmarks",
    "change_edition",
    "open_edition",
]
