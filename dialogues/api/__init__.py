"""Reads of what was promised and what happened; writes of updates, reviews and assessments through the actions.

Lists and details ask `visible_to`; nested rows take the same road. What a ministry may not read isn't in the
serializer it gets. Ids in a body are looked up among what the reader sees: unknown and unseen give the same error.
"""

from rest_framework.routers import DefaultRouter

from dialogues.api.assessments import AssessmentViewSet
from dialogues.api.commitments import CommitmentViewSet
from dialogues.api.dialogues import DialogueViewSet
from dialogues.api.evidence import EvidenceViewSet, ReadingViewSet, ReviewViewSet
from dialogues.api.updates import RoundViewSet, UpdateViewSet


def routes(router: DefaultRouter) -> None:
    """Register what this package serves."""
    router.register("commitments", CommitmentViewSet, basename="commitment")
    router.register("updates", UpdateViewSet, basename="update")
    router.register("rounds", RoundViewSet, basename="round")
    router.register("evidence", EvidenceViewSet, basename="evidence")
    router.register("reviews", ReviewViewSet, basename="review")
    router.register("dialogues", DialogueViewSet, basename="dialogue")
    router.register("readings", ReadingViewSet, basename="reading")
    router.register("assessments", AssessmentViewSet, basename="assessment")
