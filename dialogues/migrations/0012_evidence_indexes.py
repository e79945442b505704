import django.db.models.functions.text
from django.db import migrations, models

from tiptracker.web.search import IndexWords


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0011_marks_are_named"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["country", "-happened_to", "-id"], name="evidence_by_day"),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["country", "-recorded_at", "-id"], name="evidence_by_receipt"),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(
                models.F("country"),
                django.db.models.functions.text.Lower("title"),
                models.F("id"),
                name="evidence_by_title",
            ),
        ),
        IndexWords("Evidence", "title", "stated_by", "source"),
        IndexWords("UpdateRound", "narrative"),
        IndexWords("Commitment", "text", "letter"),
    ]
