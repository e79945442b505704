"""API of the dialogues app: commitments, requests, updates, evidence, reviews, dialogues, readings and assessments.

Clients can read all of them. They can write updates, decisions on updates, reviews and assessments, through the same
actions as the pages.

Lists and details select their rows with `visible_to`, and so do nested rows. A ministry's serializers leave out the
fields that it may not read. Ids in a body are looked up among the rows that the user can see: an unknown id and a
hidden one give the same error.
"""

from rest_framework.routers import DefaultRouter

from dialogues.api.assessments import AssessmentViewSet
from dialogues.api.commitments import CommitmentViewSet
from dialogues.api.dialogues import DialogueViewSet
from dialogues.api.evidence import EvidenceViewSet, ReadingViewSet, ReviewViewSet
from dialogues.api.law import LawEntryViewSet
from dialogues.api.requests import InformationRequestViewSet
from dialogues.api.updates import FormerRoundViewSet, UpdateVersionViewSet, UpdateViewSet


def routes(router: DefaultRouter) -> None:
    """Register the views of this package."""
    router.register("commitments", CommitmentViewSet, basename="commitment")
    router.register("requests", InformationRequestViewSet, basename="information-request")
    router.register("updates", UpdateViewSet, basename="update")
    router.register("update-versions", UpdateVersionViewSet, basename="update-version")
    router.register("rounds", FormerRoundViewSet, basename="round")
    router.register("evidence", EvidenceViewSet, basename="evidence")
    router.register("reviews", ReviewViewSet, basename="review")
    router.register("dialogues", DialogueViewSet, basename="dialogue")
    router.register("readings", ReadingViewSet, basename="reading")
    router.register("law-entries", LawEntryViewSet, basename="law-entry")
    router.register("assessments", AssessmentViewSet, basename="assessment")
