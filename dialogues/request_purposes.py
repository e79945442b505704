"""Find the dialogue for which a request for information asks for figures, for what a notice tells.

`tiptracker.notifications.sentences` calls this function by its name.
"""

from collections.abc import Collection
from datetime import date

from dialogues.models import ChosenIndicator, Dialogue, InformationRequest, RequestLine
from tiptracker.accounts.models import User


def find_dialogue_days(reader: User, requests: Collection[str]) -> dict[str, date]:
    """Return the day of the dialogue for which each request asks, by the key of the request. Two queries.

    That is the next dialogue, seen from the request, for which an indicator of the request had been chosen by then. The
    reader has to see the dialogue and the choice.
    """
    visible = InformationRequest.objects.visible_to(reader).filter(pk__in=requests)
    lines = RequestLine.objects.filter(
        information_request__in=visible, indicator__isnull=False, removed_in__isnull=True
    ).select_related("information_request")
    asked = list(lines)
    dialogues = Dialogue.objects.visible_to(reader).filter(called_off_at__isnull=True)
    chosen = list(
        ChosenIndicator.objects.visible_to(reader)
        .active()
        .filter(indicator__in={line.indicator_id for line in asked}, dialogue__in=dialogues.order_by().values("pk"))
        .select_related("dialogue")
    )
    found: dict[str, date] = {}
    for line in asked:
        request = line.information_request
        days = [
            row.dialogue.held_on
            for row in chosen
            if row.indicator_id == line.indicator_id
            and row.recorded_at <= request.recorded_at
            and row.dialogue.held_on >= request.recorded_at.date()
        ]
        if days:
            key = str(request.pk)
            found[key] = min([*days, *filter(None, [found.get(key)])])
    return found
