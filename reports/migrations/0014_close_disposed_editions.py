"""An edition that was disposed of takes no further documents."""

from django.db import migrations

from dialogues.closed_editions import BRIEFINGS, CloseDisposedEditions


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0013_language_of_a_document"),
        ("dialogues", "0046_close_disposed_editions"),
    ]

    operations = [CloseDisposedEditions(BRIEFINGS)]
