"""Propose which recommendation of the year before each new one may repeat. The user decides."""

from collections.abc import Mapping
from typing import NamedTuple

from recommendations.text_similarity import LIKELY_SIMILARITY, find_similar_pairs, normalize_wording, pick_best_pairs

MAX_CANDIDATES = 3


class RepeatCandidate(NamedTuple):
    """A recommendation of the year before, by its key, and its similarity of 100."""

    old: int
    likeness: int


class RepeatProposal(NamedTuple):
    """What a recommendation may repeat: all candidates, most similar first, and `chosen` if one is likely enough."""

    chosen: int | None = None
    candidates: tuple[RepeatCandidate, ...] = ()


def propose_repeats(old: Mapping[int, str], new: Mapping[int, str]) -> dict[int, RepeatProposal]:
    """Return, by the key of each new text, which old text it may repeat. No old text is chosen twice.

    Two identical wordings are always chosen, even if other texts are similar too.
    """
    old_keys, new_keys = list(old), list(new)
    pairs = find_similar_pairs(list(old.values()), list(new.values()))
    candidates: dict[int, list[RepeatCandidate]] = {key: [] for key in new}
    for pair in pairs:
        own = candidates[new_keys[pair.new]]
        if len(own) < MAX_CANDIDATES:
            own.append(RepeatCandidate(old_keys[pair.old], pair.likeness))
    chosen = _match_identical(old, new)
    for pair in pick_best_pairs(pairs).values():
        key, repeated = new_keys[pair.new], old_keys[pair.old]
        if pair.likeness >= LIKELY_SIMILARITY and key not in chosen and repeated not in chosen.values():
            chosen[key] = repeated
    return {key: RepeatProposal(chosen.get(key), tuple(own)) for key, own in candidates.items()}


def _match_identical(old: Mapping[int, str], new: Mapping[int, str]) -> dict[int, int]:
    """Return, by new key, the old key with the same wording. If several match, the first unused one."""
    left: dict[str, list[int]] = {}
    for key, text in old.items():
        left.setdefault(normalize_wording(text), []).append(key)
    return {key: keys.pop(0) for key, text in new.items() if (keys := left.get(normalize_wording(text)))}
