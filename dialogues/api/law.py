"""API of the register of the law."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from dialogues.choices import LawEntryKind
from dialogues.models import LawEntry
from recommendations.choices import LAW_STANDARDS
from tiptracker.api.base import PersonField
from tiptracker.api.kept_lists import KeptListMixin
from tiptracker.api.query_params import RecordedSinceFilter, StrictParametersMixin


class LawEntrySerializer(serializers.ModelSerializer[LawEntry]):
    """An offence, a penalty, a gap or a case of use under a minimum standard, 22 U.S.C. 7106(a)(1)–(3).

    It is never scored. A later entry that `replaces` this one corrects or ends it.
    """

    country = serializers.SlugRelatedField[LawEntry](slug_field="code", read_only=True)
    recorded_by = PersonField(read_only=True)

    class Meta:
        model = LawEntry
        fields = (
            "id",
            "country",
            "standard",
            "kind",
            "citation",
            "text",
            "from_on",
            "until_on",
            "source",
            "evidence",
            "replaces",
            "reason",
            "recorded_at",
            "recorded_by",
        )


class LawEntryFilter(filters.FilterSet):
    standard = filters.ChoiceFilter(choices=[(str(number), str(number)) for number in LAW_STANDARDS])
    kind = filters.ChoiceFilter(choices=LawEntryKind.choices())
    recorded_since = RecordedSinceFilter()


class LawEntryViewSet(StrictParametersMixin, KeptListMixin, ReadOnlyModelViewSet[LawEntry]):
    """Entries on the law, oldest first, with those that a later entry replaced."""

    serializer_class = LawEntrySerializer
    filterset_class = LawEntryFilter

    def get_queryset(self) -> QuerySet[LawEntry]:
        entries = LawEntry.objects.visible_to(self.request.user).select_related("country", "recorded_by")
        return entries.order_by("recorded_at", "pk")
