"""What is concluded and handed over: runs of the readiness rules, briefings and their downloads."""

import hashlib
import logging
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from dialogues.actions import finish_redaction
from dialogues.matching import holds_each
from dialogues.models import Redaction
from recommendations.models import Edition
from reports import content, keeping, pdf, wording
from reports import document as documents
from reports.briefing import as_html, build_briefing, build_ministry_page, build_washington_input
from reports.facts import gather_facts
from reports.models import Briefing, BriefingDownload, BriefingKind, Document, ReadinessRun, Standing
from reports.permissions import can_clear_briefing, can_download_briefing, can_request_briefing
from reports.readiness import METHOD, readiness
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.jobs.actions import Progress, enqueue
from tiptracker.refusals import Refused
from tiptracker.rules import ChangedMeanwhile
from tiptracker.words import Marking

logger = logging.getLogger(__name__)


def compute_readiness(
    *, edition: Edition, as_of: date, known_by: datetime | None = None, now: datetime
) -> ReadinessRun:
    """The run of the rules as of a day, on what is known now or was by a moment; one kept already where it is equal."""
    known_by = known_by or now
    facts = keeping.without_texts(gather_facts(edition))
    result = readiness(facts, as_of=as_of, known_by=known_by)
    kept = documents.facts_document(facts, known_by)
    digest = documents.fingerprint(kept)
    with transaction.atomic():
        run, is_new = ReadinessRun.objects.get_or_create(
            edition=edition,
            as_of=as_of,
            facts_sha256=digest,
            methodology=METHOD,
            defaults={
                "known_by": known_by,
                "facts": kept,
                "result": documents.as_document(result),
                "computed_at": now,
            },
        )
        if is_new:
            record("readiness.computed", by=None, row=run, country=edition.country_id, after={"facts": digest})
    return run


@transaction.atomic
def request_briefing(
    *,
    edition: Edition,
    document: Document,
    as_of: date,
    known_by: datetime | None = None,
    by: User,
    now: datetime,
) -> Briefing:
    """A new version of a document, to be rendered by the worker on what was known by a moment, or is at `now`."""
    if not can_request_briefing(by, edition):
        raise PermissionDenied
    _refuse_what_does_not_fit(document, edition)
    if as_of > now.date():
        raise Refused("That day has not come yet. Ask for today or an earlier day.", field="as_of")
    if as_of < edition.starts_on:
        raise Refused(
            f"The tracking period begins on {wording.day(edition.starts_on)}. Ask for that day or a later one.",
            field="as_of",
        )
    if known_by is not None and known_by > now:
        raise Refused("That moment has not come yet. Leave it out for all that is known now.", field="known_by")
    Edition.objects.select_for_update().get(pk=edition.pk)
    briefing = Briefing(
        edition=edition,
        kind=document.kind,
        ministry=document.ministry,
        has_sources=document.has_sources,
        as_of=as_of,
        known_by=known_by or now,
        marking=Marking.UNCLASSIFIED if document.ministry else Marking.SBU,
        requested_by=by,
        requested_at=now,
    )
    last = Briefing.objects.of_the_same(briefing).last()
    briefing.version = last.version + 1 if last else 1
    briefing.save(force_insert=True)
    queue_briefing(briefing)
    record(
        "briefing.requested",
        by=by,
        row=briefing,
        country=edition.country_id,
        after={
            "kind": document.kind,
            "ministry": briefing.ministry_id,
            "has_sources": document.has_sources,
            "as_of": as_of,
            "known_by": briefing.known_by,
        },
    )
    return briefing


def _refuse_what_does_not_fit(document: Document, edition: Edition) -> None:
    kind, ministry = document.kind, document.ministry
    if kind == BriefingKind.MINISTRY and ministry is None:
        raise Refused("Say which ministry the page is for.", field="ministry")
    if kind != BriefingKind.MINISTRY and ministry is not None:
        raise Refused("Only a ministry’s page is about one ministry. Leave the ministry out.", field="ministry")
    if ministry is not None and ministry.country_id != edition.country_id:
        raise Refused("That ministry is another country’s. Choose one of this country’s.", field="ministry")
    if not document.has_sources and kind != BriefingKind.WASHINGTON:
        raise Refused("Only input for Washington can leave its sources out.", field="has_sources")


@transaction.atomic
def try_briefing_again(*, briefing: Briefing, by: User) -> Briefing:
    """Have a briefing whose rendering failed rendered anew; one ready, under way or withdrawn stays as it is."""
    if not can_request_briefing(by, briefing.edition):
        raise PermissionDenied
    if not briefing.file and not briefing.withdrawn_at:
        queue_briefing(briefing)
        record("briefing.requested_again", by=by, row=briefing, country=briefing.edition.country_id)
    return briefing


