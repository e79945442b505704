"""Former names in the API: fields, filters and paths that were renamed are kept for one release, marked deprecated.

Answers hold both names. Requests may use either; a request that uses both is answered 400.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any, ClassVar

from rest_framework import serializers

from tiptracker.localization import gettext

DESCRIPTION_START = "Former name of "
"""How the description of a deprecated field or parameter begins. The schema marks these as deprecated."""


def describe_former(name: str) -> str:
    """Return the description of a field or parameter whose name is now `name`."""
    return f"{DESCRIPTION_START}`{name}`. It will be removed in the next release."


class FormerNamesMixin(serializers.Serializer[Any]):
    """A serializer that also gives and takes the former names of its fields.

    Declare `former_names`, by former name the name of today.
    """

    former_names: ClassVar[Mapping[str, str]] = {}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add to each renamed field a copy under its former name."""
        fields = super().get_fields()
        for former, name in self.former_names.items():
            field = deepcopy(fields[name])
            field.help_text = describe_former(name)
            field.source = field.source or name
            field.required, field.default = False, serializers.empty
            fields[former] = field
        return fields

    def to_internal_value(self, data: Any) -> Any:
        """Take the value of a former name as that of today's; refuse both in one request."""
        if isinstance(data, Mapping) and (used := self.former_names.keys() & data.keys()):
            refuse_both_names(self.former_names, data.keys())
            data = {**data, **{self.former_names[former]: data[former] for former in used}}
            for former in used:
                del data[former]
        return super().to_internal_value(data)


def refuse_both_names(former_names: Mapping[str, str], used: Collection[str]) -> None:
    """Raise ValidationError, by former name, where a request uses a former name together with today's."""
    errors = {
        former: [gettext("This is the former name of %(name)s. Give only one of the two.") % {"name": name}]
        for former, name in former_names.items()
        if former in used and name in used
    }
    if errors:
        raise serializers.ValidationError(errors)


def mark_former_names(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-processing hook of the schema: mark former names of fields and parameters as deprecated."""
    properties = [
        described
        for schema in result["components"]["schemas"].values()
        for described in schema.get("properties", {}).values()
    ]
    parameters = [
        described
        for operations in result["paths"].values()
        for operation in operations.values()
        for described in operation.get("parameters", [])
    ]
    for described in (*properties, *parameters):
        if str(described.get("description", "")).startswith(DESCRIPTION_START):
            described["deprecated"] = True
    return result
