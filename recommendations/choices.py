"""The vocabulary of what the TIP Report asks: tiers, pillars, rules. Pure."""

from tiptracker.choices import ChoiceEnum


class Tier(ChoiceEnum):
    """Where the Department of State ranks a government (22 U.S.C. 7107(b))."""

    TIER_1 = "1", "Tier 1"
    TIER_2 = "2", "Tier 2"
    WATCH_LIST = "2WL", "Tier 2 Watch List"
    TIER_3 = "3", "Tier 3"


class Phase(ChoiceEnum):
    """Where an edition stands on a day, by its tracking period."""

    CURRENT = "current"
    UPCOMING = "upcoming"
    PAST = "past"


class Pillar(ChoiceEnum):
    """The three Ps (22 U.S.C. 7106(b)(1)-(3))."""

    PROSECUTION = "prosecution"
    PROTECTION = "protection"
    PREVENTION = "prevention"


class TextStatus(ChoiceEnum):
    """Whether a recommendation's text is the report's own or put together from public sources."""

    OFFICIAL = "official"
    RECONSTRUCTION = "reconstruction"


class Origin(ChoiceEnum):
    """Where a recommendation stands: in the report, or in the action plan of 22 U.S.C. 7107(b)(4)."""

    REPORT = "report", "TIP Report"
    ACTION_PLAN = "action_plan", "Action plan"


class Rule(ChoiceEnum):
    """How a benchmark's share is found (the method, "Concrete action")."""

    ASSESSED = "assessed", "Assessed by the embassy"
    TARGET = "target", "Figure against a target"
    MORE = "more_than_last_period", "More than last period"


class EffortQuestion(ChoiceEnum):
    """The questions of "Increasing efforts" that an indicator answers (22 U.S.C. 7107(b), Watch List (II))."""

    INVESTIGATIONS = "investigations", "Investigations begun"
    PROSECUTIONS = "prosecutions"
    CONVICTIONS = "convictions"
    VICTIMS = "victims_identified", "Victims identified"
    MONEY = "money_for_victims", "Government money for victims"
    COMPLICITY = "complicit_officials", "Complicit officials"


REQUIRED_QUESTIONS = (
    EffortQuestion.INVESTIGATIONS,
    EffortQuestion.PROSECUTIONS,
    EffortQuestion.CONVICTIONS,
    EffortQuestion.VICTIMS,
)
"""The figures without which the law presumes inaction (22 U.S.C. 7106(b)(1), (7))."""


class Better(ChoiceEnum):
    """Which way an indicator ought to move."""

    UP = "up", "More is better"
    DOWN = "down", "Less is better"


class MilestoneKind(ChoiceEnum):
    """The days of an edition's year that everybody watches."""

    ACTION_PLAN = "action_plan", "Action plan presented"
    INTERIM = "interim_assessment", "Interim assessment"
    DEADLINE = "deadline"
    PERIOD_END = "period_end", "End of the tracking period"


DATE_ONLY_MILESTONES = frozenset({MilestoneKind.DEADLINE, MilestoneKind.PERIOD_END})
"""Milestones that come by themselves: there is nothing to do late."""

INDICIA_SUMMARIES = (
    "investigations, prosecutions, convictions, sentences served",
    "protection of victims",
    "prevention",
    "cooperation with other governments in investigations",
    "extradition",
    "migration patterns",
    "complicit officials",
    "the share of victims who are foreigners",
    "partnerships",
    "the government monitors itself and publishes it",
    "progress against the year before",
    "demand for commercial sex",
)
"""What each of the twelve indicia looks at, in a few words (22 U.S.C. 7106(b))."""
