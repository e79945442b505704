from typing import ClassVar

from django.db import migrations

from tiptracker.web.search import IndexWordForms


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reports", "0011_word_template")]

    operations: ClassVar = [IndexWordForms("Briefing", "covering_note")]
