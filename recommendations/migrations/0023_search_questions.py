from typing import ClassVar

from django.db import migrations

from tiptracker.web.search import IndexWordForms


class Migration(migrations.Migration):
    dependencies: ClassVar = [("recommendations", "0022_milestones_of_the_year")]

    operations: ClassVar = [IndexWordForms("Question", "number", "text")]
