"""A contribution of an organization outside government names a partner of the list, no longer a text."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly
from tiptracker.text_rules import normalize_name


def name_partners(apps: Any, editor: Any) -> None:
    """Name the partner whose name the text is. An organization without one becomes a partner, with the text as name."""
    database = editor.connection.alias
    partners = apps.get_model("dialogues", "Partner").objects.using(database)
    known = {(row.country_id, normalize_name(row.name)): row for row in partners.all()}
    contributions = apps.get_model("dialogues", "Contribution").objects.using(database)
    for row in contributions.filter(given_by="partner").order_by("pk"):
        key = row.country_id, normalize_name(row.organization)
        if key not in known:
            known[key] = partners.create(country_id=row.country_id, name=row.organization, kind="other")
        contributions.filter(pk=row.pk).update(partner=known[key])


def write_organizations(apps: Any, editor: Any) -> None:
    """Write the name of the partner as the text that it was."""
    contributions = apps.get_model("dialogues", "Contribution").objects.using(editor.connection.alias)
    for row in contributions.filter(given_by="partner").select_related("partner"):
        contributions.filter(pk=row.pk).update(organization=row.partner.name)


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0040_dialogue_numbers")]

    operations = [
        LiftAppendOnly("contribution", ("organization", "what", "source", "reason")),
        migrations.AlterField(
            "contribution",
            "given_by",
            models.CharField(
                choices=[
                    ("ministry", "Ministry"),
                    ("united_states", "United States"),
                    ("partner", "Partner"),
                ],
                max_length=13,
                verbose_name="given by",
            ),
        ),
        migrations.AddField(
            "contribution",
            "partner",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contributions",
                to="dialogues.partner",
                verbose_name="partner",
            ),
        ),
        migrations.RemoveConstraint("contribution", "a_partner_that_contributes_is_named"),
        migrations.RunPython(name_partners, write_organizations),
        migrations.AddConstraint(
            "contribution",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_by", "partner"), ("partner__isnull", False)),
                    models.Q(models.Q(("given_by", "partner"), _negated=True), ("partner__isnull", True)),
                    _connector="OR",
                ),
                name="a_contribution_of_a_partner_names_the_partner",
            ),
        ),
        migrations.RemoveField("contribution", "organization"),
        AppendOnly("contribution", ("what", "source", "reason")),
    ]
