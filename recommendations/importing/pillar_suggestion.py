"""Suggest the pillar of a recommendation from its words. It is a proposal for the user."""

import re

from recommendations.choices import Pillar

_PILLAR_WORDS: dict[Pillar, re.Pattern[str]] = {
    Pillar.PROSECUTION: re.compile(
        r"\b(?:investigat|prosecut|convict|sentenc|penalt|punish|court|judge|magistrat|law enforcement|police|crimin|"
        r"traffickers|complicit|corrupt|officials accused|legislat|amend)"
    ),
    Pillar.PROTECTION: re.compile(
        r"\b(?:victim|shelter|identif|refer|servic|protecti|care\b|assist|witness|repatriat|counsel|rehabilit|restitut)"
    ),
    Pillar.PREVENTION: re.compile(
        r"\b(?:aware|campaign|action plan|committee|coordinat|convene|data|research|recruit|inspect|labou?r|demand|"
        r"hotline|educat|public|prevent|register|migrant worker|brokers|ratif|accede)"
    ),
}


def suggest_pillar(text: str) -> Pillar | None:
    """Return the pillar whose words occur most often; None if two tie or none occur."""
    said = {pillar: len(words.findall(text.casefold())) for pillar, words in _PILLAR_WORDS.items()}
    most = max(said.values())
    found = [pillar for pillar, count in said.items() if count == most]
    return found[0] if most and len(found) == 1 else None
