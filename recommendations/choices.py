"""Choices used across this package: tiers, pillars, rules, milestones."""

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_noop


class Tier(ChoiceEnum):
    """The tier in which the Department of State places a government (22 U.S.C. 7107(b))."""

    TIER_1 = "1", gettext_noop("Tier 1")
    TIER_2 = "2", gettext_noop("Tier 2")
    WATCH_LIST = "2WL", gettext_noop("Tier 2 Watch List")
    TIER_3 = "3", gettext_noop("Tier 3")


class Phase(ChoiceEnum):
    """Whether an edition's tracking period is current, upcoming or past on a given day."""

    CURRENT = "current", gettext_noop("Current")
    UPCOMING = "upcoming", gettext_noop("Upcoming")
    PAST = "past", gettext_noop("Past")


class Pillar(ChoiceEnum):
    """The three Ps (22 U.S.C. 7106(b)(1)-(3))."""

    PROSECUTION = "prosecution", gettext_noop("Prosecution")
    PROTECTION = "protection", gettext_noop("Protection")
    PREVENTION = "prevention", gettext_noop("Prevention")


class TextStatus(ChoiceEnum):
    """Whether a recommendation's text is the report's own or put together from public sources."""

    OFFICIAL = "official", gettext_noop("Official")
    RECONSTRUCTION = "reconstruction", gettext_noop("Reconstruction")


class Origin(ChoiceEnum):
    """The list that a recommendation is in: the report's, or that of the action plan of 22 U.S.C. 7107(b)(4)."""

    REPORT = "report", gettext_noop("TIP Report")
    ACTION_PLAN = "action_plan", gettext_noop("Action plan")


class Rule(ChoiceEnum):
    """How a benchmark's share is computed (the method, "Concrete action")."""

    ASSESSED = "assessed", gettext_noop("Assessed by the embassy")
    TARGET = "target", gettext_noop("Figure against a target")
    MORE = "more_than_last_period", gettext_noop("More than the year before")


class EffortQuestion(ChoiceEnum):
    """The questions of "Increasing efforts" that an indicator answers (22 U.S.C. 7107(b), Watch List (II))."""

    INVESTIGATIONS = "investigations", gettext_noop("Investigations begun")
    PROSECUTIONS = "prosecutions", gettext_noop("Prosecutions")
    CONVICTIONS = "convictions", gettext_noop("Convictions")
    VICTIMS = "victims_identified", gettext_noop("Victims identified")
    MONEY = "money_for_victims", gettext_noop("Government money for victims")
    COMPLICITY = "complicit_officials", gettext_noop("Complicit officials")


REQUIRED_QUESTIONS = (
    EffortQuestion.INVESTIGATIONS,
    EffortQuestion.PROSECUTIONS,
    EffortQuestion.CONVICTIONS,
    EffortQuestion.VICTIMS,
)
"""Figures that a government must provide; without them the law presumes no effort (22 U.S.C. 7106(b)(1)).

Complicit officials (7106(b)(7)) are not among them. Benchmarks answer that question, not a figure.
"""


class Better(ChoiceEnum):
    """Whether a higher or a lower value of an indicator is better."""

    UP = "up", gettext_noop("More is better")
    DOWN = "down", gettext_noop("Less is better")


class BreakdownDimension(ChoiceEnum):
    """The dimension by which a figure is broken down."""

    FORM = "form", gettext_noop("Sex or labour trafficking")
    SEX = "sex", gettext_noop("Sex")
    AGE = "age", gettext_noop("Age")
    ORIGIN = "origin", gettext_noop("Origin")
    SENTENCE = "sentence", gettext_noop("Length of the prison sentence")
    OFFICIAL = "official", gettext_noop("Kind of official")
    DISTRICT = "district", gettext_noop("District")


