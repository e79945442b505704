from django.db import migrations

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        AppendOnly("auditentry"),
        AppendOnly("auditdetail", redactable=("before", "after")),
    ]
