from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_a_digest_for_each_side")]

    operations = [
        migrations.AddIndex("auditentry", models.Index(fields=["table", "row"], name="audit_entries_by_record")),
    ]
