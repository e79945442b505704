"""How far a dialogue has come on a day. Pure.

The same in SQL, where lists need it, is `DialogueQuerySet.ahead_first`.
"""

from datetime import date

from dialogues.choices import DialogueStage


def stage_on(held_on: date, day: date, *, is_recorded: bool, is_called_off: bool) -> DialogueStage:
    """The stage at `day` of a dialogue on the day `held_on`.

    Once something is recorded it was held, whatever the day; what was called off stays so.
    """
    if is_called_off:
        return DialogueStage.CALLED_OFF
    if is_recorded:
        return DialogueStage.HELD
    if held_on == day:
        return DialogueStage.TODAY
    return DialogueStage.PLANNED if held_on > day else DialogueStage.UNRECORDED