BREAKDOWN_CATEGORIES = {
    BreakdownDimension.FORM: (
        gettext_noop("Sex trafficking"),
        gettext_noop("Labour trafficking"),
        gettext_noop("Other or unspecified"),
    ),
    BreakdownDimension.SEX: (gettext_noop("Female"), gettext_noop("Male")),
    BreakdownDimension.AGE: (gettext_noop("Adults"), gettext_noop("Children")),
    BreakdownDimension.ORIGIN: (gettext_noop("Nationals of the country"), gettext_noop("Foreign nationals")),
    BreakdownDimension.SENTENCE: (
        gettext_noop("No prison"),
        gettext_noop("Less than 1 year"),
        gettext_noop("1 year to less than 5 years"),
        gettext_noop("5 years to less than 10 years"),
        gettext_noop("10 years or more"),
    ),
    BreakdownDimension.OFFICIAL: (
        gettext_noop("Police officers"),
        gettext_noop("Immigration and border officers"),
        gettext_noop("Prosecutors"),
        gettext_noop("Judges and magistrates"),
        gettext_noop("Labour inspectors"),
        gettext_noop("Social and health workers"),
        gettext_noop("Diplomats and peacekeepers"),
        gettext_noop("Other officials"),
    ),
}
"""The categories of each dimension. Districts are not here: each country has its own."""
USUAL_BREAKDOWNS = (BreakdownDimension.FORM, BreakdownDimension.SEX, BreakdownDimension.AGE)
"""The dimensions, besides districts, of an indicator that is not in the catalogue of standard indicators."""


class MilestoneOwner(ChoiceEnum):
    """Who has to do what a milestone is about."""

    DEPARTMENT = "department", gettext_noop("The Department")
    EMBASSY = "embassy", gettext_noop("The embassy")
    PUBLIC = "public", gettext_noop("The public")
    NOBODY = "nobody", gettext_noop("A date of the edition")


class MilestoneKind(ChoiceEnum):
    """The important dates of an edition's year."""

    DATA_CALL = "data_call", gettext_noop("Data call to ministries")
    ACTION_PLAN = "action_plan", gettext_noop("Action plan presented")
    PUBLIC_SUBMISSIONS = "public_submissions", gettext_noop("Submissions by the public")
    INTERIM = "interim_assessment", gettext_noop("Interim assessment")
    POST_ANSWERS = "post_answers", gettext_noop("Post’s answers to the Department")
    DEADLINE = "deadline", gettext_noop("Deadline")
    PERIOD_END = "period_end", gettext_noop("End of the tracking period")
    NEXT_REPORT = "next_report", gettext_noop("Next TIP Report")
    WATCH_LIST_LIMIT = "watch_list_limit", gettext_noop("Watch List limit")

    @property
    def owner(self) -> MilestoneOwner:
        """Who has to do what the milestone is about."""
        return MILESTONE_OWNERS[self]

    @property
    def label_with_owner(self) -> str:
        """The label with who has to do it, so that nobody blames the government for what the Department owes."""
        return gettext(LABELS_WITH_OWNER[self]) if self in LABELS_WITH_OWNER else self.label


