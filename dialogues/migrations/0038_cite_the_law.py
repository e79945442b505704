"""A sentence of an answer can cite an entry of the register of the law."""

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0037_law_entries"),
        ("recommendations", "0022_milestones_of_the_year"),
    ]

    operations = [
        LiftAppendOnly("answercitation"),
        migrations.RemoveConstraint(
            model_name="answercitation",
            name="a_citation_names_exactly_one_fact",
        ),
        migrations.AddField(
            model_name="answercitation",
            name="law_entry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cited_in",
                to="dialogues.lawentry",
            ),
        ),
        migrations.AddConstraint(
            model_name="answercitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("assessment__isnull", True),
                        ("commitment__isnull", True),
                        ("edition__isnull", True),
                        ("evidence__isnull", False),
                        ("information_request__isnull", True),
                        ("law_entry__isnull", True),
                        ("reading__isnull", True),
                    ),
                    models.Q(
                        ("assessment__isnull", True),
                        ("commitment__isnull", True),
                        ("edition__isnull", True),
                        ("evidence__isnull", True),
                        ("information_request__isnull", True),
                        ("law_entry__isnull", True),
                        ("reading__isnull", False),
                    ),
                    models.Q(
                        ("assessment__isnull", False),
                        ("commitment__isnull", True),
                        ("edition__isnull", True),
                        ("evidence__isnull", True),
                        ("information_request__isnull", True),
                        ("law_entry__isnull", True),
                        ("reading__isnull", True),
                    ),
                    models.Q(
                        ("assessment__isnull", True),
                        ("commitment__isnull", False),
                        ("edition__isnull", True),
                        ("evidence__isnull", True),
                        ("information_request__isnull", True),
                        ("law_entry__isnull", True),
                        ("reading__isnull", True),
                    ),
                    models.Q(
                        ("assessment__isnull", True),
                        ("commitment__isnull", True),
                        ("edition__isnull", True),
                        ("evidence__isnull", True),
                        ("information_request__isnull", False),
                        ("law_entry__isnull", True),
                        ("reading__isnull", True),
                    ),
                    models.Q(
                        ("assessment__isnull", True),
                        ("commitment__isnull", True),
                        ("edition__isnull", False),
                        ("evidence__isnull", True),
                        ("information_request__isnull", True),
                        ("law_entry__isnull", True),
                        ("reading__isnull", True),
                    ),
                    models.Q(
                        ("assessment__isnull", True),
                        ("commitment__isnull", True),
                        ("edition__isnull", True),
                        ("evidence__isnull", True),
                        ("information_request__isnull", True),
                        ("law_entry__isnull", False),
                        ("reading__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_citation_names_exactly_one_fact",
            ),
        ),
        AppendOnly("answercitation"),
    ]
