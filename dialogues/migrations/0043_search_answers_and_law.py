from typing import ClassVar

from django.db import migrations

from tiptracker.web.search import IndexWordForms


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dialogues", "0042_cite_contributions")]

    operations: ClassVar = [IndexWordForms("AnswerSentence", "text"), IndexWordForms("LawEntry", "citation", "text")]
