"""More kinds of milestones, several of a kind, and dates of milestones that change by dated rows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, HoldColumns


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("recommendations", "0021_questions"),
    ]

    operations = [
        migrations.RemoveConstraint("milestone", "one_milestone_a_kind_and_edition"),
        migrations.AddField(
            "milestone", "own_title", models.CharField(blank=True, max_length=120, verbose_name="title")
        ),
        migrations.AddField(
            "milestone", "is_estimated", models.BooleanField(default=False, verbose_name="is estimated")
        ),
        migrations.AlterField(
            "milestone",
            "kind",
            models.CharField(
                choices=[
                    ("data_call", "Data call to ministries"),
                    ("action_plan", "Action plan presented"),
                    ("public_submissions", "Submissions by the public"),
                    ("interim_assessment", "Interim assessment"),
                    ("post_answers", "Post’s answers to the Department"),
                    ("deadline", "Deadline"),
                    ("period_end", "End of the tracking period"),
                    ("next_report", "Next TIP Report"),
                    ("watch_list_limit", "Watch List limit"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            "milestone",
            models.UniqueConstraint(
                "edition",
                "kind",
                condition=Q(kind__in=["deadline", "period_end"]),
                name="one_deadline_and_one_period_end_an_edition",
            ),
        ),
        migrations.CreateModel(
            name="MilestoneDateChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="date")),
                ("is_estimated", models.BooleanField(default=False, verbose_name="is estimated")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "milestone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="date_changes",
                        to="recommendations.milestone",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "changed date of a milestone",
                "verbose_name_plural": "changed dates of milestones",
                "ordering": ("milestone", "-recorded_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(condition=~Q(reason=""), name="milestone_date_change_has_its_reason")
                ],
            },
        ),
        HoldColumns("milestone", ("edition", "kind", "due_on", "is_estimated")),
        AppendOnly("milestonedatechange", ("reason",)),
    ]
