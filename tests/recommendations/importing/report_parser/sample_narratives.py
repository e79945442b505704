"""Made-up narratives in the layouts of the editions from 2009 to 2025. None of the wording is the report's."""

import textwrap
from string import ascii_lowercase

YEAR_AND_TITLE = "2021 Trafficking in Persons Report\n\nLESOTHO (Tier 2)"
OPENING = (
    "The Government of Lesotho does not fully meet the minimum standards for the elimination of trafficking but is "
    "making significant efforts to do so; therefore Lesotho remained on Tier 2. However, officials lacked training; "
    "and funding was not released."
)
PROSE = "The government increased its law enforcement efforts. A law made trafficking a crime; its penalties are stern."
ITEMS = [
    "Increase efforts to prosecute and convict traffickers, including complicit officials, and seek penalties served.",
    "Strike “force, fraud; or coercion” from children’s cases; and set fines of $1.5 million (M27,000,000.50) or more.",
    "Release the money for the victims’ fund, first promised in 2018.",
    "Adopt procedures (SOPs) for identifying victims; and train officials, e.g. St. John’s nurses and U.S. partners.",
    "Train police, prosecutors, and judges on the anti-trafficking law.",
    "Hold awareness campaigns in all 10 districts.",
]
CLAUSES = [
    "enact a law that prohibits all forms of trafficking",
    "increase efforts to prosecute offenses (forced labor; and sex trafficking) under the penal code",
    "give M1.2 million ($70,000.75) to the police unit",
    "amend the definition of “child; minor” in the law",
    "train officials, also those in St. Lucia, to identify victims",
    "launch a campaign for the public",
]
HEADINGS = [
    "PRIORITIZED RECOMMENDATIONS:",
    "PRIORITIZED RECOMMENDATIONS",
    "Prioritized Recommendations:",
    "Prioritized Recommendations",
    "RECOMMENDATIONS FOR LESOTHO:",
    "RECOMMENDATIONS FOR LESOTHO",
    "Recommendations for Lesotho:",
    "Recommendations for Lesotho",
    "Prioritized recommendations for the Kingdom of Lesotho:",
    "**PRIORITIZED RECOMMENDATIONS:**",
    "PRIORITIZED\nRECOMMENDATIONS:",
    "RECOMMENDATIONS\nFOR LESOTHO:",
    "Recommendations for\nLesotho:",
    "P RIORITIZED R ECOMMENDATIONS:",
    "PRIORITIZED RECOMMEN-\nDATIONS:",
    "LESOTHO: PRIORITIZED RECOMMENDATIONS",
    "*Recommendations for Lesotho*:",
    "Prioritized recommendations (in their order):",
    "",
]
NEXT_SECTIONS = [
    f"PROSECUTION\n\n{PROSE}",
    f"PROSECUTION\n{PROSE}",
    f"PROSECUTION {PROSE}",
    f"Prosecution\n\n{PROSE}",
    f"Prosecution: {PROSE}",
    f"Government Prosecution Efforts\n\n{PROSE}",
    f"Law Enforcement\n\n{PROSE}",
    "In the past year, the government made uneven progress.",
    "Although the law bans it, officials told of few cases.",
    "Trafficking Profile:\n\nAs reported over five years, traffickers exploit victims in Lesotho.",
    PROSE,
    "Lesotho’s law enforcement efforts remained weak.",
    "",
]


def wrapped(text, width=80, indent=""):
    return textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False)


def bulleted(bullet, separator="\n", first=True):
    return lambda items: ("" if not first else f"{bullet} ") + f"{separator}{bullet} ".join(items)


def clauses_in_one_sentence(separator, last="and "):
    return lambda items: (
        separator.join(items[:-1]) + separator.rstrip() + (" " if last else "") + last + items[-1] + "."
    )


def clauses_separated_by(separator):
    return lambda items: f";{separator}".join(items[:-1]) + f"; and{separator}{items[-1]}."


LAYOUTS = {
    "a bullet a line": bulleted("•"),
    "a star a line": bulleted("*"),
    "a dash a line": bulleted("-"),
    "bullets between empty lines": bulleted("•", "\n\n"),
    "bullets in one paragraph": bulleted("•", " "),
    "stars in one paragraph": bulleted("*", " "),
    "dashes in one paragraph": bulleted("-", " "),
    "bullets without a space": lambda items: "•" + "•".join(items),
    "the first without its bullet": bulleted("•", first=False),
    "the first of one paragraph without its bullet": bulleted("•", " ", first=False),
    "one a line": "\n".join,
    "one a paragraph": "\n\n".join,
    "glued together": "".join,
    "numbered": lambda items: "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1)),
    "numbered in brackets": lambda items: "\n".join(f"({number}) {item}" for number, item in enumerate(items, 1)),
    "numbers in one paragraph": lambda items: " ".join(f"{number}. {item}" for number, item in enumerate(items, 1)),
    "letters in one paragraph": lambda items: " ".join(
        f"({letter}) {item}" for letter, item in zip(ascii_lowercase, items, strict=False)
    ),
    "a number in a line of its own": lambda items: "\n".join(
        f"{number}.\n{item}" for number, item in enumerate(items, 1)
    ),
    "a bullet in a line of its own": lambda items: "\n".join(f"•\n{item}" for item in items),
    "bullets, wrapped": lambda items: "\n".join(wrapped(f"• {item}") for item in items),
    "stars, wrapped and hanging": lambda items: "\n".join(wrapped(f"* {item}", 66, "  ") for item in items),
    "bullets in one paragraph, wrapped": lambda items: wrapped("• " + " • ".join(items)),
    "one a paragraph, wrapped": lambda items: "\n\n".join(wrapped(item, 60) for item in items),
}
"""Layouts of a list of sentences. The parser must return each sentence unchanged."""

CLAUSE_LAYOUTS = {
    "clauses": clauses_in_one_sentence("; "),
    "clauses without an and": clauses_in_one_sentence("; ", last=""),
    "clauses without a space": clauses_in_one_sentence(";"),
    "clauses, wrapped": lambda items: wrapped(clauses_in_one_sentence("; ")(items)),
    "a clause a line": clauses_separated_by("\n"),
    "a clause a paragraph": clauses_separated_by("\n\n"),
    "a clause a bullet": lambda items: "• " + clauses_separated_by("\n• ")(items),
}


def narrative(
    listed, *, heading=HEADINGS[0], following=NEXT_SECTIONS[0], before=YEAR_AND_TITLE, opening=OPENING, gap="\n\n"
):
    """Return a narrative around a list."""
    return "\n\n".join(
        part for part in (before, opening, f"{heading}{gap}{listed}" if heading else listed, following) if part
    )
