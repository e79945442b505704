"""Index dialogues, file names and the text of files for the search."""

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.web.search import IndexWords


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0014_next_steps_are_marked_as_not_done")]

    operations = [
        migrations.CreateModel(
            name="FileText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="texts",
                        to="dialogues.evidencefile",
                    ),
                ),
            ],
            options={
                "ordering": ("file", "page"),
                "constraints": [models.UniqueConstraint("file", "page", name="a_page_of_a_file_has_one_text")],
            },
        ),
        IndexWords("FileText", "text"),
        IndexWords("EvidenceFile", "name"),
        IndexWords("Dialogue", "place", "purpose", "record", "agreed"),
        IndexWords("AgendaItem", "topic", "note", "said"),
        IndexWords("NextStep", "text", "office"),
        IndexWords("Participant", "name", "office"),
    ]
