from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def settle(apps, schema_editor):
    """Make waiting jobs due since their request. Links for passwords are rows of mails from now on."""
    jobs = apps.get_model("jobs", "Job").objects
    jobs.update(due_at=F("queued_at"))
    jobs.filter(kind="password_reset", state__in=["queued", "running"]).update(
        state="failed", reason="The tracker was upgraded meanwhile. Ask for another link.", finished_at=timezone.now()
    )


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.AddField(
            "job",
            "due_at",
            models.DateTimeField(default=timezone.now, help_text="It isn't started before."),
            preserve_default=False,
        ),
        migrations.AddField(
            "job",
            "messaged_at",
            models.DateTimeField(help_text="When the worker was last told of it; null: not yet.", null=True),
        ),
        migrations.RunPython(settle, migrations.RunPython.noop),
    ]
