"""A line of a request names the yearly question for whose answer the embassy asks."""

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0033_question_answers"),
        ("recommendations", "0021_questions"),
    ]

    operations = [
        LiftAppendOnly("requestline", ("wording",), once=("removed_in",)),
        migrations.AddField(
            model_name="requestline",
            name="question",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="request_lines",
                to="recommendations.question",
            ),
        ),
        AppendOnly("requestline", ("wording",), once=("removed_in",)),
    ]
