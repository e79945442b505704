"""Derive the stage of a dialogue on a day. No Django here.

`DialogueQuerySet.ahead_first` expresses the same in SQL, for lists.
"""

from datetime import date

from dialogues.choices import DialogueStage

UPCOMING_STAGES = frozenset({DialogueStage.PLANNED, DialogueStage.TODAY})
"""The stages of a dialogue that is still to be held."""


def stage_on(held_on: date, day: date, *, is_recorded: bool, is_called_off: bool) -> DialogueStage:
    """Return the stage on `day` of a dialogue dated `held_on`.

    A dialogue with a record was held, whatever its date. A dialogue that was called off stays called off.
    """
    if is_called_off:
        return DialogueStage.CALLED_OFF
    if is_recorded:
        return DialogueStage.HELD
    if held_on == day:
        return DialogueStage.TODAY
    return DialogueStage.PLANNED if held_on > day else DialogueStage.UNRECORDED