MILESTONE_OWNERS = {
    MilestoneKind.DATA_CALL: MilestoneOwner.EMBASSY,
    MilestoneKind.ACTION_PLAN: MilestoneOwner.DEPARTMENT,
    MilestoneKind.PUBLIC_SUBMISSIONS: MilestoneOwner.PUBLIC,
    MilestoneKind.INTERIM: MilestoneOwner.DEPARTMENT,
    MilestoneKind.POST_ANSWERS: MilestoneOwner.EMBASSY,
    MilestoneKind.DEADLINE: MilestoneOwner.EMBASSY,
    MilestoneKind.PERIOD_END: MilestoneOwner.NOBODY,
    MilestoneKind.NEXT_REPORT: MilestoneOwner.DEPARTMENT,
    MilestoneKind.WATCH_LIST_LIMIT: MilestoneOwner.DEPARTMENT,
}
LABELS_WITH_OWNER = {
    MilestoneKind.DATA_CALL: gettext_noop("Data call by the embassy to ministries"),
    MilestoneKind.ACTION_PLAN: gettext_noop("Action plan presented by the Department to the government"),
    MilestoneKind.PUBLIC_SUBMISSIONS: gettext_noop("Submissions by the public to the Department"),
    MilestoneKind.INTERIM: gettext_noop("Interim assessment by the Department"),
    MilestoneKind.POST_ANSWERS: gettext_noop("Answers of the embassy to the Department"),
    MilestoneKind.NEXT_REPORT: gettext_noop("Next TIP Report by the Department"),
    MilestoneKind.WATCH_LIST_LIMIT: gettext_noop("Watch List limit: Tier 3 in the next report unless waived"),
}
"""Labels that say who has to reach the milestone. `gettext` translates them."""
DATE_ONLY_MILESTONES = frozenset(
    {
        MilestoneKind.PUBLIC_SUBMISSIONS,
        MilestoneKind.DEADLINE,
        MilestoneKind.PERIOD_END,
        MilestoneKind.NEXT_REPORT,
        MilestoneKind.WATCH_LIST_LIMIT,
    }
)
"""Milestones that are only dates. Nobody records them as done."""
FIXED_MILESTONES = frozenset({MilestoneKind.DEADLINE, MilestoneKind.PERIOD_END})
"""Milestones that an edition has once. Their days follow from its terms and its tracking period."""
MILESTONE_PURPOSES = {
    MilestoneKind.DATA_CALL: gettext_noop("The embassy asks ministries for the figures of the reporting period."),
    MilestoneKind.ACTION_PLAN: gettext_noop(
        "The Department’s plan of concrete actions for the government (22 U.S.C. 7107(b)(4))."
    ),
    MilestoneKind.PUBLIC_SUBMISSIONS: gettext_noop("The last day on which the public can send information."),
    MilestoneKind.INTERIM: gettext_noop(
        "The Department assesses the progress of Watch List countries, by 1 February (22 U.S.C. 7107(b))."
    ),
    MilestoneKind.POST_ANSWERS: gettext_noop("The day by which the Department expects the answers of the embassy."),
    MilestoneKind.DEADLINE: gettext_noop("The day by which the post wants the record to be ready."),
    MilestoneKind.PERIOD_END: gettext_noop("The last day on which action counts in this edition."),
    MilestoneKind.NEXT_REPORT: gettext_noop("The report that judges this tracking period, in June or July."),
    MilestoneKind.WATCH_LIST_LIMIT: gettext_noop(
        "After two years in a row on the Watch List, a country is on Tier 3 in the next report, unless this is waived "
        "(22 U.S.C. 7107(b))."
    ),
}
"""What each milestone is, in a sentence. `gettext` translates it."""

INDICIA_SUMMARIES = {
    1: gettext_noop("investigations, prosecutions, convictions, sentences served"),
    2: gettext_noop("protection of victims"),
    3: gettext_noop("prevention"),
    4: gettext_noop("cooperation with other governments in investigations"),
    5: gettext_noop("extradition"),
    6: gettext_noop("migration patterns"),
    7: gettext_noop("complicit officials"),
    8: gettext_noop("share of foreign victims"),
    9: gettext_noop("partnerships"),
    10: gettext_noop("self-monitoring by the government, published"),
    11: gettext_noop("progress compared with the year before"),
    12: gettext_noop("demand for commercial sex"),
}
"""A short summary of each of the twelve indicia, by its number (22 U.S.C. 7106(b)). `gettext` translates it."""
INDICIA_PILLARS: dict[int, Pillar] = {
    1: Pillar.PROSECUTION,
    2: Pillar.PROTECTION,
    3: Pillar.PREVENTION,
    4: Pillar.PROSECUTION,
    5: Pillar.PROSECUTION,
    6: Pillar.PREVENTION,
    7: Pillar.PROSECUTION,
    8: Pillar.PROTECTION,
    9: Pillar.PREVENTION,
    10: Pillar.PREVENTION,
    11: Pillar.PREVENTION,
    12: Pillar.PREVENTION,
}
"""The pillar under which documents print an indicium without a recommendation. The law names none for 8 to 11."""

LAW_STANDARDS = {
    1: gettext_noop("The law prohibits severe forms of trafficking and punishes them"),
    2: gettext_noop(
        "Sex trafficking by force, fraud or coercion, or of a child, is punished like other grave crimes, such as rape"
    ),
    3: gettext_noop("The punishment for any severe form is stringent enough to deter"),
}
"""The minimum standards about the law, 22 U.S.C. 7106(a)(1)–(3), by number. `gettext` translates them."""
