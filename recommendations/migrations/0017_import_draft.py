"""Rename the stored content of an import to draft: column and trigger.

No log entry, redaction or stored document names the field.
"""

from django.db import migrations

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0016_plain_labels")]

    operations = [
        LiftAppendOnly("editionimport", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
        migrations.RenameField("editionimport", "brought", "draft"),
        AppendOnly("editionimport", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
    ]
