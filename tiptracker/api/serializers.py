"""Serializers for bodies with free text. Text that contains personal data is refused."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from rest_framework import serializers
from rest_framework.settings import api_settings

from tiptracker import text_rules
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.privacy import confirmations, personal_data

MAX_BODY_CHARACTERS = 100_000
"""Total characters of the texts in one body. Each text is scanned from start to end."""

MAX_LIST_LENGTH = 200
"""Figures, or reviews, in one body."""


class FreeTextField(serializers.CharField):
    """Free text with a maximum length. Invisible characters are removed."""

    default_error_messages: ClassVar = {
        "max_length": gettext_lazy("Shorten this to {max_length} characters. It has %(show_value)d.")
    }

    def __init__(self, *, max_length: int, in_one_line: bool = False, **kwargs: Any) -> None:
        self.in_one_line = in_one_line
        super().__init__(max_length=max_length, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(
            text_rules.remove_invisible(data, in_one_line=self.in_one_line) if isinstance(data, str) else data
        )


class BoundedListSerializer(serializers.ListSerializer[Any]):
    """A list of at most MAX_LIST_LENGTH items. The documentation shows the limit."""

    default_error_messages: ClassVar = {"max_length": gettext_lazy("Give at most {max_length} at a time.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"max_length": MAX_LIST_LENGTH}))
        self.validators = [MaxLengthValidator(MAX_LIST_LENGTH)]


class BodySerializer(serializers.Serializer[Any]):
    """Base class of every body that records something. It checks the free text in the body and in nested bodies.

    A text or file name that may identify a person is a field error. The client can confirm that it identifies nobody.
    """

    confirmed_no_personal_data = serializers.BooleanField(
        default=False,
        help_text="We refuse texts that seem to contain personal data (400, by field, with what was found): a "
        "telephone number of Lesotho or South Africa, an identity card or passport number, a birth date, or a name "
        "next to an age, a village, a telephone number or a case number. Remove the data. If none of it identifies a "
        "victim or a private person, send the same body again with true.",
    )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the values of the body without the confirmation."""
        validated = dict(super().run_validation(data))
        is_confirmed = validated.pop("confirmed_no_personal_data")
        if (length := _text_length(validated)) > MAX_BODY_CHARACTERS:
            sentence = gettext("Together, the texts have %(number)d characters. Shorten them to %(most)d.") % {
                "number": length,
                "most": MAX_BODY_CHARACTERS,
            }
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [sentence]})
        kinds: set[str] = set()
        if (errors := _personal_data_errors(validated, kinds)) and not is_confirmed:
            raise serializers.ValidationError(errors)
        confirmations.confirm(kinds)
        return validated


def _text_length(value: Any) -> int:
    """Return the total number of characters of the texts in `value`."""
    if isinstance(value, Mapping):
        return sum(map(_text_length, value.values()))
    if isinstance(value, list):
        return sum(map(_text_length, value))
    return len(value) if isinstance(value, str) else 0


def _personal_data_errors(value: Any, kinds: set[str]) -> Any:
    """Return the findings in `value` in the shape of field errors, and add their kinds to `kinds`."""
    if isinstance(value, Mapping):
        return {name: errors for name, part in value.items() if (errors := _personal_data_errors(part, kinds))}
    if isinstance(value, list):
        part_errors = [_personal_data_errors(part, kinds) or {} for part in value]
        return part_errors if any(part_errors) else []
    text = value.name if isinstance(value, UploadedFile) else value
    findings = personal_data.find_personal_data(text) if isinstance(text, str) else []
    kinds.update(found.kind for found in findings)
    return [personal_data.describe_findings(findings)] if findings else []
