"""A sentence of an answer can cite a contribution."""

from functools import reduce
from operator import or_

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

CITED = (
    "evidence",
    "reading",
    "assessment",
    "commitment",
    "information_request",
    "edition",
    "law_entry",
    "contribution",
)


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0041_partners_of_contributions"),
        ("recommendations", "0022_milestones_of_the_year"),
    ]

    operations = [
        LiftAppendOnly("answercitation"),
        migrations.RemoveConstraint("answercitation", "a_citation_names_exactly_one_fact"),
        migrations.AddField(
            "answercitation",
            "contribution",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cited_in",
                to="dialogues.contribution",
            ),
        ),
        migrations.AddConstraint(
            "answercitation",
            models.CheckConstraint(
                condition=reduce(
                    or_, (models.Q(**{f"{field}__isnull": field != named for field in CITED}) for named in CITED)
                ),
                name="a_citation_names_exactly_one_fact",
            ),
        ),
        AppendOnly("answercitation"),
    ]
