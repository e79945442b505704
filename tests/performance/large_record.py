"""188 posts with 3 million pieces of evidence, in minutes: one post is made, and PostgreSQL copies its rows.

Triggers and foreign keys have judged the rows of the first post. Its copies are inserted without asking them again,
because a copy refers to copies as the first refers to its own; the foreign keys of one copy are checked afterwards. The
entries of the activity log have made-up hashes, so their chain does not verify.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from time import perf_counter
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from dialogues import models as dialogues
from dialogues.models import Commitment, Evidence, EvidenceFile, FileText
from reports.models import ReadinessRun
from tests import factories
from tests.database_roles import SUPERUSER_URL
from tests.factories import PERIOD_STARTS_ON, at_noon
from tests.performance.nightly import ZONES
from tests.performance.synthetic_record import make_edition
from tests.test_list_queries import Rows
from tiptracker.accounts.models import Country, User
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.jobs.models import Job, State

COUNTRIES, EVIDENCE, COMMITMENTS = 188, 16_000, 400
"""Posts, and what each of them has: 3,008,000 pieces of evidence in all."""
COMMITMENTS_IN_ONE = 20_000
RECOMMENDATIONS = 15
ENTRIES, RUNS, FILES, JOBS = 16_000, 365, 1_000, 500
"""Log entries, stored readiness, files with two pages each, and jobs that are done, of a post."""
DOZENS, HUNDREDS = 30, 300
"""How many rows of other kinds a post has."""
OBSERVED = 50
"""Countries of the observer."""
SHIFT = 1_000_000
"""What is added to the keys of the first post's rows for each copy; larger than any of them."""
WORDS = 2_000
"""Different words in titles and files, besides those of all."""
CODE = "LSO"  # what factories take by default, so that no other country comes to be
COMMITMENT_MODELS: dict[type[models.Model], str] = {
    Commitment: "",
    dialogues.CommitmentBenchmark: "commitment",
    dialogues.CommitmentEvent: "commitment",
    dialogues.Update: "commitment",
    dialogues.UpdateVersion: "update__commitment",
    dialogues.UpdateVersionDecision: "update_version__update__commitment",
}
"""The tables of which one post has many more rows than the others, and how their rows belong to a commitment."""
SHIFTED_TEXTS = {(AuditEntry, "row"), (Job, "key")}
"""Columns that hold the key of a row as a text."""


class FirstPost(Rows):
    """The post whose rows are copied: an edition of 16,000 pieces of evidence, and rows of every other list."""

    def __init__(self) -> None:
        self.edition = make_edition(CODE, EVIDENCE, recommendations=RECOMMENDATIONS, commitments=COMMITMENTS)
        self.country = self.edition.country
        people = User.objects.get_queryset()
        self.officer = people.get(email=f"{CODE}@exercise.invalid")
        self.recorder = factories.RecorderFactory(countries=[self.country])
        factories.ReviewerFactory(countries=[self.country])  # who reviews by default
        self.reviewer = people.get(email=f"{CODE}.second@exercise.invalid")
        self.administrator = factories.AdministratorFactory()
        self.ministry = self.country.ministry_set.order_by("pk")[0]
        self.focal_point = people.filter(ministry=self.ministry)[0]
        self.recommendation = self.edition.recommendations.order_by("pk")[0]
        self.benchmark, self.counted = self.recommendation.benchmarks.order_by("pk")[:2]
        self.indicator = factories.IndicatorFactory(country=self.country, unit="districts")
        self.dialogue = factories.DialogueFactory(country=self.country)
        self.partner = factories.PartnerFactory(country=self.country)
        self.imported = factories.EditionImportFactory(edition=self.edition, begun_by=self.administrator)
        self.count = 0
        self.following  # noqa: B018 -- makes the edition of the next year
        for add in (
            self.account_requests, self.updates, self.requests, self.law, self.partners, self.partner_holdings,
            self.assessments, self.dialogues, self.indicators, self.districts, self.redactions, self.answers,
            self.briefings, self.sessions, self.tokens, self.tasks, self.questions, self.mails,
        ):  # fmt: skip
            add(DOZENS)
        self.notices(HUNDREDS)
        self._add_runs()
        self._add_files()
        self._add_entries()
        self._add_jobs()

    def _add_runs(self) -> None:
        ReadinessRun.objects.bulk_create(
            factories.ReadinessRunFactory.build(edition=self.edition, as_of=PERIOD_STARTS_ON - timedelta(days=number))
            for number in range(RUNS)
        )

    def _add_files(self) -> None:
        random, vocabulary = Random(21), make_words()  # noqa: S311 -- the same words in each run
        files = EvidenceFile.objects.bulk_create(
            factories.EvidenceFileFactory.build(country=self.country, uploaded_by=self.officer) for _ in range(FILES)
        )
        Evidence.objects.bulk_create(
            factories.EvidenceFactory.build(country=self.country, file=file, **self.said()) for file in files
        )
        FileText.objects.bulk_create(
            FileText(file=file, page=page, text=" ".join(random.choices(vocabulary, k=60)))
            for file in files
            for page in (1, 2)
        )

    def _add_entries(self) -> None:
        keys = list(Evidence.objects.order_by("pk").values_list("pk", flat=True)[:ENTRIES])
        began = at_noon(PERIOD_STARTS_ON)
        newest = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        entries = AuditEntry.objects.bulk_create(
            AuditEntry(
                number=newest + place,
                at=began + timedelta(minutes=20 * place),
                by=self.officer,
                country=self.country,
                verb="evidence.logged" if place % 2 else "evidence.opened",
                table="dialogues.evidence",
                row=str(key),
                previous_hash=f"{place - 1:064}",
                hash=f"{place:064}",
            )
            for place, key in enumerate(keys, 1)
        )
        AuditDetail.objects.bulk_create(
            AuditDetail(entry=entry, salt="0" * 32, after='{"kind": "court"}') for entry in entries
        )

    def _add_jobs(self) -> None:
        moment = timezone.now() - timedelta(days=20)
        Job.objects.bulk_create(
            Job(
                kind="readiness",
                key=str(self.edition.pk),
                state=State.READY,
                queued_at=moment,
                due_at=moment,
                heartbeat_at=moment,
                finished_at=moment + timedelta(minutes=number),
            )
            for number in range(JOBS)
        )


