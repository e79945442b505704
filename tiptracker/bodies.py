"""What is sent to the API with words of somebody's own: held back where somebody could be found by them."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from tiptracker import confirming, personal


class Body(serializers.Serializer[Any]):
    """A body that holds free text, its own or that of what lies in it. So is every body that is written down.

    A text, or the name of a file, by which somebody could be found is a field error, unless it is confirmed to identify
    nobody.
    """

    confirmed_no_personal_data = serializers.BooleanField(
        default=False,
        help_text="Texts that hold what reads like a telephone number of Lesotho or South Africa, an identity or "
        "passport number or a date of birth are refused (400, by field, with what was found). Take it out; or, where "
        "none of what was found in this very body identifies a victim or a private person, send it again with true.",
    )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The body's values, without the confirmation."""
        said = dict(super().run_validation(data))
        is_confirmed = said.pop("confirmed_no_personal_data")
        kinds: set[str] = set()
        if (errors := _held_back(said, kinds)) and not is_confirmed:
            raise serializers.ValidationError(errors)
        confirming.confirm(kinds)
        return said


def _held_back(value: Any, kinds: set[str]) -> Any:
    """The sentences on what was found in `value`, in the form of field errors; adds its kinds to `kinds`."""
    if isinstance(value, Mapping):
        return {name: errors for name, part in value.items() if (errors := _held_back(part, kinds))}
    if isinstance(value, list):
        each = [_held_back(part, kinds) or {} for part in value]
        return each if any(each) else []
    text = value.name if isinstance(value, UploadedFile) else value
    findings = personal.find(text) if isinstance(text, str) else []
    kinds.update(found.kind for found in findings)
    return [personal.sentence(findings)] if findings else []
