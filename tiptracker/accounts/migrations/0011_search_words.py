"""Index people, ministries and districts for the search."""

from django.db import migrations

from tiptracker.web.search import IndexWords


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_languages")]

    operations = [
        IndexWords("User", "name", "email"),
        IndexWords("Ministry", "name", "short_name"),
        IndexWords("District", "name", "capital"),
    ]