class CopiedPost:
    """A copy of the first post: its rows under the same names, such as `edition` and `officer`."""

    def __init__(self, first: FirstPost, number: int) -> None:
        self._first, self._number = first, number

    def __getattr__(self, name: str) -> Any:
        row = getattr(self._first, name)
        return type(row)._base_manager.get(pk=row.pk + self._number * SHIFT)


def make_words() -> list[str]:
    """Return made-up words."""
    syllables = ("ba", "ke", "li", "mo", "nu", "pa", "ri", "so", "ta", "thu")
    return ["".join(syllables[int(digit)] for digit in f"{number * 7 % 10_000:04}") for number in range(1, WORDS + 1)]


def make_posts(say: Callable[[str], None]) -> tuple[FirstPost, User]:
    """Make all posts, and an observer of 50 of them. Print how long each step takes."""
    began = perf_counter()
    first = FirstPost()
    say(f"  the first post: {perf_counter() - began:.0f} s")
    with _superuser() as server, _without_indexes(server, say):
        began = perf_counter()
        copies = _copy_countries(first.country)
        copied = list(_models_to_copy())
        shifted = {Country, *copied}
        for model in copied:
            _copy_rows(server, model, shifted, range(1, len(copies) + 1))
        more = range(1_001, 1_001 + COMMITMENTS_IN_ONE // COMMITMENTS - 1)
        for model, path in COMMITMENT_MODELS.items():
            own = model._base_manager.filter(**{f"{path}__isnull": False} if path else {}).values("pk")
            _copy_rows(server, model, COMMITMENT_MODELS, more, f"row.id IN ({own.query})")
        _check_references(server, copied)
        for model in copied:
            _continue_after_copies(server, model)
        say(f"  its {len(copies)} copies: {perf_counter() - began:.0f} s")
    began = perf_counter()
    with _superuser() as server:
        server.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself, sooner or later
    say(f"  VACUUM ANALYZE: {perf_counter() - began:.0f} s")
    observer = factories.ObserverFactory(
        email="observer@exercise.invalid", countries=Country.objects.order_by("pk")[:OBSERVED]
    )
    return first, observer


def _copy_countries(first: Country) -> list[Country]:
    assert Country.objects.count() == 1
    return Country.objects.bulk_create(
        Country(
            pk=first.pk + number * SHIFT,
            code=f"X{chr(ord('B') + number // 26)}{chr(ord('A') + number % 26)}",
            name=f"{first.name}, {number}",
            time_zone=ZONES[number % len(ZONES)],
            currency=first.currency,
        )
        for number in range(1, COUNTRIES)
    )


def _models_to_copy() -> Iterator[type[models.Model]]:
    """Yield the models whose rows are those of the first post; they have numbers as keys."""
    for model in apps.get_models(include_auto_created=True):
        is_own = model._meta.app_label not in ("auth", "contenttypes") and model is not Country
        if is_own and isinstance(model._meta.pk, models.AutoField) and model._base_manager.exists():
            yield model


def _copy_rows(
    server: psycopg.Connection,
    model: type[models.Model],
    shifted: Collection[type[models.Model]],
    copies: range,
    condition: str = "TRUE",
) -> None:
    """Copy the first post's rows of a table for each number, with keys of their own wherever they name `shifted`."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if field.column and not field.generated]
    names = [quote(field.column) for field in fields]
    values = [_copied_value(model, field, shifted) for field in fields]
    table = quote(model._meta.db_table)
    words = make_words()
    statement = f"""
        INSERT INTO {table} ({", ".join(names)}) SELECT {", ".join(values)}
        FROM {table} row, generate_series({copies.start}, {copies.stop - 1}) copy
        WHERE row.id < {SHIFT} AND {condition}
    """.replace("WORDS", f"(ARRAY{words})")  # noqa: S608 -- names and words of our own
    server.execute(statement)


def _copied_value(model: type[models.Model], field: Any, shifted: Collection[type[models.Model]]) -> str:
    """Return SQL for the value of a field in a copy."""
    name = f"row.{connection.ops.quote_name(field.column)}"
    if field.primary_key or field.related_model in shifted:
        return f"{name} + copy::bigint * {SHIFT}"
    if (model, field.name) in SHIFTED_TEXTS:
        return f"CASE WHEN {name} ~ '^[0-9]+$' THEN ({name}::bigint + copy::bigint * {SHIFT})::text ELSE {name} END"
    if isinstance(field, models.EmailField):
        return f"CASE WHEN {name} = '' THEN '' ELSE 'copy' || copy || '.' || {name} END"
    if (model, field.name) == (Evidence, "title"):
        return f"{name} || ' ' || WORDS[1 + (row.id * 31 + copy * 7) % {WORDS}]"
    if field.unique or (model._meta.label_lower == "mail.mail" and field.name == "key"):
        if isinstance(field, models.UUIDField):
            return "gen_random_uuid()"
        if isinstance(field, models.IntegerField):
            return f"{name} + copy::bigint * {SHIFT}"
        return f"left(md5({name} || copy) || md5(copy || {name}), {field.max_length})"
    return name


@contextmanager
def _superuser() -> Iterator[psycopg.Connection]:
    """A connection that inserts without triggers and foreign keys, which the copied rows have passed."""
    with psycopg.connect(SUPERUSER_URL, dbname=connection.settings_dict["NAME"], autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        server.execute("SET synchronous_commit = off")
        server.execute("SET maintenance_work_mem = '1GB'")
        server.execute("SET statement_timeout = 0")
        yield server


@contextmanager
def _without_indexes(server: psycopg.Connection, say: Callable[[str], None]) -> Iterator[None]:
    """Drop the indexes that no constraint needs, and build them again at the end, which is much faster."""
    found = server.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "JOIN pg_class ON pg_class.oid = indexrelid "
        "WHERE relnamespace = 'public'::regnamespace AND NOT indisunique"
    ).fetchall()
    for name, _ in found:
        server.execute(f"DROP INDEX {name}")
    yield
    began = perf_counter()
    for _, definition in found:
        server.execute(definition)
    say(f"  {len(found)} indexes: {perf_counter() - began:.0f} s")


def _check_references(server: psycopg.Connection, copied: Sequence[type[models.Model]]) -> None:
    """Check every foreign key of the first copy: what it refers to must be there."""
    first = f"row.id BETWEEN {SHIFT} AND {2 * SHIFT}"
    for model in copied:
        for field in model._meta.concrete_fields:
            if field.related_model is None:
                continue
            target = field.related_model._meta
            missing = server.execute(
                f'SELECT row."{field.column}" FROM {model._meta.db_table} row '  # noqa: S608 -- names of our own
                f'LEFT JOIN {target.db_table} target ON target."{field.target_field.column}" = row."{field.column}" '
                f'WHERE {first} AND row."{field.column}" IS NOT NULL AND target."{field.target_field.column}" IS NULL '
                "LIMIT 1"
            ).fetchone()
            assert missing is None, (model, field, missing)


def _continue_after_copies(server: psycopg.Connection, model: type[models.Model]) -> None:
    """Let new rows get keys after those of the copies."""
    table = model._meta.db_table
    server.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608
