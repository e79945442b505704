"""Suggest the pillar of a recommendation from its words. It is a proposal for the user."""

import re

from recommendations.choices import Pillar

_PILLAR_WORDS = {
    Pillar.PROSECUTION: r"\b(?:investigat|prosecut|convict|sentenc|penalt|punish|court|judge|magistrat|law enforcement|"
    r"police|crimin|traffickers|complicit|corrupt|officials accused|legislat|amend)",
    Pillar.PROTECTION: r"\b(?:victim|shelter|identif|refer|servic|protecti|care\b|assist|witness|repatriat|counsel|"
    r"rehabilit|restitut)",
    Pillar.PREVENTION: r"\b(?:aware|campaign|action plan|committee|coordinat|convene|data|research|recruit|inspect|"
    r"labou?r|demand|hotline|educat|public|prevent|register|migrant worker|brokers|ratif|accede)",
}


def suggest_pillar(text: str) -> Pillar | None:
    """Return the pillar whose words occur most often; None if two tie or none occur."""
    counts = {pillar: len(re.findall(words, text.casefold())) for pillar, words in _PILLAR_WORDS.items()}
    most = max(counts.values())
    found = [pillar for pillar, count in counts.items() if count == most]
    return found[0] if most and len(found) == 1 else None
