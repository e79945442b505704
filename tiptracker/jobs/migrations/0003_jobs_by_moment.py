from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Separate from the change of rows: PostgreSQL creates no index in a transaction that changed rows with deferred checks."""

    dependencies = [("jobs", "0002_jobs_that_wait")]

    operations = [
        migrations.AddIndex(
            "job", models.Index("due_at", condition=Q(state="queued"), name="queued_jobs_by_due_moment")
        ),
        migrations.AddIndex("job", models.Index("finished_at", name="jobs_by_end")),
    ]
