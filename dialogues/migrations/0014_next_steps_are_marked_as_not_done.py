"""A next step that was marked as done by mistake can be marked as not done, and as done again.

SQLite rebuilds the table, so its triggers are lifted first and created again at the end.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0013_update_versions_and_evidence_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("nextstepdone", ("result",)),
        migrations.AlterModelOptions(
            name="nextstepdone",
            options={"ordering": ("pk",), "verbose_name_plural": "next steps done"},
        ),
        migrations.AlterField(
            model_name="nextstepdone",
            name="step",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="dialogues.nextstep"
            ),
        ),
        migrations.AddField(
            model_name="nextstepdone",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="nextstepdone",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="nextstepdone",
            constraint=models.UniqueConstraint(
                models.F("step"), condition=Q(undone_at__isnull=True), name="a_next_step_is_done_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="nextstepdone",
            constraint=models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="a_mark_is_taken_back_by_somebody",
            ),
        ),
        AppendOnly("nextstepdone", ("result",), once=("undone_at", "undone_by")),
    ]
