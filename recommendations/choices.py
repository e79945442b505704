"""Choices used across this package: tiers, pillars, rules, milestones."""

from tiptracker.choices import ChoiceEnum


class Tier(ChoiceEnum):
    """The tier in which the Department of State places a government (22 U.S.C. 7107(b))."""

    TIER_1 = "1", "Tier 1"
    TIER_2 = "2", "Tier 2"
    WATCH_LIST = "2WL", "Tier 2 Watch List"
    TIER_3 = "3", "Tier 3"


class Phase(ChoiceEnum):
    """Whether an edition's tracking period is current, upcoming or past on a given day."""

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
    """The list that a recommendation is in: the report's, or that of the action plan of 22 U.S.C. 7107(b)(4)."""

    REPORT = "report", "TIP Report"
    ACTION_PLAN = "action_plan", "Action plan"


class Rule(ChoiceEnum):
    """How a benchmark's share is computed (the method, "Concrete action")."""

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
"""Figures that a government must provide; without them the law presumes no effort (22 U.S.C. 7106(b)(1), (7))."""


class Better(ChoiceEnum):
    """Whether a higher or a lower value of an indicator is better."""

    UP = "up", "More is better"
    DOWN = "down", "Less is better"


class MilestoneKind(ChoiceEnum):
    """The important dates of an edition's year."""

    ACTION_PLAN = "action_plan", "Action plan presented"
    INTERIM = "interim_assessment", "Interim assessment"
    DEADLINE = "deadline"
    PERIOD_END = "period_end", "End of the tracking period"


DATE_ONLY_MILESTONES = frozenset({MilestoneKind.DEADLINE, MilestoneKind.PERIOD_END})
"""Milestones that are only dates. Nobody records them as done."""

INDICIA_SUMMARIES = {
    1: "investigations, prosecutions, convictions, sentences served",
    2: "protection of victims",
    3: "prevention",
    4: "cooperation with other governments in investigations",
    5: "extradition",
    6: "migration patterns",
    7: "complicit officials",
    8: "the share of victims who are foreigners",
    9: "partnerships",
    10: "the government monitors itself and publishes it",
    11: "progress against the year before",
    12: "demand for commercial sex",
}
"""A short summary of each of the twelve indicia, by its number (22 U.S.C. 7106(b))."""
