"""An edition that was disposed of takes no further rows, and its rows stay as they are."""

from django.db import migrations

from dialogues.closed_editions import close_disposed_editions


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0045_disposals"),
        ("recommendations", "0023_search_questions"),
    ]

    operations = [close_disposed_editions()]