@transaction.atomic
def clear_briefing(*, briefing: Briefing, sha256: str, by: User, now: datetime) -> Briefing:
    """Have a draft issued: the worker makes its file once more without the draft's marking, and it is fixed.

    `sha256` is that of the draft which stood on the page. Raises PermissionDenied; Refused for one's own, and where
    there is no draft to clear or it is another one; ChangedMeanwhile where somebody cleared it.
    """
    if not can_clear_briefing(by, briefing):
        if can_request_briefing(by, briefing.edition):
            raise Refused("You asked for this briefing yourself. Ask another officer, or the Ambassador, to clear it.")
        raise PermissionDenied
    locked = Briefing.objects.select_for_update(of=("self",)).select_related("edition", "job", "cleared_by")
    briefing = locked.get(pk=briefing.pk)
    match briefing.state:
        case Standing.ISSUED | Standing.CLEARING:
            raise ChangedMeanwhile(f"{briefing.cleared_by} has cleared it already. Nothing more is needed.")
        case Standing.WITHDRAWN:
            raise Refused(f"This briefing was withdrawn. {briefing.withdrawn_reason} Ask for a new one.")
        case Standing.READY if briefing.sha256 == sha256:
            briefing.cleared_by = by
            briefing.save(update_fields=["cleared_by"])
            queue_briefing(briefing)
        case _:
            raise Refused("This is not the draft that you had before you. Read it as it is now, then clear it.")
    told = {"sha256": sha256}
    record("briefing.clearance_given", by=by, row=briefing, country=briefing.edition.country_id, after=told)
    return briefing


def queue_briefing(briefing: Briefing) -> None:
    """Put its rendering in the queue, once."""
    briefing.job = enqueue("briefing", briefing.pk)
    briefing.save(update_fields=["job"])


def render_briefing(*, briefing: Briefing, now: datetime, progress: Progress) -> None:
    """Make the file of a briefing: a draft, or once somebody cleared that, the one that is issued.

    Doing it again does no harm: a briefing that has the file that is asked for keeps it. Raises Refused where who asked
    for it reads the country no more, and where what it says is no longer what was cleared.
    """
    if briefing.withdrawn_at or briefing.cleared_at or (briefing.file and not briefing.cleared_by):
        return
    country = briefing.edition.country
    redactions = Redaction.objects.confirmed(country).count()
    progress.tell(10, "Gathering the facts")
    if not Briefing.objects.visible_to(briefing.requested_by).filter(pk=briefing.pk).exists():
        raise Refused(f"{briefing.requested_by} no longer works on {country}. Ask for a new briefing.")
    said = _content_of(briefing)
    if briefing.cleared_by and content.fingerprint(said) != briefing.content_sha256:
        raise Refused(
            "What it says is no longer what was cleared: the record was changed as it was then known, or the tracker "
            "tells it in other words. Ask for a new briefing, and have that cleared."
        )
    run = None
    if briefing.cleared_by:
        run = compute_readiness(edition=briefing.edition, as_of=briefing.as_of, known_by=briefing.known_by, now=now)
    progress.tell(40, "Setting the pages")
    file = pdf.to_pdf(as_html(said))
    progress.tell(90, "Keeping the file")
    with transaction.atomic():
        # As a redaction is confirmed: it either finds this file, or is found here.
        Country.objects.select_for_update(no_key=True).get(pk=country.pk)
        kept = Briefing.objects.select_for_update().get(pk=briefing.pk)
        if kept.withdrawn_at or kept.cleared_at or (kept.file and not kept.cleared_by):
            return
        if Redaction.objects.confirmed(country).count() == redactions:
            if run:
                _issue(kept, file, run, now)
            else:
                kept.facts_up_to, kept.content_sha256 = said.facts_up_to, content.fingerprint(said)
                _keep_file(kept, file, ["facts_up_to", "content_sha256"])
                record("briefing.rendered", by=None, row=kept, country=country, after={"sha256": kept.sha256})
            return
    render_briefing(briefing=briefing, now=now, progress=progress)


def _content_of(briefing: Briefing) -> content.Content:
    """What it says, for its reader."""
    options: dict[str, Any] = {
        "edition": briefing.edition,
        "as_of": briefing.as_of,
        "known_by": briefing.known_by,
        "marking": Marking(briefing.marking),
        "is_cleared": bool(briefing.cleared_by),
    }
    if briefing.ministry:
        return build_ministry_page(ministry=briefing.ministry, **options)
    if briefing.kind == BriefingKind.WASHINGTON:
        options["has_sources"] = briefing.has_sources
        return build_washington_input(reader=briefing.requested_by, **options)
    return build_briefing(reader=briefing.requested_by, **options)


