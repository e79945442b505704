"""Models for results and documents: readiness runs, briefings and their downloads."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar, NamedTuple, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.files import FieldFile
from django.utils.text import slugify

from dialogues.models import Dialogue, Redaction
from recommendations.models import Edition
from reports.choices import BriefingKind
from tiptracker.accounts.models import AnyUser, Country, Ministry, User, in_visible_countries
from tiptracker.choices import ChoiceEnum, Marking, Role
from tiptracker.jobs.models import OPEN_STATES, Job, State
from tiptracker.localization import format_date, gettext, gettext_lazy, gettext_noop

SHA256_PATTERN = r"^[0-9a-f]{64}$"
"""Pattern of a SHA-256 in hexadecimal."""
KINDS_FOR_WASHINGTON = [kind.value for kind in BriefingKind if kind.is_for_washington]
PDF_MEDIA_TYPE = "application/pdf"
WORD_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Document:
    """A document that can be requested: its kind, its subject and the chosen content.

    `ministry` or `dialogue` is the subject, for the kinds that have one. `sections` are the names of the chosen
    sections in order (None: all of them, in the kind's own order). `covering_note` is printed at the top. `language` is
    the language of its sentences; official texts stay in English.
    """

    kind: BriefingKind
    ministry: Ministry | None = None
    dialogue: Dialogue | None = None
    has_sources: bool = True
    sections: tuple[str, ...] | None = None
    covering_note: str = ""
    language: str = settings.LANGUAGE_CODE

    @property
    def marking(self) -> Marking:
        """The marking of its pages. A ministry's page leaves the embassy, so it is unclassified."""
        return Marking.UNCLASSIFIED if self.kind == BriefingKind.MINISTRY else Marking.SBU

    @property
    def label(self) -> str:
        """The name of the document, such as "Ministry’s page: Ministry of Police"."""
        if not self.has_sources:
            return gettext("%(document)s, without sources") % {"document": self.kind.label}
        if self.ministry:
            return gettext("%(document)s: %(subject)s") % {"document": self.kind.label, "subject": self.ministry.name}
        if self.dialogue:
            day = format_date(self.dialogue.held_on)
            return gettext("%(document)s: %(subject)s") % {"document": self.kind.label, "subject": day}
        return self.kind.label


class BriefingState(ChoiceEnum):
    """State of a briefing.

    Until there is a file, it is the state of the job. Then the briefing is ready (a draft), clearing, issued or
    withdrawn.
    """

    QUEUED = "queued", gettext_noop("Waiting")
    RUNNING = "running", gettext_noop("Being made")
    READY = "ready", gettext_noop("Draft, ready")
    CLEARING = "clearing", gettext_noop("Cleared, being issued")
    ISSUED = "issued", gettext_noop("Issued")
    FAILED = "failed", gettext_noop("Failed")
    WITHDRAWN = "withdrawn", gettext_noop("Withdrawn")

    @property
    def is_under_way(self) -> bool:
        """Whether the worker is still making a file: the first one, or the one without the draft marking."""
        return self in (BriefingState.QUEUED, BriefingState.RUNNING, BriefingState.CLEARING)


class EmbassyQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows about an edition that ministries never see."""

    def visible_to(self, user: AnyUser) -> Self:
        """Return the rows that the user may see: embassy roles only, for their countries."""
        if not user.is_authenticated or not user.is_embassy:
            return self.none()
        return self.filter(in_visible_countries(user, path="edition__country"))


class ReadinessRunQuerySet(EmbassyQuerySet["ReadinessRun"]):
    """Readiness runs."""


class ReadinessRun(models.Model):
    """One readiness computation, written once and in full: the facts that it used and the whole result."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="readiness_runs")
    as_of = models.DateField()
    known_by = models.DateTimeField()
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    result = models.JSONField()
    methodology = models.CharField(max_length=10)
    computed_at = models.DateTimeField()

    objects = ReadinessRunQuerySet.as_manager()

    class Meta:
        ordering = ("edition", "-as_of", "-known_by", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "edition", "as_of", "facts_sha256", "methodology", name="the_same_facts_are_run_once_a_day"
            ),
        ]


