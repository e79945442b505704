"""Disposals of old editions: the second change that triggers allow. A text may become the mark of a disposal."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from dialogues.disposal_trigger import refuse_rows_of_other_editions
from tiptracker.audit.append_only import REDACTED, REDACTED_BEFORE, AppendOnly, KeepDisposed, RefuseInsert

# Tables of which each text that a redaction may remove may be disposed of too.
DISPOSABLE = {
    "audit.auditdetail": ("before", "after"),
    "audit.importedentry": ("before", "after"),
    "recommendations.benchmarkterms": ("criterion", "reason"),
    "recommendations.editionterms": ("reason", "readiness_target_reason"),
    "recommendations.milestonedatechange": ("reason",),
    "recommendations.milestonedone": ("source",),
    "recommendations.questionterms": ("text", "reason"),
    "recommendations.recommendationterms": ("text", "reason"),
    "dialogues.agreedproof": ("text", "from_whom"),
    "dialogues.agreedproofend": ("reason",),
    "dialogues.answerevent": ("reason",),
    "dialogues.answersentence": ("text",),
    "dialogues.assessment": ("rationale", "law", "change_reason"),
    "dialogues.chosenindicator": ("reason",),
    "dialogues.chosenindicatorevent": ("text",),
    "dialogues.commitmentcorrection": ("replaced_text", "reason"),
    "dialogues.commitmentevent": ("reason",),
    "dialogues.contribution": ("what", "source", "reason"),
    "dialogues.duedateproposal": ("reason",),
    "dialogues.duedateproposaldecision": ("reason",),
    "dialogues.evidence": ("title", "stated_by", "source", "link", "revision_reason"),
    "dialogues.evidencereview": ("reason",),
    "dialogues.indicatortarget": ("baseline_source", "no_baseline_reason", "reason"),
    "dialogues.internalnote": ("text",),
    "dialogues.lineanswer": ("text",),
    "dialogues.nextstep": ("text", "office"),
    "dialogues.reading": ("note", "source"),
    "dialogues.requestevent": ("reason", "replaced_reason"),
    "dialogues.sustainment": ("payer", "proof"),
    "dialogues.updateversion": ("narrative",),
    "dialogues.updateversiondecision": ("reason",),
}
UNSENT = """NOT (EXISTS (SELECT 1 FROM dialogues_evidence e WHERE e.file_id = OLD.id) \
OR EXISTS (SELECT 1 FROM dialogues_dialoguefile d WHERE d.file_id = OLD.id))"""
COMMITMENT_CORRECTED = f"""
EXISTS (
    SELECT 1 FROM dialogues_commitmentcorrection c
    WHERE c.id = NEW.newest_correction_id AND c.commitment_id = OLD.id
    AND (OLD.newest_correction_id IS NULL OR OLD.newest_correction_id < c.id)
    AND (NEW.text = OLD.text
        OR c.replaced_text = OLD.text
        OR c.replaced_text = '{REDACTED_BEFORE}' AND OLD.text = '{REDACTED}')
)
"""  # noqa: S608
REQUEST_CORRECTED = f"""
EXISTS (
    SELECT 1 FROM dialogues_requestevent e
    WHERE e.id = NEW.newest_correction_id AND e.information_request_id = OLD.id AND e.kind = 'corrected'
    AND (OLD.newest_correction_id IS NULL OR OLD.newest_correction_id < e.id)
    AND (NEW.reason = OLD.reason
        OR e.replaced_reason = OLD.reason
        OR e.replaced_reason = '{REDACTED_BEFORE}' AND OLD.reason = '{REDACTED}')
)
"""  # noqa: S608
TWO_PEOPLE = """
EXISTS (SELECT 1 FROM dialogues_disposal d WHERE d.id = NEW.disposal_id AND d.recorded_by_id = NEW.recorded_by_id)
"""
OTHER_EDITION = """
NOT EXISTS (SELECT 1 FROM dialogues_disposal d WHERE d.id = NEW.disposal_id AND d.edition_id = NEW.edition_id)
"""
NO_AUTHORITY = """
NOT EXISTS (
    SELECT 1 FROM dialogues_disposal d JOIN dialogues_retentionschedule s ON s.id = d.schedule_id
    WHERE d.id = NEW.disposal_id AND s.authority <> ''
)
"""
ON_HOLD = """
NOT NEW.is_repeated AND EXISTS (
    SELECT 1 FROM dialogues_retentionhold h LEFT JOIN dialogues_retentionholdrelease r ON r.hold_id = h.id
    WHERE h.edition_id = NEW.edition_id AND r.id IS NULL
)
"""
NO_EXPORT = """
NOT EXISTS (
    SELECT 1 FROM backups_postexport x JOIN recommendations_edition e ON e.country_id = x.country_id
    WHERE x.id = NEW.export_id AND e.id = NEW.edition_id
)
"""
CLOSED = """
EXISTS (SELECT 1 FROM dialogues_disposalcertificate c WHERE c.id = NEW.certificate_id AND c.closed_at IS NOT NULL)
"""
DISPOSED_OF = "EXISTS (SELECT 1 FROM dialogues_disposalcertificate c WHERE c.edition_id = NEW.edition_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("backups", "0002_post_exports"),
        ("audit", "0011_imported_logs"),
        ("dialogues", "0044_decisions_by_moment"),
        ("reports", "0013_language_of_a_document"),
        ("recommendations", "0023_search_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Disposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-recorded_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="DisposalCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="Certificates of a country are numbered from 1.")),
                ("recorded_at", models.DateTimeField()),
                ("is_repeated", models.BooleanField(default=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("counts", models.JSONField(blank=True, null=True)),
                ("rows_sha256", models.CharField(blank=True, max_length=64)),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "ordering": ("edition__country", "-number"),
            },
        ),
        migrations.CreateModel(
            name="DisposalDecline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DisposalRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=60)),
                ("row", models.PositiveBigIntegerField()),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="RetentionHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-recorded_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="RetentionHoldRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RetentionSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("edition", "Edition of the TIP Report with what depends on it")],
                        max_length=12,
                        verbose_name="kind of record",
                    ),
                ),
                ("years", models.PositiveSmallIntegerField(verbose_name="years to keep")),
                (
                    "authority",
                    models.CharField(blank=True, max_length=100, verbose_name="number of the disposition authority"),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("country", "-recorded_at", "-pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="dialogue",
            name="one_dialogue_a_day_and_place",
        ),
        migrations.AddConstraint(
            model_name="dialogue",
            constraint=models.UniqueConstraint(
                models.F("country"),
                models.F("held_on"),
                models.F("place"),
                condition=models.Q(
                    models.Q(("place__in", ("[redacted]", "[disposed of]")), _negated=True),
                    ("called_off_at__isnull", True),
                ),
                name="one_dialogue_a_day_and_place",
            ),
        ),
        migrations.AddField(
            model_name="disposal",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="disposals", to="recommendations.edition"
            ),
        ),
        migrations.AddField(
            model_name="disposal",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="disposalcertificate",
            name="disposal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="certificate", to="dialogues.disposal"
            ),
        ),
        migrations.AddField(
            model_name="disposalcertificate",
            name="edition",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="certificate", to="recommendations.edition"
            ),
        ),
        migrations.AddField(
            model_name="disposalcertificate",
            name="export",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="backups.postexport"
            ),
        ),
        migrations.AddField(
            model_name="disposalcertificate",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="disposaldecline",
            name="disposal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="decline", to="dialogues.disposal"
            ),
        ),
        migrations.AddField(
            model_name="disposaldecline",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="disposalrow",
            name="certificate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="dialogues.disposalcertificate"
            ),
        ),
        migrations.AddField(
            model_name="retentionhold",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="recommendations.edition"
            ),
        ),
        migrations.AddField(
            model_name="retentionhold",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="retentionholdrelease",
            name="hold",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="release", to="dialogues.retentionhold"
            ),
        ),
        migrations.AddField(
            model_name="retentionholdrelease",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="retentionschedule",
            name="country",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.country"
            ),
        ),
        migrations.AddField(
            model_name="retentionschedule",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="disposal",
            name="schedule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dialogues.retentionschedule"
            ),
        ),
        migrations.AddConstraint(
            model_name="disposalcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("rows_sha256", ""), ("sha256", "")),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("rows_sha256__regex", "^[0-9a-f]{64}$"),
                        ("sha256__regex", "^[0-9a-f]{64}$"),
                    ),
                    _connector="OR",
                ),
                name="a_closed_certificate_has_its_digests",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposaldecline",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="declining_a_disposal_has_its_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="disposalrow",
            index=models.Index(fields=["table", "row"], name="disposals_of_a_row"),
        ),
        migrations.AddConstraint(
            model_name="disposalrow",
            constraint=models.UniqueConstraint(
                models.F("certificate"), models.F("table"), models.F("row"), name="a_certificate_names_a_row_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionhold",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_hold_has_its_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionholdrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_release_has_its_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("years__range", (1, 100))),
                name="records_are_kept_for_a_year_at_least",
                violation_error_message="Enter a number of years from 1 to 100.",
            ),
        ),
        *(AppendOnly(label, redactable=texts) for label, texts in DISPOSABLE.items()),
        AppendOnly("dialogues.nextstepdone", redactable=("result",), once=("undone_at", "undone_by")),
        AppendOnly("dialogues.requestline", redactable=("wording",), once=("removed_in",)),
        AppendOnly("dialogues.evidencefile", redactable=("name",), unless={"name": UNSENT}),
        AppendOnly("recommendations.editionimport", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
        AppendOnly("recommendations.questionset", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
        AppendOnly(
            "dialogues.commitment",
            redactable=("text", "letter"),
            corrected=("text", "newest_correction"),
            when_corrected=COMMITMENT_CORRECTED,
        ),
        AppendOnly(
            "dialogues.informationrequest",
            redactable=("reason",),
            corrected=("reason", "newest_correction"),
            when_corrected=REQUEST_CORRECTED,
        ),
        KeepDisposed("recommendations.edition", ("note",)),
        KeepDisposed("recommendations.milestone", ("own_title", "source")),
        KeepDisposed("recommendations.question", ("text",)),
        KeepDisposed("recommendations.recommendation", ("text", "years_unmet_source")),
        KeepDisposed("agendaitem", ("topic", "note", "said")),
        KeepDisposed("dialogue", ("place", "purpose", "record", "agreed", "source", "called_off_reason")),
        KeepDisposed("participant", ("name", "office")),
        AppendOnly("retentionschedule"),
        AppendOnly("retentionhold", redactable=("reason",)),
        AppendOnly("retentionholdrelease", redactable=("reason",)),
        AppendOnly("disposal"),
        AppendOnly("disposaldecline", redactable=("reason",)),
        AppendOnly("disposalcertificate", once=("closed_at", "counts", "rows_sha256", "sha256")),
        AppendOnly("disposalrow"),
        RefuseInsert(
            "disposalcertificate",
            "refuse_approval_of_own_disposal",
            TWO_PEOPLE,
            "Nobody approves a disposal that they proposed themselves",
        ),
        RefuseInsert(
            "disposaldecline",
            "refuse_decline_of_own_disposal",
            TWO_PEOPLE,
            "Nobody decides on a disposal that they proposed themselves",
        ),
        RefuseInsert(
            "disposalcertificate",
            "refuse_certificate_of_another_edition",
            OTHER_EDITION,
            "A certificate is of the edition that was proposed",
        ),
        RefuseInsert(
            "disposalcertificate",
            "refuse_disposal_without_authority",
            NO_AUTHORITY,
            "A disposal needs the number of the disposition authority",
        ),
        RefuseInsert(
            "disposalcertificate",
            "refuse_disposal_of_held_edition",
            ON_HOLD,
            "An edition on hold is not disposed of",
        ),
        RefuseInsert(
            "disposalcertificate",
            "refuse_disposal_without_export",
            NO_EXPORT,
            "A disposal needs an export of the country",
        ),
        RefuseInsert(
            "retentionhold",
            "refuse_hold_after_disposal",
            DISPOSED_OF,
            "An edition that was disposed of cannot be held",
        ),
        RefuseInsert(
            "disposalrow",
            "refuse_row_of_closed_certificate",
            CLOSED,
            "A closed certificate names no further rows",
        ),
        refuse_rows_of_other_editions(),
    ]
