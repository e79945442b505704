"""Files keep the ministry and country that they were uploaded for.

For existing files, both come from the row that cites the file; without one, from the log of that day; otherwise from
the uploader's account as it is now.
"""

import json

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

FILE = "dialogues.evidencefile"
PERSON = "accounts.user"
ROLES = ("person.role_given", "person.role_ended")


def fill_sides(apps, editor):
    files = apps.get_model("dialogues", "EvidenceFile").objects
    for file in files.select_related("uploaded_by").order_by("pk").iterator():
        ministry, country = side_of(apps, file)
        if ministry or country:
            files.filter(pk=file.pk).update(ministry=ministry, country=country)


def side_of(apps, file):
    """Return the keys of the ministry and country that a file was uploaded for, as far as they are known."""
    return cited_by(apps, file) or told_by_the_log(apps, file) or of_today(file.uploaded_by)


def cited_by(apps, file):
    """Return both keys from the row that cites the file: an update, a draft, evidence or a dialogue."""
    evidence = apps.get_model("dialogues", "Evidence").objects.filter(file=file).order_by("pk")
    drafts = apps.get_model("dialogues", "Draft").objects.filter(files=file).order_by("pk")
    sent = evidence.filter(round__isnull=False).values_list("commitment__ministry", "commitment__country")
    return (
        sent.first()
        or drafts.filter(commitment__isnull=False).values_list("commitment__ministry", "commitment__country").first()
        or next(((None, country) for country in evidence.values_list("country", flat=True)[:1]), None)
        or next(((None, country) for country in file.dialogues.values_list("dialogue__country", flat=True)[:1]), None)
        or next(((None, country) for country in drafts.values_list("dialogue__country", flat=True)[:1]), None)
    )


def told_by_the_log(apps, file):
    """Return both keys from the log: those of the post that the uploader left after the upload."""
    entries = apps.get_model("audit", "AuditEntry").objects
    kept = entries.filter(table=FILE, row=str(file.pk), verb="file.kept").order_by("number").first()
    if kept is None:
        return None
    later = entries.filter(table=PERSON, row=str(file.uploaded_by_id), verb__in=ROLES, number__gt=kept.number)
    changed = later.select_related("detail").order_by("number").first()
    if changed is None:
        return of_today(file.uploaded_by)[0], kept.country_id
    detail = getattr(changed, "detail", None)
    return ministry_in(apps, detail.before if detail else "", changed.country_id), kept.country_id


def ministry_in(apps, before, country):
    """Return the ministry that a log entry names, in its country; None if there is none."""
    try:
        name = json.loads(before).get("ministry")
    except ValueError:  # there was no value before, or it was redacted
        return None
    ministries = apps.get_model("accounts", "Ministry").objects.filter(country=country, name=name)
    return ministries.values_list("pk", flat=True).first()


def of_today(person):
    if person.ministry_id:
        return person.ministry_id, person.ministry.country_id
    countries = list(person.countries.values_list("pk", flat=True)[:2])
    return None, countries[0] if len(countries) == 1 else None


def to(model):
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_country_paper"),
        ("audit", "0004_entries_are_found_by_record"),
        ("dialogues", "0009_links_are_dated"),
    ]

    operations = [
        LiftAppendOnly("evidencefile", redactable=("name",)),
        migrations.AddField("evidencefile", "ministry", to("accounts.ministry")),
        migrations.AddField("evidencefile", "country", to("accounts.country")),
        migrations.RunPython(fill_sides, migrations.RunPython.noop),
        AppendOnly("evidencefile", redactable=("name",)),
    ]
