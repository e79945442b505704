from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HASH = r"^[0-9a-f]{64}$"


def what_was_kept_so_far_is_what_was_sent(apps, editor):
    apps.get_model("dialogues", "EvidenceFile").objects.update(received_sha256=F("stored_sha256"))


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0002_events_are_append_only")]

    operations = [
        LiftAppendOnly("evidencefile", redactable=("name",)),
        migrations.RemoveConstraint("evidencefile", "evidence_file_has_its_hash"),
        migrations.RenameField("evidencefile", "sha256", "stored_sha256"),
        migrations.AddField(
            "evidencefile", "received_sha256", models.CharField(max_length=64, default=""), preserve_default=False
        ),
        migrations.RunPython(what_was_kept_so_far_is_what_was_sent, migrations.RunPython.noop),
        migrations.AddConstraint(
            "evidencefile",
            models.CheckConstraint(
                name="evidence_file_has_its_hash",
                condition=Q(received_sha256__regex=HASH, stored_sha256__regex=HASH),
            ),
        ),
        AppendOnly("evidencefile", redactable=("name",)),
    ]