class BriefingFile(NamedTuple):
    """A file of a briefing: the stored file, its hash, its suffix and its media type."""

    briefing: "Briefing"
    file: FieldFile
    sha256: str
    suffix: str
    media_type: str

    @property
    def path(self) -> str:
        """The storage path; empty if there is no such file."""
        return str(self.file)

    @property
    def name(self) -> str:
        """The download name. Files sort by day because the date is in ISO format."""
        briefing, edition = self.briefing, self.briefing.edition
        without = "" if briefing.has_sources else "-without-sources"
        document = {
            BriefingKind.MINISTRY: f"page-{slugify(briefing.ministry.short_name) if briefing.ministry else ''}",
            BriefingKind.DIALOGUE: f"dialogue-{briefing.dialogue.held_on.isoformat() if briefing.dialogue else ''}",
            BriefingKind.WASHINGTON: f"input{without}",
            BriefingKind.ANSWERS: f"answers{without}",
        }.get(BriefingKind(briefing.kind), "briefing")
        day = briefing.as_of.isoformat()
        return f"TIP-{document}-{edition.country.code}-{edition.year}-as-of-{day}-v{briefing.version}{self.suffix}"


def briefing_name(instance: "Briefing | None" = None, filename: str = "", *, suffix: str = "") -> str:
    """Return the storage path of a briefing: a random name that reveals nothing and can't be guessed."""
    return f"briefings/{uuid4().hex}{suffix or PurePath(filename).suffix}"


class BriefingQuerySet(EmbassyQuerySet["Briefing"]):
    def with_hash(self, sha256: str) -> Self:
        """Return the briefings with a file that has this hash, or had it when a user downloaded it."""
        downloads = BriefingDownload.objects.filter(briefing=OuterRef("pk"), sha256=sha256)
        return self.filter(Q(sha256=sha256) | Q(word_sha256=sha256) | Q(Exists(downloads)))

    def of_its_kind(self, briefing: "Briefing") -> Self:
        """Return the briefings of the same kind, country and (if any) ministry, newest day first."""
        same = self.filter(edition__country=briefing.edition.country_id, kind=briefing.kind)
        return same.filter(ministry=briefing.ministry_id).order_by("-as_of", "-version", "-pk")

    def for_clearing_by(self, user: User) -> Self:
        """Return the drafts that this user may clear.

        This is the rule of `permissions.can_clear_briefing`, for lists.
        """
        if user.role not in (Role.OFFICER, Role.AMBASSADOR):
            return self.none()
        return self.awaiting_clearance().exclude(requested_by=user)

    def awaiting_clearance(self) -> Self:
        """Return the drafts that no later version of the same document replaces."""
        is_a_draft = Q(requested_by__isnull=False, cleared_by__isnull=True, withdrawn_at__isnull=True) & ~Q(file="")
        later = Briefing.objects.filter(
            Q(ministry=OuterRef("ministry")) | Q(ministry__isnull=True),
            Q(dialogue=OuterRef("dialogue")) | Q(dialogue__isnull=True),
            ~Q(file=""),
            edition=OuterRef("edition"),
            kind=OuterRef("kind"),
            has_sources=OuterRef("has_sources"),
            requested_by__isnull=False,
            withdrawn_at__isnull=True,
            pk__gt=OuterRef("pk"),
        )
        return self.filter(is_a_draft, ~Exists(later))

    def issued(self) -> Self:
        """Return the briefings that are cleared and not withdrawn."""
        return self.filter(cleared_at__isnull=False, withdrawn_at__isnull=True)

    def own(self, edition: Edition) -> Self:
        """Return the briefings that the tracker made by itself, newest first.

        Only such a briefing is replaced, and only until a user downloads it.
        """
        return self.filter(edition=edition, requested_by__isnull=True).order_by("-pk")

    def of_the_same(self, briefing: "Briefing") -> Self:
        """Return the versions of one document (same edition, kind, day, subject and sources), oldest first."""
        same = self.filter(edition=briefing.edition_id, kind=briefing.kind, as_of=briefing.as_of)
        subject = {"ministry": briefing.ministry_id, "dialogue": briefing.dialogue_id}
        return same.filter(**subject, has_sources=briefing.has_sources).order_by("version")