def _issue(briefing: Briefing, file: bytes, run: ReadinessRun, now: datetime) -> None:
    """Put the final file in the draft's place, and fix with it what it rests on. From then on a trigger holds it."""
    draft = str(briefing.file)
    told = {"sha256": hashlib.sha256(file).hexdigest(), "draft": briefing.sha256, "run": run.pk}
    entry = record(
        "briefing.issued", by=briefing.cleared_by, row=briefing, country=briefing.edition.country_id, after=told
    )
    briefing.run, briefing.cleared_at = run, now
    briefing.log_number, briefing.log_hash = entry.number, entry.hash
    _keep_file(briefing, file, ["run", "cleared_at", "log_number", "log_hash"])
    # Once this commits: a rendering that fails leaves the draft as it was.
    transaction.on_commit(lambda: default_storage.delete(draft))


def _keep_file(briefing: Briefing, file: bytes, fields: list[str]) -> None:
    briefing.file.save("briefing.pdf", ContentFile(file), save=False)
    briefing.sha256, briefing.size = hashlib.sha256(file).hexdigest(), len(file)
    briefing.save(update_fields=["file", "sha256", "size", *fields])


@transaction.atomic
def record_download(*, briefing: Briefing, by: User, now: datetime) -> BriefingDownload:
    """Who took a briefing, and when; for one that is ready."""
    if not can_download_briefing(by, briefing):
        raise PermissionDenied
    if briefing.withdrawn_at:
        raise Refused(f"This briefing was withdrawn. {briefing.withdrawn_reason} Ask for a new one.")
    if not briefing.file:
        raise Refused("This briefing is not ready yet. Wait until it is, or ask for it again.")
    if Redaction.objects.confirmed(briefing.edition.country_id).unfinished().exists():
        raise Refused(
            "A text is being taken out of the record, and no briefing is given out until each has been looked through "
            "for it. Try again in a minute."
        )
    taken = BriefingDownload.objects.create(briefing=briefing, by=by, at=now, sha256=briefing.sha256)
    record("briefing.downloaded", by=by, row=briefing, country=briefing.edition.country_id)
    return taken


def withdraw_redacted(*, redaction: Redaction, now: datetime, progress: Progress) -> None:
    """Withdraw each briefing that holds the words of a confirmed redaction, or can't be read; then finish that.

    Doing it again does no harm; until it is done, the words are kept and no briefing of the country is given out.
    """
    briefings = Briefing.objects.filter(edition__country=redaction.country_id).exclude(file="").order_by("pk")
    for done, briefing in enumerate(briefings if redaction.words else ()):
        progress.tell(min(90, 10 * done), "Looking through the briefings")
        if reason := _why_to_withdraw(briefing, redaction.words):
            withdraw(briefing=briefing, redaction=redaction, reason=reason, now=now)
    finish_redaction(redaction=redaction)


@transaction.atomic
def withdraw(*, briefing: Briefing, redaction: Redaction, reason: str, now: datetime) -> None:
    """Take a briefing that is ready, or issued, out of circulation: its file is destroyed, its hash is kept."""
    by = redaction.decision.recorded_by
    locked = Briefing.objects.select_for_update(of=("self",)).select_related("edition").get(pk=briefing.pk)
    if locked.withdrawn_at or not locked.file:
        return
    path = str(locked.file)
    locked.file, locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = "", now, by, reason
    locked.withdrawn_for = redaction
    locked.save(update_fields=["file", "withdrawn_at", "withdrawn_by", "withdrawn_reason", "withdrawn_for"])
    told = {"reason": reason, "sha256": locked.sha256, "redaction": redaction.pk}
    record("briefing.withdrawn", by=by, row=locked, country=locked.edition.country_id, after=told)
    # Before the transaction commits: a file that is gone can't be read, and so is withdrawn when this is done again.
    default_storage.delete(path)


def _why_to_withdraw(briefing: Briefing, words: str) -> str:
    """Why it can't stay, in a sentence without the words; nothing where it can."""
    try:
        with briefing.file.open("rb") as file:
            text = pdf.text_of(file.read())
    except OSError:
        logger.exception("The file of briefing %s can't be read", briefing.pk)
        text = ""
    if not text:
        return "A text was taken out of the record, and this briefing could not be searched for it."
    return "It held a text that has been taken out of the record." if holds_each(text, words) else ""
