"""Index the word forms of commitments, updates, evidence, files and dialogues for the search."""

from django.db import migrations

from tiptracker.web.search import IndexWordForms, UnindexWords

INDEXED = (
    ("Evidence", "title", "stated_by", "source"),
    ("UpdateVersion", "narrative"),
    ("Commitment", "text", "letter"),
    ("FileText", "text"),
    ("EvidenceFile", "name"),
    ("Dialogue", "place", "purpose", "record", "agreed"),
    ("AgendaItem", "topic", "note", "said"),
    ("NextStep", "text", "office"),
    ("Participant", "name", "office"),
)
"""Models, and those of their fields that are searched."""


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0021_returned_parts")]

    operations = [operation(*searched) for searched in INDEXED for operation in (UnindexWords, IndexWordForms)]