class Briefing(models.Model):
    """A requested document and its file. Once cleared it is issued, and a database trigger locks the row.

    A briefing without a requester is the ambassador's briefing of the day, which the tracker keeps ready. The tracker
    replaces it when the facts change, until a user downloads it. Nobody can clear it.

    Clearing has two steps. A user clears the draft (`cleared_by`); then the worker makes the file without the draft
    marking and sets `cleared_at`. From then on `run` keeps the facts, result and method; `log_number` and `log_hash`
    keep the newest entry of the activity log at that moment.

    Withdrawing destroys the file, even of an issued briefing. The hash stays, so that a copy can still be identified.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="briefings")
    kind = models.CharField(max_length=12, choices=BriefingKind.choices())
    ministry = models.ForeignKey(Ministry, models.PROTECT, null=True, blank=True, related_name="+")
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, null=True, blank=True, related_name="+")
    has_sources = models.BooleanField(default=True)
    sections = models.JSONField(
        null=True, help_text=gettext_lazy("Chosen sections in order. Null: all, in the usual order.")
    )
    covering_note = models.TextField(blank=True)
    language = models.CharField(gettext_lazy("language"), max_length=10, default=settings.LANGUAGE_CODE)
    as_of = models.DateField()
    known_by = models.DateTimeField()
    facts_up_to = models.DateTimeField(null=True, help_text=gettext_lazy("When its newest fact was recorded."))
    marking = models.CharField(max_length=12, choices=Marking.choices(), default=Marking.SBU)
    version = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to=briefing_name, max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    word = models.FileField(upload_to=briefing_name, max_length=100, blank=True)
    word_sha256 = models.CharField(max_length=64, blank=True)
    word_size = models.PositiveBigIntegerField(null=True)
    content_sha256 = models.CharField(gettext_lazy("checksum of the content"), max_length=64, blank=True)
    content = models.JSONField(null=True, help_text=gettext_lazy("Its content, for comparisons. Null once withdrawn."))
    setting_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text=gettext_lazy("Checksum of what the file is made from. Equal files are made once."),
    )
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)
    run = models.ForeignKey(ReadinessRun, models.PROTECT, null=True, related_name="+")
    # For a briefing made by the tracker: the newest entry when its facts were read, so what it includes.
    log_number = models.PositiveBigIntegerField(
        null=True, help_text=gettext_lazy("The newest entry of the activity log when the briefing was issued.")
    )
    log_hash = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(gettext_lazy("reason for the withdrawal"), max_length=300, blank=True)
    withdrawn_for = models.ForeignKey(Redaction, models.PROTECT, null=True, related_name="+")

    objects = BriefingQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                "edition",
                "kind",
                "has_sources",
                "as_of",
                "version",
                condition=Q(ministry__isnull=True, dialogue__isnull=True),
                name="briefings_have_their_own_version",
            ),
            models.UniqueConstraint(
                "edition",
                "as_of",
                "ministry",
                "version",
                condition=Q(ministry__isnull=False),
                name="a_ministrys_pages_have_their_own_version",
            ),
            models.CheckConstraint(
                name="ministry_set_exactly_for_a_ministrys_page",
                condition=Q(kind=BriefingKind.MINISTRY, ministry__isnull=False)
                | (~Q(kind=BriefingKind.MINISTRY) & Q(ministry__isnull=True)),
            ),
            models.UniqueConstraint(
                "edition",
                "as_of",
                "dialogue",
                "version",
                condition=Q(dialogue__isnull=False),
                name="a_dialogues_packs_have_their_own_version",
            ),
            models.CheckConstraint(
                name="dialogue_set_exactly_for_a_dialogues_pack",
                condition=Q(kind=BriefingKind.DIALOGUE, dialogue__isnull=False)
                | (~Q(kind=BriefingKind.DIALOGUE) & Q(dialogue__isnull=True)),
            ),
            models.CheckConstraint(
                name="only_what_goes_to_washington_is_a_word_file_too",
                condition=Q(word="", word_sha256="")
                | Q(kind__in=KINDS_FOR_WASHINGTON, word_sha256__regex=SHA256_PATTERN),
            ),
            models.CheckConstraint(
                name="what_is_cleared_was_asked_for_by_somebody",
                condition=Q(cleared_by__isnull=True) | Q(requested_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_withdrawn_briefing_has_no_content",
                condition=Q(withdrawn_at__isnull=True) | Q(content__isnull=True, covering_note="", word=""),
            ),
            models.CheckConstraint(
                name="only_what_goes_to_washington_leaves_sources_out",
                condition=Q(has_sources=True) | Q(kind__in=KINDS_FOR_WASHINGTON),
            ),
            models.CheckConstraint(
                name="a_briefings_file_has_its_hash",
                condition=(Q(file="") & Q(sha256="") & Q(withdrawn_at__isnull=True))
                | (~Q(file="") & Q(withdrawn_at__isnull=True) & Q(sha256__regex=SHA256_PATTERN))
                | (Q(file="") & Q(withdrawn_at__isnull=False) & Q(sha256__regex=SHA256_PATTERN)),
            ),
            models.CheckConstraint(
                name="what_is_cleared_is_cleared_by_somebody",
                condition=Q(cleared_at__isnull=True) | Q(cleared_by__isnull=False),
            ),
            models.CheckConstraint(
                name="an_issued_briefing_keeps_its_facts_and_the_logs_head",
                condition=Q(cleared_at__isnull=True)
                | Q(
                    run__isnull=False,
                    content_sha256__regex=SHA256_PATTERN,
                    log_number__isnull=False,
                    log_hash__regex=SHA256_PATTERN,
                ),
            ),
            models.CheckConstraint(
                name="only_a_briefing_with_its_file_is_cleared",
                condition=Q(cleared_at__isnull=True) | ~Q(file="") | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawn_by_somebody_at_a_time_for_a_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
            models.CheckConstraint(
                name="nobody_clears_a_briefing_of_their_own",
                condition=Q(cleared_by__isnull=True) | ~Q(cleared_by=models.F("requested_by")),
                violation_error_message=gettext_lazy("Another person has to clear a briefing that you requested."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.edition}, {self.as_of}"

    @property
    def title(self) -> str:
        """The name of the document."""
        return self.document.label

    @property
    def document(self) -> Document:
        """The requested document."""
        return Document(
            kind=BriefingKind(self.kind),
            ministry=self.ministry,
            dialogue=self.dialogue,
            has_sources=self.has_sources,
            sections=None if self.sections is None else tuple(self.sections),
            covering_note=self.covering_note,
            language=self.language,
        )

    @property
    def language_name(self) -> str:
        """The name of its language in that language."""
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def prepared_by(self) -> str:
        """The name of the user who requested it, or of the tracker."""
        return self.requested_by.name if self.requested_by else gettext("TIP Tracker")

    @property
    def is_as_known(self) -> bool:
        """Whether the requested moment of knowledge is earlier than the request itself."""
        return self.known_by < self.requested_at

    @property
    def paths(self) -> list[str]:
        """The storage paths of its files."""
        return [file.path for file in self.files]

    @property
    def files(self) -> list[BriefingFile]:
        """Its files: none before it is rendered and after it is withdrawn."""
        return [file for file in (self.get_file(), self.get_file(as_word=True)) if file.path]

    def get_file(self, *, as_word: bool = False) -> BriefingFile:
        """Return the PDF, or the Word file if `as_word`."""
        if as_word:
            return BriefingFile(self, self.word, self.word_sha256, ".docx", WORD_MEDIA_TYPE)
        return BriefingFile(self, self.file, self.sha256, ".pdf", PDF_MEDIA_TYPE)

    @property
    def state(self) -> BriefingState:
        """The current state."""
        if self.withdrawn_at:
            return BriefingState.WITHDRAWN
        if self.cleared_at:
            return BriefingState.ISSUED
        if self.file:
            is_clearing = self.cleared_by_id and self.job and self.job.state in OPEN_STATES
            return BriefingState.CLEARING if is_clearing else BriefingState.READY
        return BriefingState(self.job.state) if self.job else BriefingState.QUEUED

    @property
    def why_not_cleared(self) -> str:
        """Why issuing failed after clearance; empty if it succeeded or is still possible."""
        failed = self.cleared_by_id and not self.cleared_at and self.job and self.job.state == State.FAILED
        return self.job.reason if failed and self.job else ""


class BriefingDownload(models.Model):
    """A download of a briefing: who took which file, and when. Never changed."""

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="downloads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("at", "pk")


class WordTemplateQuerySet(models.QuerySet["WordTemplate"]):
    def visible_to(self, user: AnyUser) -> Self:
        """Limit to templates of the user's countries, for administrators. Everybody else sees the documents."""
        if not user.is_authenticated or user.role != Role.ADMINISTRATOR:
            return self.none()
        return self.filter(in_visible_countries(user, path="country"))

    def content_for(self, country: Country) -> bytes:
        """Return the template of a country; empty if it has none."""
        return bytes(self.filter(country=country).values_list("content", flat=True).first() or b"")


class WordTemplate(models.Model):
    """The Word template of a post: a clean copy of the file. Word documents take styles and page from it.

    `facts` says what it gives (`reports.briefings.word.template.TemplateFacts`).
    """

    country = models.OneToOneField(Country, models.PROTECT, related_name="+", verbose_name=gettext_lazy("country"))
    name = models.CharField(gettext_lazy("file name"), max_length=255)
    content = models.BinaryField()
    sha256 = models.CharField(gettext_lazy("SHA-256 of the file"), max_length=64)
    facts = models.JSONField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = WordTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("Word template")
        verbose_name_plural = gettext_lazy("Word templates")

    def __str__(self) -> str:
        return f"{self.name} for {self.country}"
